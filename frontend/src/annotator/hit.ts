import { type Point, tracedMask } from "./forms";
import type { ImagePoint } from "./geometry";
import type { GridIndex } from "./grid";
import type { Shape } from "./model";
import { edgeAt, insideRings, type Rings } from "./outline";
import { isClosed, pathsOf } from "./shapes";

/**
 * The shape one means by pointing here: one whose outline is within reach before one that is only around the
 * point, and among equals the smallest. Forms are met where they are, not in the box around them.
 */
export function shapeAt(
  at: ImagePoint,
  reach: number,
  index: GridIndex,
  shapeOf: (id: string) => Shape | undefined,
): string | null {
  let best: string | null = null;
  let score = Number.POSITIVE_INFINITY;
  for (const id of index.query([at[0] - reach, at[1] - reach, reach * 2, reach * 2])) {
    const shape = shapeOf(id);
    const rank = shape ? rankOf(shape, [at[0], at[1]], reach) : Number.POSITIVE_INFINITY;
    if (rank >= score) continue;
    best = id;
    score = rank;
  }
  return best;
}

const AROUND = 1e12;

function rankOf(shape: Shape, at: Point, reach: number): number {
  const [x, y, w, h] = shape.box ?? [0, 0, 0, 0];
  const size = w * h;
  const rings = outlineOf(shape);
  if (!rings) {
    const isIn = at[0] >= x - reach && at[0] <= x + w + reach && at[1] >= y - reach && at[1] <= y + h + reach;
    const edge = Math.min(
      Math.abs(at[0] - x),
      Math.abs(at[0] - x - w),
      Math.abs(at[1] - y),
      Math.abs(at[1] - y - h),
    );
    if (!isIn) return Number.POSITIVE_INFINITY;
    return edge <= reach ? size : size + AROUND;
  }
  if (edgeAt(rings, at, reach, shape.kind !== "polyline")) return size;
  const isInside = shape.kind !== "polyline" && insideRings(rings, at);
  return isInside ? size + AROUND : Number.POSITIVE_INFINITY;
}

/** Null for boxes and key points, which are met by the box around them. */
function outlineOf(shape: Shape): Rings | null {
  if (shape.mask) return tracedMask(shape.mask);
  if (shape.keypoints) return null;
  return isClosed(shape) || shape.kind === "polyline" ? pathsOf(shape) : null;
}
