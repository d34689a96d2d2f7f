import type { RelationType } from "@/annotator/text/relations";
import type { DraftClass } from "./draft";

/** A relation type as it is being edited; classes are told by the keys of their drafts, so that new ones can be named. */
export interface DraftRelation {
  readonly key_id: string;
  readonly id?: string;
  readonly name: string;
  readonly name_zh: string;
  readonly color: string;
  readonly from_classes: readonly string[];
  readonly to_classes: readonly string[];
}

export function relationDraftsOf(types: readonly RelationType[]): DraftRelation[] {
  return types.map((one) => ({ ...one, key_id: one.id }));
}

export const newRelation = (): DraftRelation => ({
  ...{ key_id: crypto.randomUUID(), name: "", name_zh: "", color: "" },
  ...{ from_classes: [], to_classes: [] },
});

/** Whether something keeps the types from being saved: no name, or a name that another one has. */
export function relationFault(drafts: readonly DraftRelation[]): "name" | "duplicate" | null {
  const names = drafts.map(({ name }) => name.trim().toLowerCase());
  if (names.includes("")) return "name";
  return new Set(names).size < names.length ? "duplicate" : null;
}

/**
 * What is sent: new classes are named by their names, as they have no ids yet. A class that is gone stays named:
 * without any, the type would be for all.
 */
export function relationsSent(drafts: readonly DraftRelation[], classes: readonly DraftClass[]) {
  const words = new Map(classes.map(({ key_id, id, name }) => [key_id, id ?? name.trim()]));
  const sent = (keys: readonly string[]) => keys.map((key) => words.get(key) ?? key);
  return drafts.map(({ key_id: _, from_classes, to_classes, ...rest }) => ({
    ...rest,
    name: rest.name.trim(),
    name_zh: rest.name_zh.trim(),
    from_classes: sent(from_classes),
    to_classes: sent(to_classes),
  }));
}

/** The types without a class that is taken out before it was ever saved: nothing could be named by it. */
export function withoutClass(drafts: readonly DraftRelation[], key: string): DraftRelation[] {
  const without = (keys: readonly string[]) => keys.filter((one) => one !== key);
  return drafts.map((one) => ({
    ...one,
    from_classes: without(one.from_classes),
    to_classes: without(one.to_classes),
  }));
}
