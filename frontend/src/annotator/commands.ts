import type { Point } from "./forms";
import type { Size } from "./geometry";
import type { Shape } from "./model";
import { depthOf, insideRings, type Ring, type Rings, signedArea, simplerRings, simplified } from "./outline";
import { boxOf, columnsOf, joinedMasks, pixelsOf, rasterized, rleOf, tracedColumns } from "./runs";
import {
  type Joint,
  keypointsOf,
  type Named,
  polygonOf,
  polylineOf,
  rotatedOf,
  turnedBy,
  withPaths,
} from "./shapes";
import type { PathPoint } from "./tools/path";

/** What kind of shape a tool's points become. */
export function drawnShape(
  tool: string,
  points: readonly PathPoint[],
  named: Named,
  image: Size,
  joints: number,
): Shape | null {
  const ring = points.map(([x, y]): Point => [x, y]);
  if (tool === "polygon") return polygonOf(named, [ring], image);
  if (tool === "polyline") return polylineOf(named, ring, image);
  if (tool === "keypoints")
    return keypointsOf(
      named,
      points.map((point): Joint => point),
      joints,
      image,
    );
  const turned = turnedBy(ring);
  return turned && rotatedOf(named, turned, image);
}

/** The polygon with a hole; null when the ring is not wholly inside of what it fills. */
export function withHole(shape: Shape, ring: Ring, image: Size): Shape | null {
  const rings = shape.polygon;
  if (!rings?.length || ring.length < 3 || !ring.every((point) => insideRings(rings, point))) return null;
  const isAround = rings.some((other) => other.every((point) => insideRings([ring], point)));
  return isAround ? null : withPaths(shape, [...rings, ring], image);
}

/** Without holes: only the rings that are in no other. The same shape when it has none. */
export function filled(shape: Shape, image: Size): Shape | null {
  if (shape.polygon) {
    const { polygon } = shape;
    const outer = polygon.filter((ring) => depthOf(ring, polygon) === 0);
    return outer.length < polygon.length ? withPaths(shape, outer, image) : null;
  }
  if (!shape.mask) return null;
  const before = columnsOf(shape.mask);
  const outer = tracedColumns(before).filter((ring) => signedArea(ring) > 0);
  // An island inside of a hole has a ring of its own: filled with the one around it, it would be a hole again.
  const outermost = outer.filter((ring) => depthOf(ring, outer) === 0);
  const whole = joinedMasks(before, rasterized(outermost, before.width, before.height), "or");
  return pixelsOf(whole) > pixelsOf(before) ? maskOf(shape, whole) : null;
}

/** With fewer points; null when none can go. */
export function simpler(shape: Shape, image: Size): Shape | null {
  if (shape.polygon) {
    const rings = simplerRings(shape.polygon, 3, true);
    return rings === shape.polygon ? null : withPaths(shape, rings, image);
  }
  if (!shape.polyline) return null;
  const lines = simplerRings([shape.polyline], 2, false);
  return lines[0] === shape.polyline ? null : withPaths(shape, lines, image);
}

const ALIKE = 0.99;

/** A polygon as a mask of the pixels it fills, a mask as a polygon that fills nearly the same; null for others. */
export function turnedOver(shape: Shape, image: Size): Shape | null {
  if (shape.polygon) {
    const mask = rasterized(shape.polygon, image.width, image.height);
    return maskOf(shape, mask);
  }
  return shape.mask ? outlined(shape, image) : null;
}

/** The outline with as few points as keep it alike; at last every corner of every pixel. */
function outlined(shape: Shape, image: Size): Shape | null {
  if (!shape.mask) return null;
  const mask = columnsOf(shape.mask);
  const rings = tracedColumns(mask);
  for (const tolerance of [0.9, 0.6, 0.3]) {
    const fewer = rings.map((ring) => simplified(ring, tolerance, true)).filter((ring) => ring.length >= 3);
    const made = polygonOf(shape, fewer, image);
    if (made?.polygon && alike(mask, made.polygon) >= ALIKE + 0.002) return made;
  }
  return polygonOf(shape, rings, image);
}

/** Intersection over union of a mask and what rings fill. */
function alike(mask: ReturnType<typeof columnsOf>, rings: Rings): number {
  const other = rasterized(rings, mask.width, mask.height);
  const union = pixelsOf(joinedMasks(mask, other, "or"));
  const differs = pixelsOf(joinedMasks(mask, other, "xor"));
  return union > 0 ? (union - differs) / union : 0;
}

/** The shape as this mask; null for an empty one. */
export function maskOf(shape: Shape, mask: ReturnType<typeof columnsOf>): Shape | null {
  const box = boxOf(mask);
  if (!box) return null;
  const { id, label, attributes } = shape;
  return {
    id,
    label,
    kind: "mask",
    source: "human",
    mask: rleOf(mask),
    box,
    ...(attributes ? { attributes } : {}),
  };
}
