import type { Point } from "./forms";
import type { BoxTuple, Size } from "./geometry";

export type Ring = readonly Point[];
export type Rings = readonly Ring[];

/** Where on an outline something is: which of its rings, and the edge or corner of that. */
export interface Place {
  readonly path: number;
  readonly index: number;
}

/** A tenth of a pixel is what is kept of a coordinate. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;

/** A point on the picture, as it is kept. */
export const kept = ([x, y]: readonly [number, number, ...unknown[]], image: Size): Point => [
  tenth(Math.min(Math.max(x, 0), image.width)),
  tenth(Math.min(Math.max(y, 0), image.height)),
];

/** x, y, w, h around the points. */
export function boundsOf(points: readonly (readonly [number, number, ...unknown[]])[]): BoxTuple {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return points.length > 0 ? [left, top, right - left, bottom - top] : [0, 0, 0, 0];
}

/** Twice nothing, once the area: positive when the ring runs clockwise as one sees it (y points down). */
export function signedArea(ring: Ring): number {
  let sum = 0;
  ring.forEach(([x, y], at) => {
    const [nx, ny] = ring[(at + 1) % ring.length] ?? [x, y];
    sum += x * ny - nx * y;
  });
  return sum / 2;
}

/** What the rings fill by the even-odd rule when none crosses another. */
export function areaOf(rings: Rings): number {
  return Math.abs(
    rings.reduce((sum, ring) => sum + (depthOf(ring, rings) % 2 ? -1 : 1) * Math.abs(signedArea(ring)), 0),
  );
}

/** How many of the other rings are around this one, when none crosses another. */
export function depthOf(ring: Ring, rings: Rings): number {
  const inner = insidePoint(ring);
  const area = Math.abs(signedArea(ring));
  return rings.filter(
    (other) => other !== ring && Math.abs(signedArea(other)) > area && insideRings([other], inner),
  ).length;
}

/** Whether the point is inside by the even-odd rule. */
export function insideRings(rings: Rings, [x, y]: Point): boolean {
  let inside = false;
  for (const ring of rings) {
    let [ax, ay] = ring[ring.length - 1] ?? [0, 0];
    for (const [bx, by] of ring) {
      if (ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay)) inside = !inside;
      ax = bx;
      ay = by;
    }
  }
  return inside;
}

/** Some point strictly inside of a ring with an area: in the middle of its widest stretch at one height. */
export function insidePoint(ring: Ring): Point {
  const heights = [...new Set(ring.map(([, y]) => y))].sort((a, b) => a - b);
  let best: Point = ring[0] ?? [0, 0];
  let width = 0;
  for (let at = 0; at + 1 < heights.length; at++) {
    const y = ((heights[at] ?? 0) + (heights[at + 1] ?? 0)) / 2;
    const xs = crossings(ring, y);
    for (let n = 0; n + 1 < xs.length; n += 2) {
      const [from, to] = [xs[n] ?? 0, xs[n + 1] ?? 0];
      if (to - from > width) {
        width = to - from;
        best = [(from + to) / 2, y];
      }
    }
    if (at > 64 && width > 0) break;
  }
  return best;
}

function crossings(ring: Ring, y: number): number[] {
  const xs: number[] = [];
  ring.forEach(([ax, ay], at) => {
    const [bx, by] = ring[(at + 1) % ring.length] ?? [ax, ay];
    if (ay > y !== by > y) xs.push(ax + ((y - ay) * (bx - ax)) / (by - ay));
  });
  return xs.sort((a, b) => a - b);
}

/** The nearest place on a stretch, and how far it is. */
export function nearestOn(a: Point, b: Point, [x, y]: Point): { readonly at: Point; readonly far: number } {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const share = length > 0 ? Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length)) : 0;
  const at: Point = [a[0] + dx * share, a[1] + dy * share];
  return { at, far: Math.hypot(at[0] - x, at[1] - y) };
}

/** The edge within reach, by its first corner, and the nearest point on it. */
export function edgeAt(
  paths: Rings,
  at: Point,
  reach: number,
  closes: boolean,
): (Place & { at: Point }) | null {
  let best: (Place & { at: Point }) | null = null;
  let distance = reach;
  paths.forEach((path, n) => {
    path.forEach((from, index) => {
      const to = path[index + 1] ?? (closes ? path[0] : undefined);
      if (!to) return;
      const found = nearestOn(from, to, at);
      if (found.far > distance) return;
      distance = found.far;
      best = { path: n, index, at: found.at };
    });
  });
  return best;
}

/** The corner within reach. */
export function cornerAt(paths: Rings, at: Point, reach: number): Place | null {
  let best: Place | null = null;
  let distance = reach;
  paths.forEach((path, n) => {
    path.forEach(([x, y], index) => {
      const far = Math.hypot(x - at[0], y - at[1]);
      if (far > distance) return;
      distance = far;
      best = { path: n, index };
    });
  });
  return best;
}

/** The path with a corner replaced, put in after it, or taken out. */
export function withCorner(paths: Rings, { path, index }: Place, to: Point): Rings {
  return paths.map((ring, n) => (n === path ? ring.map((point, at) => (at === index ? to : point)) : ring));
}

export function withNewCorner(paths: Rings, { path, index }: Place, at: Point): Rings {
  return paths.map((ring, n) =>
    n === path ? [...ring.slice(0, index + 1), at, ...ring.slice(index + 1)] : ring,
  );
}

/** Without a corner; a ring or line that would have fewer than `least` goes as a whole. */
export function withoutCorner(paths: Rings, { path, index }: Place, least: number): Rings {
  return paths
    .map((ring, n) => (n === path ? ring.filter((_, at) => at !== index) : ring))
    .filter((ring, n) => n !== path || ring.length >= least);
}

/** Without points on the one before. */
export function distinct(points: Ring, closes: boolean): Ring {
  const isSame = (a: Point | undefined, b: Point | undefined) => a?.[0] === b?.[0] && a?.[1] === b?.[1];
  const found = points.filter((point, at) => at === 0 || !isSame(point, points[at - 1]));
  return closes && found.length > 1 && isSame(found[0], found.at(-1)) ? found.slice(0, -1) : found;
}

/** Fewer points, none of those left out farther than `tolerance` from the line (Douglas and Peucker 1973). */
export function simplified(points: Ring, tolerance: number, closes: boolean): Ring {
  if (points.length < (closes ? 4 : 3)) return points;
  if (!closes) return simpleLine(points, tolerance);
  const first = points[0] ?? [0, 0];
  let far = 0;
  points.forEach((point, at) => {
    const known = points[far] ?? first;
    if (
      Math.hypot(point[0] - first[0], point[1] - first[1]) >
      Math.hypot(known[0] - first[0], known[1] - first[1])
    )
      far = at;
  });
  const there = simpleLine(points.slice(0, far + 1), tolerance);
  const back = simpleLine([...points.slice(far), first], tolerance);
  const ring = [...there, ...back.slice(1, -1)];
  return ring.length >= 3 ? ring : points;
}

function simpleLine(points: Ring, tolerance: number): Ring {
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const open: [number, number][] = [[0, points.length - 1]];
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [from, to] = pair;
    const [a, b] = [points[from], points[to]];
    let [worst, at] = [tolerance, -1];
    for (let n = from + 1; a && b && n < to; n++) {
      const far = nearestOn(a, b, points[n] ?? a).far;
      if (far > worst) [worst, at] = [far, n];
    }
    if (at < 0) continue;
    keep[at] = 1;
    open.push([from, at], [at, to]);
  }
  return points.filter((_, at) => keep[at]);
}

/** Rings with at least a point fewer, by a tolerance that doubles until one goes; the same when none can. */
export function simplerRings(rings: Rings, least: number, closes: boolean): Rings {
  const count = (some: Rings) => some.reduce((sum, ring) => sum + ring.length, 0);
  const before = count(rings);
  for (let tolerance = 0.25; tolerance < 512; tolerance *= 2) {
    const simple = rings.map((ring) => {
      const fewer = simplified(ring, tolerance, closes);
      return fewer.length >= least && (!closes || Math.abs(signedArea(fewer)) > 0) ? fewer : ring;
    });
    if (count(simple) < before) return simple;
  }
  return rings;
}
