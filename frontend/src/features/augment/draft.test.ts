import { describe, expect, it } from "vitest";
import type { Recipe, Step } from "@/api/augment";
import { AppError } from "@/api/errors";
import { afterSave, draftOf, following, isDirty, theirsOf, withMine } from "./draft";
import { added, sent } from "./steps";

const step = (op: string): Step => ({ op, params: {}, p: 1 });
const recipe = (revision: number, ...ops: string[]): Recipe => ({
  id: "r",
  project: "p",
  name: "winter",
  description: "",
  modality: "image",
  steps: ops.map(step),
  revision,
  created_at: "",
  created_by: "",
});
const ops = (draft: { steps: readonly Step[] }) => draft.steps.map((one) => one.op);
const edit = (from: Recipe, op: string) => {
  const draft = draftOf(from);
  return { ...draft, steps: added(draft.steps, step(op)) };
};

describe("a recipe that is being edited", () => {
  it("keeps unsaved steps when somebody else's revision arrives", () => {
    const draft = edit(recipe(1, "fog"), "gray");
    expect(following(draft, recipe(2, "rain"))).toBe(draft);
    expect(draft.base?.revision).toBe(1);
  });

  it("takes over somebody else's revision when nothing is unsaved", () => {
    const draft = following(draftOf(recipe(1, "fog")), recipe(2, "rain"));
    expect(ops(draft)).toEqual(["rain"]);
    expect(draft.base?.revision).toBe(2);
  });

  it("never goes back to an older list", () => {
    const draft = draftOf(recipe(2, "rain"));
    expect(following(draft, recipe(1, "fog"))).toBe(draft);
  });

  it("keeps what was never saved when its recipe is no longer known", () => {
    const draft = edit(recipe(1, "fog"), "gray");
    expect(following(draft, undefined)).toBe(draft);
  });

  it("overwrites theirs on the next save once mine was chosen, and not before", () => {
    const theirs = recipe(5, "rain");
    const refused = { ...edit(recipe(1, "fog"), "gray"), theirs };
    expect(refused.base?.revision).toBe(1);
    const mine = withMine(refused);
    expect(mine.base?.revision).toBe(5);
    expect(ops(mine)).toEqual(["fog", "gray"]);
    expect(mine.theirs).toBeNull();
    expect(isDirty(mine)).toBe(true);
  });

  it("is saved after a save, but for what was changed while it was sent", () => {
    const asked = edit(recipe(1, "fog"), "gray");
    const kept = { ...recipe(2), steps: sent(asked.steps) };
    expect(isDirty(asked)).toBe(true);
    expect(isDirty(afterSave(asked, asked, kept))).toBe(false);
    const later = afterSave({ ...asked, steps: added(asked.steps, step("rain")) }, asked, kept);
    expect(isDirty(later)).toBe(true);
    expect(later.base?.revision).toBe(2);
  });

  it("has nothing unsaved when it is new and empty", () => {
    expect(isDirty(draftOf(undefined))).toBe(false);
  });
});

describe("a refused save", () => {
  const refusal = (code: string, params: Record<string, unknown>) =>
    new AppError({ code, status: 409, detail: "", params });

  it("brings what stands on the server", () => {
    const current = recipe(3, "snow");
    expect(theirsOf(refusal("stale_revision", { current }))).toEqual(current);
  });

  it("is no conflict of revisions when the name is taken", () => {
    expect(theirsOf(refusal("recipe_name_taken", { current: recipe(3) }))).toBeNull();
    expect(theirsOf(new Error("offline"))).toBeNull();
  });
});
