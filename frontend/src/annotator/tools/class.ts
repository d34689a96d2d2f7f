import { type AskedOf, askedAnew, begun } from "../asking";
import type { Shape, Shapes, Step } from "../model";

const nothing: AskedOf = () => [];

/** Choose the one class of an image: the step from what it was. Choosing the same again changes nothing. */
export function classStep(shapes: Shapes, label: string, id: string, askedOf = nothing): Step {
  const before = shapes.find((shape) => shape.kind === "class");
  if (!before) return [{ type: "add", at: shapes.length, shape: chosen(id, label, askedOf) }];
  if (before.label === label && before.source === "human") return [];
  const { score: _, ...rest } = before;
  const after: Shape = { ...rest, label, source: "human" };
  return [{ type: "change", before, after: askedAnew(after, askedOf(before.label), askedOf(label)) }];
}

/** Take a class away that the image has, or add one that it lacks: for images of several classes. */
export function toggleStep(shapes: Shapes, label: string, id: string, askedOf = nothing): Step {
  const at = shapes.findIndex((shape) => shape.kind === "class" && shape.label === label);
  const shape = shapes[at];
  if (shape) return [{ type: "remove", at, shape }];
  return [{ type: "add", at: shapes.length, shape: chosen(id, label, askedOf) }];
}

const chosen = (id: string, label: string, askedOf: AskedOf): Shape =>
  begun({ id, kind: "class", label, source: "human" }, askedOf(label));

/** All classes the image has, in the order they were given. */
export function classesOf(shapes: Shapes): string[] {
  return shapes.flatMap((shape) => (shape.kind === "class" ? [shape.label] : []));
}

/** The class the image has, if any. */
export function classOf(shapes: Shapes): string | null {
  return shapes.find((shape) => shape.kind === "class")?.label ?? null;
}
