/** A point in image pixels and one on the screen never mix by accident. */
export type ImagePoint = readonly [x: number, y: number] & { readonly _space: "image" };
/** A point in device pixels of the canvas. */
export type ScreenPoint = readonly [x: number, y: number] & { readonly _space: "screen" };

/** x, y, width, height in pixels of the upright image. */
export type BoxTuple = readonly [x: number, y: number, w: number, h: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Device pixels per image pixel, and where the image's corner lies on the canvas. */
export interface Viewport {
  readonly scale: number;
  readonly offset: ScreenPoint;
}

export const imagePoint = (x: number, y: number): ImagePoint => [x, y] as unknown as ImagePoint;
export const screenPoint = (x: number, y: number): ScreenPoint => [x, y] as unknown as ScreenPoint;

export const toImage = (p: ScreenPoint, v: Viewport): ImagePoint =>
  imagePoint((p[0] - v.offset[0]) / v.scale, (p[1] - v.offset[1]) / v.scale);

export const toScreen = (p: ImagePoint, v: Viewport): ScreenPoint =>
  screenPoint(p[0] * v.scale + v.offset[0], p[1] * v.scale + v.offset[1]);

/** The whole image in the middle of the canvas, with a margin. */
export function fitViewport(image: Size, canvas: Size, marginPx = 24): Viewport {
  const scale = Math.min(
    (canvas.width - 2 * marginPx) / image.width,
    (canvas.height - 2 * marginPx) / image.height,
  );
  const safe = Math.max(scale, 0.01);
  return {
    scale: safe,
    offset: screenPoint(
      Math.round((canvas.width - image.width * safe) / 2),
      Math.round((canvas.height - image.height * safe) / 2),
    ),
  };
}

/** Zoom so that the image point under the cursor stays there. */
export function zoomAt(
  v: Viewport,
  at: ScreenPoint,
  factor: number,
  range: readonly [number, number],
): Viewport {
  const scale = Math.min(Math.max(v.scale * factor, range[0]), range[1]);
  const ratio = scale / v.scale;
  return {
    scale,
    offset: screenPoint(
      Math.round(at[0] - (at[0] - v.offset[0]) * ratio),
      Math.round(at[1] - (at[1] - v.offset[1]) * ratio),
    ),
  };
}

/** The box between two corners, whichever way it was drawn. */
export function boxBetween(a: ImagePoint, b: ImagePoint): BoxTuple {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])];
}

/** The part of the box inside the image, rounded to a tenth of a pixel. */
export function clampBox([x, y, w, h]: BoxTuple, image: Size): BoxTuple {
  const left = Math.min(Math.max(x, 0), image.width);
  const top = Math.min(Math.max(y, 0), image.height);
  const right = Math.min(Math.max(x + w, 0), image.width);
  const bottom = Math.min(Math.max(y + h, 0), image.height);
  return [tenth(left), tenth(top), tenth(right - left), tenth(bottom - top)];
}

/** The box moved by so much, kept whole inside the image. */
export function moveBox([x, y, w, h]: BoxTuple, dx: number, dy: number, image: Size): BoxTuple {
  const nx = Math.min(Math.max(x + dx, 0), Math.max(0, image.width - w));
  const ny = Math.min(Math.max(y + dy, 0), Math.max(0, image.height - h));
  return [tenth(nx), tenth(ny), w, h];
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";

const HANDLES: readonly (readonly [Handle, number, number])[] = [
  ["nw", 0, 0],
  ["ne", 1, 0],
  ["se", 1, 1],
  ["sw", 0, 1],
  ["n", 0.5, 0],
  ["e", 1, 0.5],
  ["s", 0.5, 1],
  ["w", 0, 0.5],
];

/** Corners first, then the middles of the edges. */
export function handlesOf([x, y, w, h]: BoxTuple): readonly { handle: Handle; at: ImagePoint }[] {
  return HANDLES.map(([handle, fx, fy]) => ({ handle, at: imagePoint(x + w * fx, y + h * fy) }));
}

/** The handle under the point, if any. */
export function handleAt(box: BoxTuple, at: ImagePoint, reach: number): Handle | null {
  const found = handlesOf(box).find(
    (entry) => Math.abs(entry.at[0] - at[0]) <= reach && Math.abs(entry.at[1] - at[1]) <= reach,
  );
  return found?.handle ?? null;
}

/** The box with one handle dragged to a point; pulled over the far edge it turns around. */
export function resizeBox([x, y, w, h]: BoxTuple, handle: Handle, to: ImagePoint): BoxTuple {
  const left = handle.includes("w") ? to[0] : x;
  const right = handle.includes("e") ? to[0] : x + w;
  const top = handle.includes("n") ? to[1] : y;
  const bottom = handle.includes("s") ? to[1] : y + h;
  return boxBetween(imagePoint(left, top), imagePoint(right, bottom));
}

/** The nearest of the values within reach, else the value itself. */
export function snap(value: number, candidates: Iterable<number>, reach: number): number {
  let best = value;
  let distance = reach;
  for (const candidate of candidates) {
    const gap = Math.abs(candidate - value);
    if (gap <= distance) {
      best = candidate;
      distance = gap;
    }
  }
  return best;
}

/** A point pulled to the edges of near boxes and of the image. */
export function snapPoint(at: ImagePoint, near: readonly BoxTuple[], image: Size, reach: number): ImagePoint {
  const xs = [0, image.width, ...near.flatMap(([x, , w]) => [x, x + w])];
  const ys = [0, image.height, ...near.flatMap(([, y, , h]) => [y, y + h])];
  return imagePoint(snap(at[0], xs, reach), snap(at[1], ys, reach));
}

export const overlaps = (a: BoxTuple, b: BoxTuple): boolean =>
  a[0] <= b[0] + b[2] && b[0] <= a[0] + a[2] && a[1] <= b[1] + b[3] && b[1] <= a[1] + a[3];

/** Intersection over union, 0 to 1. */
export function iou(a: BoxTuple, b: BoxTuple): number {
  const w = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const h = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (a[2] * a[3] + b[2] * b[3] - w * h);
}
