import type { Recipe, Step } from "@/api/augment";
import { asAppError, isRecord } from "@/api/errors";
import { type EditedStep, edited, sent } from "./steps";

/** A recipe as it is being edited, and what the editing began with. */
export interface Draft {
  name: string;
  steps: readonly EditedStep[];
  /** The kept recipe this builds on; null for one that was never kept. */
  base: { revision: number; name: string; steps: readonly Step[] } | null;
  /** What somebody else kept meanwhile, until one of the two is chosen. */
  theirs: Recipe | null;
}

export function draftOf(recipe: Recipe | undefined): Draft {
  const base = recipe ? { revision: recipe.revision, name: recipe.name, steps: recipe.steps } : null;
  return { name: base?.name ?? "", steps: edited(base?.steps ?? []), base, theirs: null };
}

/** Whether something would be lost with the draft. */
export function isDirty({ name, steps, base }: Draft): boolean {
  const kept = base ?? { name: "", steps: [] };
  return name.trim() !== kept.name || JSON.stringify(sent(steps)) !== JSON.stringify(kept.steps);
}

/** The draft beside the recipe as it was last fetched: a newer one is taken over only where nothing is lost. */
export function following(draft: Draft, recipe: Recipe | undefined): Draft {
  if (!recipe || (draft.base && draft.base.revision >= recipe.revision)) return draft;
  return isDirty(draft) || draft.theirs ? draft : draftOf(recipe);
}

/** After `asked` was kept as `recipe`; what was changed while it was sent stays unsaved. */
export function afterSave(draft: Draft, asked: Draft, recipe: Recipe): Draft {
  const base = { revision: recipe.revision, name: recipe.name, steps: sent(asked.steps) };
  const name = draft.name === asked.name ? recipe.name : draft.name;
  return { ...draft, name, base, theirs: null };
}

/** Keep what is on screen; the next save overwrites `theirs` on purpose. */
export function withMine(draft: Draft): Draft {
  const { theirs } = draft;
  return theirs ? { ...draft, base: draftOf(theirs).base, theirs: null } : draft;
}

/** What stands on the server, when a save was refused because somebody else came first. */
export function theirsOf(error: unknown): Recipe | null {
  const { code, params } = asAppError(error);
  return code === "stale_revision" && isRecipe(params.current) ? params.current : null;
}

function isRecipe(value: unknown): value is Recipe {
  return isRecord(value) && typeof value.revision === "number" && Array.isArray(value.steps);
}
