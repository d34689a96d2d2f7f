import { changeStep, removeStep, type Shape, type Shapes, type Step } from "../model";

/** What spans may be to one another; without classes on a side, any class (`datasets/relations.py`). */
export interface RelationType {
  readonly id: string;
  readonly name: string;
  readonly name_zh: string;
  readonly color: string;
  readonly from_classes: readonly string[];
  readonly to_classes: readonly string[];
}

/** A relation that begins at a span: its type, and the span it leads to. */
export interface Link {
  readonly type: string;
  readonly to: string;
}

/** A relation with its ends, numbered in the order in which spans and then their relations come. */
export interface Relation<T extends Shape = Shape> {
  readonly key: string;
  readonly number: number;
  readonly type: string;
  readonly from: T;
  readonly to: T;
}

const matches = (classes: readonly string[], label: string) =>
  classes.length === 0 || classes.includes(label);

/** The types that a span of one class may have to one of another, in the order of the schema. */
export const typesBetween = (
  types: readonly RelationType[],
  from: Pick<Shape, "label">,
  to: Pick<Shape, "label">,
): readonly RelationType[] =>
  types.filter((type) => matches(type.from_classes, from.label) && matches(type.to_classes, to.label));

export const keyOf = (from: string, { type, to }: Link): string => `${from} ${type} ${to}`;

/** Every relation between these spans. */
export function relationsOf<T extends Shape>(spans: readonly T[]): Relation<T>[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const found: Relation<T>[] = [];
  for (const from of spans)
    for (const link of from.relations ?? []) {
      const to = byId.get(link.to);
      if (to) found.push({ key: keyOf(from.id, link), number: found.length + 1, type: link.type, from, to });
    }
  return found;
}

export const hasLink = (shape: Shape, link: Link): boolean =>
  (shape.relations ?? []).some(({ type, to }) => type === link.type && to === link.to);

/** The shape with other relations; of none nothing is said. */
export function withLinks(shape: Shape, relations: readonly Link[]): Shape {
  const { relations: _, ...rest } = shape;
  return relations.length > 0 ? { ...rest, relations } : rest;
}

/** The step that makes a relation, or takes it away where it is. */
export function linkStep(shapes: Shapes, from: string, link: Link): Step {
  return changeStep(shapes, new Set([from]), (shape) => {
    const others = (shape.relations ?? []).filter(({ type, to }) => type !== link.type || to !== link.to);
    return withLinks(shape, hasLink(shape, link) ? others : [...others, link]);
  });
}

/** The step that removes spans together with the relations that lead to them. */
export function removeSpansStep(shapes: Shapes, ids: ReadonlySet<string>): Step {
  const leading = shapes.filter(
    ({ id, relations }) => !ids.has(id) && relations?.some(({ to }) => ids.has(to)),
  );
  const unlinked = changeStep(shapes, new Set(leading.map(({ id }) => id)), (shape) =>
    withLinks(
      shape,
      (shape.relations ?? []).filter(({ to }) => !ids.has(to)),
    ),
  );
  return [...unlinked, ...removeStep(shapes, ids)];
}

/** Shapes under other ids, the relations between them with them. */
export function renamed(shapes: Shapes, idOf: (id: string) => string): Shape[] {
  return shapes.map((shape) => {
    const relations = shape.relations?.map(({ type, to }) => ({ type, to: idOf(to) }));
    return { ...shape, id: idOf(shape.id), ...(relations ? { relations } : {}) };
  });
}

/** What stands beside the name of a span: the numbers of the relations that begin at it and that lead to it. */
export function marksOf(relations: readonly Relation[]): ReadonlyMap<string, string> {
  const marks = new Map<string, string>();
  const add = (id: string, mark: string) => marks.set(id, marks.has(id) ? `${marks.get(id)} ${mark}` : mark);
  for (const { number, from, to } of relations) {
    add(from.id, `${number}→`);
    add(to.id, `→${number}`);
  }
  return marks;
}
