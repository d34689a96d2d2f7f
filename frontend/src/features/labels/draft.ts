import type { Asked } from "@/annotator/asking";
import type { LabelClass } from "@/api/types";
import { CLASS_COLORS } from "@/ui/classColors";
import type { Skeleton } from "./skeleton";

/** A class as it is being edited; without an id it is new. */
export interface DraftClass {
  readonly key_id: string;
  readonly id?: string;
  readonly name: string;
  readonly name_zh: string;
  readonly color: string;
  readonly key: string;
  readonly description: string;
  readonly attributes: readonly Asked[];
  readonly skeleton: Skeleton | null;
  readonly count: number;
}

export function draftsOf(classes: readonly LabelClass[]): DraftClass[] {
  return classes.map((one) => ({
    key_id: one.id,
    id: one.id,
    name: one.name,
    name_zh: one.name_zh,
    color: one.color,
    key: one.key,
    description: one.description,
    attributes: one.attributes ?? [],
    skeleton: one.skeleton ?? null,
    count: one.count ?? 0,
  }));
}

/** A new class with the first color that is least used. */
export function newDraft(drafts: readonly DraftClass[], name = "", name_zh = ""): DraftClass {
  const uses = (color: string) => drafts.filter((draft) => draft.color.toUpperCase() === color).length;
  const fewest = Math.min(...CLASS_COLORS.map(uses));
  const color = CLASS_COLORS.find((candidate) => uses(candidate) === fewest) ?? CLASS_COLORS[0];
  return {
    ...{ key_id: crypto.randomUUID(), name, name_zh, color, key: "", description: "", count: 0 },
    ...{ attributes: [], skeleton: null },
  };
}

/** Lines of `name` or `name, Chinese name`; empty lines and names already there are left out. */
export function parseList(text: string, drafts: readonly DraftClass[]): { name: string; name_zh: string }[] {
  const taken = new Set(drafts.map((draft) => draft.name.trim().toLowerCase()));
  const found: { name: string; name_zh: string }[] = [];
  for (const line of text.split("\n")) {
    const [name = "", name_zh = ""] = line.split(/[,，\t]/).map((part) => part.trim());
    if (!name || taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    found.push({ name, name_zh });
  }
  return found;
}

/** Whether two classes would have the same name. */
export function hasDuplicate(drafts: readonly DraftClass[]): boolean {
  const names = drafts.map((draft) => draft.name.trim().toLowerCase());
  return new Set(names).size < names.length;
}

/** What is sent: everything but what only the screen needs. */
export function classesOf(drafts: readonly DraftClass[]): Partial<LabelClass>[] {
  return drafts.map(({ key_id: _, count: __, ...rest }) => ({
    ...rest,
    name: rest.name.trim(),
    name_zh: rest.name_zh.trim(),
  }));
}
