import type { Point } from "./forms";
import type { Shape } from "./model";
import { cornerAt, edgeAt } from "./outline";
import { isClosed, pathsOf } from "./shapes";

/**
 * The place on the outlines near a point that it is pulled to: a corner within reach before any edge, so that
 * neighbors share their borders to the last digit.
 */
export function snappedToForms(at: Point, near: readonly Shape[], reach: number): Point | null {
  const outlines = near.filter((shape) => shape.polygon ?? shape.polyline);
  let corner: Point | null = null;
  let distance = reach;
  for (const shape of outlines) {
    const paths = pathsOf(shape);
    const place = cornerAt(paths, at, distance);
    const found = place && paths[place.path]?.[place.index];
    if (!found) continue;
    corner = found;
    distance = Math.hypot(found[0] - at[0], found[1] - at[1]);
  }
  if (corner) return corner;
  let onEdge: Point | null = null;
  for (const shape of outlines) {
    const found = edgeAt(pathsOf(shape), at, distance, isClosed(shape));
    if (!found) continue;
    onEdge = found.at;
    distance = Math.hypot(found.at[0] - at[0], found.at[1] - at[1]);
  }
  return onEdge;
}
