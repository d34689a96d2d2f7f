import { type Geometry, hasForm } from "./forms";
import type { BoxTuple } from "./geometry";
import type { Link } from "./text/relations";

export type ShapeKind =
  | "box"
  | "class"
  | "rotated_box"
  | "polygon"
  | "mask"
  | "polyline"
  | "keypoints"
  | "span"
  | "region";
export type ShapeSource = "human" | "import" | "model";

/**
 * One label: of the whole sample (`class`) or of a place in it. Plain data, never changed in place. What is more
 * than a box keeps its geometry untouched and has the box around it; a span of a text has its first code point and
 * the one behind its last, a region of a recording the seconds at which it begins and ends.
 */
export interface Shape extends Geometry {
  readonly id: string;
  readonly kind: ShapeKind;
  readonly label: string;
  readonly box?: BoxTuple;
  readonly start?: number;
  readonly end?: number;
  /** Of a span, the relations that begin at it. */
  readonly relations?: readonly Link[];
  readonly score?: number;
  readonly source: ShapeSource;
}

export type Op =
  | { readonly type: "add"; readonly at: number; readonly shape: Shape }
  | { readonly type: "remove"; readonly at: number; readonly shape: Shape }
  | { readonly type: "change"; readonly before: Shape; readonly after: Shape };

/** What one action of the user did; undone and redone as a whole. */
export type Step = readonly Op[];

export type Shapes = readonly Shape[];

/** The shapes after one operation. */
export function applyOp(shapes: Shapes, op: Op): Shapes {
  if (op.type === "add") return [...shapes.slice(0, op.at), op.shape, ...shapes.slice(op.at)];
  if (op.type === "remove") return shapes.filter((shape) => shape.id !== op.shape.id);
  return shapes.map((shape) => (shape.id === op.after.id ? op.after : shape));
}

/** The shapes after a step. */
export function applyStep(shapes: Shapes, step: Step): Shapes {
  return step.reduce(applyOp, shapes);
}

/** The step that takes a step back. */
export function invertStep(step: Step): Step {
  return [...step].reverse().map(invertOp);
}

function invertOp(op: Op): Op {
  if (op.type === "add") return { ...op, type: "remove" };
  if (op.type === "remove") return { ...op, type: "add" };
  return { type: "change", before: op.after, after: op.before };
}

/** The step that adds these shapes at the end. */
export function addStep(shapes: Shapes, added: readonly Shape[]): Step {
  return added.map((shape, n) => ({ type: "add", at: shapes.length + n, shape }));
}

/** The step that removes these ids. Positions are those at the moment each is removed, so that undo restores the order. */
export function removeStep(shapes: Shapes, ids: ReadonlySet<string>): Step {
  const ops: Op[] = [];
  let removed = 0;
  shapes.forEach((shape, at) => {
    if (!ids.has(shape.id)) return;
    ops.push({ type: "remove", at: at - removed, shape });
    removed += 1;
  });
  return ops;
}

/** The step that turns these shapes into others with the same ids. */
export function changeStep(shapes: Shapes, ids: ReadonlySet<string>, change: (shape: Shape) => Shape): Step {
  return shapes
    .filter((shape) => ids.has(shape.id))
    .map((before) => ({ type: "change", before, after: change(before) }) as const)
    .filter((op) => !isSameShape(op.before, op.after));
}

/** Of a machine, and nobody has said yet that it is right. */
export const isSuggested = (shape: Shape): boolean => shape.source === "model";

/** The step by which a person takes over what a machine said: all of it, or these ids. */
export function confirmStep(shapes: Shapes, ids: ReadonlySet<string> | null = null): Step {
  const meant = shapes.filter((shape) => isSuggested(shape) && (ids === null || ids.has(shape.id)));
  return changeStep(shapes, new Set(meant.map((shape) => shape.id)), ({ score: _, ...shape }) => ({
    ...shape,
    source: "human",
  }));
}

/** The step from one state to another, whatever lies between. */
export function replaceStep(from: Shapes, to: Shapes): Step {
  return [...removeStep(from, new Set(from.map((shape) => shape.id))), ...addStep([], to)];
}

/** Theirs, with those of mine that they do not have; where both have a shape, mine, with the relations of both. */
export function mergeShapes(theirs: Shapes, mine: Shapes): Shapes {
  const byId = new Map(mine.map((shape) => [shape.id, shape]));
  const known = new Set(theirs.map((shape) => shape.id));
  return [
    ...theirs.map((shape) => linkedToo(byId.get(shape.id) ?? shape, shape)),
    ...mine.filter((shape) => !known.has(shape.id)),
  ];
}

function linkedToo(mine: Shape, theirs: Shape): Shape {
  const own = mine.relations ?? [];
  const there = linksIn(own);
  const more = (theirs.relations ?? []).filter((link) => !there.has(linkKey(link)));
  return more.length > 0 ? { ...mine, relations: [...own, ...more] } : mine;
}

export function isSameShape(a: Shape, b: Shape): boolean {
  // The box around a form says nothing that the form does not, and the server rounds it otherwise.
  const sameBox =
    a.box === b.box ||
    (hasForm(a) && hasForm(b)) ||
    (a.box !== undefined && b.box !== undefined && a.box.every((value, at) => value === b.box?.[at]));
  return (
    a.id === b.id &&
    a.kind === b.kind &&
    a.label === b.label &&
    a.source === b.source &&
    a.start === b.start &&
    a.end === b.end &&
    sameBox &&
    isSameLinks(a, b) &&
    isSameForm(a, b)
  );
}

/** In any order. */
function isSameLinks({ relations: a = [] }: Shape, { relations: b = [] }: Shape): boolean {
  if (a === b || (a.length === 0 && b.length === 0)) return true;
  if (a.length !== b.length) return false;
  const [ones, others] = [linksIn(a), linksIn(b)];
  return ones.size === others.size && a.every((link) => others.has(linkKey(link)));
}

const linkKey = ({ type, to }: Link): string => `${type} ${to}`;

const linksIn = (links: readonly Link[]): ReadonlySet<string> => new Set(links.map(linkKey));

function isSameForm(a: Shape, b: Shape): boolean {
  if (a === b || !(hasForm(a) || hasForm(b) || a.attributes || b.attributes)) return true;
  const said = ({ rotated, polygon, mask, polyline, keypoints, attributes }: Shape) =>
    JSON.stringify([rotated, polygon, mask?.size, mask?.counts, polyline, keypoints, attributes]);
  return said(a) === said(b);
}

/** Whether two states hold the same shapes, in any order. */
export function isSameState(a: Shapes, b: Shapes): boolean {
  if (a.length !== b.length) return false;
  const byId = new Map(b.map((shape) => [shape.id, shape]));
  return a.every((shape) => {
    const other = byId.get(shape.id);
    return other !== undefined && isSameShape(shape, other);
  });
}

/** Ids in reading order: rows from the top, within a row from the left. */
export function readingOrder(shapes: Shapes): string[] {
  const boxes = shapes.filter((shape) => shape.box);
  const rowHeight = Math.max(
    1,
    boxes.reduce((sum, shape) => sum + (shape.box?.[3] ?? 0), 0) / Math.max(1, boxes.length),
  );
  const row = (shape: Shape) => Math.floor((shape.box?.[1] ?? 0) / rowHeight);
  return [...boxes]
    .sort((a, b) => row(a) - row(b) || (a.box?.[0] ?? 0) - (b.box?.[0] ?? 0))
    .map((shape) => shape.id);
}
