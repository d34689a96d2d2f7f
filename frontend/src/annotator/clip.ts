import { difference, intersection, union, xor } from "polyclip-ts";
import type { Point } from "./forms";
import type { Size } from "./geometry";
import type { Shape } from "./model";
import { boundsOf, type Ring, type Rings, signedArea } from "./outline";
import { withPaths } from "./shapes";

/** Past so many corners the exact arithmetic would hold the page up for seconds. */
const MAX_CORNERS = 20_000;
const SMALLEST_PX2 = 0.5;

type Poly = [number, number][][];

/** What rings fill by the even-odd rule, as polygons with holes. */
function areaOf(rings: Rings): Poly[] {
  const [first, ...rest] = rings.map((ring): Poly => [ring.map(([x, y]): [number, number] => [x, y])]);
  if (!first) return [];
  return rest.length > 0 ? xor(first, ...rest) : [first];
}

/** The rings of polygons as ours are: the first point is not said again; slivers are left out. */
function ringsOf(polygons: readonly Poly[]): Rings {
  return polygons
    .flat()
    .map((ring): Ring => ring.slice(0, -1))
    .filter((ring) => Math.abs(signedArea(ring)) >= SMALLEST_PX2);
}

const cornersOf = (shapes: readonly Shape[]): number =>
  shapes.reduce((sum, { polygon }) => sum + (polygon ?? []).reduce((all, ring) => all + ring.length, 0), 0);

const isTooMuch = (shapes: readonly Shape[]): boolean => cornersOf(shapes) > MAX_CORNERS;

/** One polygon that fills what all of them fill, with the words of the first; null when fewer than two are polygons. */
export function merged(shapes: readonly Shape[], image: Size): Shape | null {
  const polygons = shapes.filter(({ polygon }) => polygon);
  const [first, ...others] = polygons;
  if (!first || others.length === 0 || isTooMuch(polygons)) return null;
  const whole = union(areaOf(first.polygon ?? []), ...others.map(({ polygon }) => areaOf(polygon ?? [])));
  return withPaths(first, ringsOf(whole), image);
}

/** The polygon without what others fill, so that they share a border; null when nothing is shared or left. */
export function withoutOverlap(shape: Shape, others: readonly Shape[], image: Size): Shape | null {
  const near = others.filter((other) => other.id !== shape.id && other.polygon && overlaps(shape, other));
  if (!shape.polygon || near.length === 0 || isTooMuch([shape, ...near])) return null;
  const whole = areaOf(shape.polygon);
  const rest = near.map(({ polygon }) => areaOf(polygon ?? []));
  const [shared, ...more] = rest;
  if (!shared || ringsOf(intersection(whole, union(shared, ...more))).length === 0) return null;
  const left = ringsOf(difference(whole, ...rest));
  return left.length > 0 ? withPaths(shape, left, image) : null;
}

function overlaps({ box: a }: Shape, { box: b }: Shape): boolean {
  if (!a || !b) return false;
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}

/**
 * The parts of a polygon on both sides of a line that goes through it, the largest first: that keeps the id, the
 * others get new ones. Null when the line does not part it.
 *
 * The line is made longer at both ends and closed far outside; what lies in the area it closes and what does not are
 * cut by the very same points, so that the parts share their border.
 */
export function parted(shape: Shape, line: Ring, image: Size): Shape[] | null {
  if (!shape.polygon || line.length < 2 || isTooMuch([shape])) return null;
  for (const hair of HAIRS) {
    try {
      return partedBy(
        shape,
        shape.polygon,
        line.map(([x, y]): Point => [x + hair, y - hair / 2]),
        image,
      );
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  return null;
}

/** Now and then polyclip-ts cannot close a ring where points nearly meet; beside the line by so many pixels it can. */
const HAIRS = [0, 0.013, -0.017, 0.029];

function partedBy(shape: Shape, rings: Rings, line: Ring, image: Size): Shape[] | null {
  const side = areaOf([closedFarOff(rings, line)]);
  const whole = areaOf(rings);
  const parts = [...intersection(whole, side), ...difference(whole, side)]
    .map((polygon) => ringsOf([polygon]))
    .filter((rings) => rings.length > 0)
    .sort((a, b) => Math.abs(signedArea(b[0] ?? [])) - Math.abs(signedArea(a[0] ?? [])));
  if (parts.length < 2) return null;
  return parts.flatMap((part, at) => {
    const id = at === 0 ? shape.id : crypto.randomUUID();
    return withPaths({ ...shape, id }, part, image) ?? [];
  });
}

/** Out there a pixel does not matter, and whole numbers are quick to reckon with exactly. */
const rounded = (x: number, y: number): Point => [Math.round(x), Math.round(y)];

const ARC = Math.PI / 12;

/** The line, longer at both ends, and the way back from one end to the other around everything. */
function closedFarOff(rings: Rings, line: Ring): Ring {
  const [x, y, w, h] = boundsOf([...rings.flat(), ...line]);
  const center: Point = [x + w / 2, y + h / 2];
  const radius = 4 * Math.hypot(w, h) + 10;
  const first = farOff(line[1] ?? center, line[0] ?? center, center, radius);
  const last = farOff(line.at(-2) ?? center, line.at(-1) ?? center, center, radius);
  const from = Math.atan2(last[1] - center[1], last[0] - center[0]);
  let to = Math.atan2(first[1] - center[1], first[0] - center[0]);
  if (to < from) to += 2 * Math.PI;
  const arc: Point[] = [];
  for (let angle = from + ARC; angle < to; angle += ARC)
    arc.push(rounded(center[0] + radius * Math.cos(angle), center[1] + radius * Math.sin(angle)));
  return [first, ...line, last, ...arc];
}

/** Where the ray from one point through another leaves the circle. */
function farOff([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point, radius: number): Point {
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const [dx, dy] = [(bx - ax) / length, (by - ay) / length];
  const along = (bx - cx) * dx + (by - cy) * dy;
  const across = (bx - cx) ** 2 + (by - cy) ** 2 - radius ** 2;
  const reach = -along + Math.sqrt(Math.max(0, along ** 2 - across));
  return rounded(bx + dx * reach, by + dy * reach);
}
