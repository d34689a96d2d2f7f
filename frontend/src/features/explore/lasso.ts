/** A place on the map: 0 to 1 of its sides. */
export type MapPoint = readonly [x: number, y: number];

/** Corners a region may have in an address. */
export const MOST_CORNERS = 60;
const DIGITS = 4;

/** As many corners as fit, evenly out of what was drawn. */
export function thinned(points: readonly MapPoint[], most = MOST_CORNERS): MapPoint[] {
  if (points.length <= most) return [...points];
  return Array.from({ length: most }, (_, i) => points[Math.floor((i * points.length) / most)]).filter(
    (point): point is MapPoint => point !== undefined,
  );
}

/** The region as the address and the API write it. */
export function regionText(points: readonly MapPoint[]): string {
  return thinned(points)
    .flat()
    .map((number) => String(Number(number.toFixed(DIGITS))))
    .join(",");
}

/** The corners of a region, none when it is no region. */
export function regionOf(text: string | undefined): MapPoint[] {
  const numbers = (text ?? "").split(",").map(Number);
  if (numbers.length < 6 || numbers.length % 2 || numbers.some((number) => !Number.isFinite(number)))
    return [];
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i] ?? 0, numbers[2 * i + 1] ?? 0]);
}

/** Which points lie within the polygon, by the even-odd rule, as the server decides it. */
export function insideOf(xy: Float32Array, corners: readonly MapPoint[]): Uint8Array {
  const within = new Uint8Array(xy.length / 2);
  if (corners.length < 3) return within;
  corners.forEach((from, place) => {
    const to = corners[(place + 1) % corners.length] ?? from;
    for (let i = 0; i < within.length; i++) {
      if (isLeftOf(xy[2 * i] ?? 0, xy[2 * i + 1] ?? 0, from, to)) within[i] = within[i] ? 0 : 1;
    }
  });
  return within;
}

/** Whether a ray from the point to the right crosses the edge. */
function isLeftOf(x: number, y: number, from: MapPoint, to: MapPoint): boolean {
  if (from[1] > y === to[1] > y) return false;
  return x < from[0] + ((y - from[1]) * (to[0] - from[0])) / (to[1] - from[1]);
}

/** The window that keys move: its middle and half its sides. */
export interface Frame {
  x: number;
  y: number;
  w: number;
  h: number;
}

export const FIRST_FRAME: Frame = { x: 0.5, y: 0.5, w: 0.1, h: 0.1 };
const STEP = 0.02;
const LEAST = 0.02;
const MOVES: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where an arrow key takes the window; with `resize` its size. Null for any other key. */
export function frameMoved(frame: Frame, code: string, resize: boolean): Frame | null {
  const move = MOVES[code];
  if (!move) return null;
  const bounded = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
  const [dx, dy] = [move[0] * STEP, move[1] * STEP];
  if (resize) {
    return { ...frame, w: bounded(frame.w + dx, LEAST, 0.5), h: bounded(frame.h - dy, LEAST, 0.5) };
  }
  return { ...frame, x: bounded(frame.x + dx, 0, 1), y: bounded(frame.y + dy, 0, 1) };
}

/** The corners of the window. */
export function frameCorners({ x, y, w, h }: Frame): MapPoint[] {
  return [
    [x - w, y - h],
    [x + w, y - h],
    [x + w, y + h],
    [x - w, y + h],
  ];
}
