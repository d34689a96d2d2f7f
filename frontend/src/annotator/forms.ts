import type { BoxTuple } from "./geometry";

/** What a shape may say beyond its box, as the API writes it; pixels of the upright image. */
export interface Geometry {
  /** x, y, w, h of the upright box and the degrees it is turned clockwise about its center. */
  readonly rotated?: readonly [x: number, y: number, w: number, h: number, angle: number];
  /** Rings that fill by the even-odd rule: one inside another is a hole. */
  readonly polygon?: readonly (readonly Point[])[];
  readonly mask?: Rle;
  readonly polyline?: readonly Point[];
  /** Visible is 0 not there, 1 hidden, 2 seen. */
  readonly keypoints?: readonly (readonly [x: number, y: number, visible: number])[];
  readonly attributes?: Readonly<Record<string, string>>;
}

export type Point = readonly [x: number, y: number];

/** A COCO mask: runs of zeros and ones in turn down the columns, as the text of pycocotools. */
export interface Rle {
  readonly size: readonly [height: number, width: number];
  readonly counts: string;
}

/** Paths of SVG and canvas, in image pixels. */
export interface Drawing {
  /** Closed, filled by the even-odd rule. */
  readonly area: string;
  readonly line: string;
  /** Points with no length: strokes with round ends. */
  readonly seen: string;
  readonly hidden: string;
}

export type Lines = readonly (readonly [from: number, to: number])[];

type Drawn = Geometry & { readonly box?: BoxTuple };

/** How a shape is drawn; its box where it is no more than that. `lines` hang its key points together. */
export function drawingOf(shape: Drawn, lines: Lines = []): Drawing {
  const { rotated, polygon, mask, polyline, keypoints, box } = shape;
  if (polygon) return { ...EMPTY, area: polygon.map(closed).join("") };
  if (mask) return { ...EMPTY, area: tracedMask(mask).map(closed).join("") };
  if (rotated) return { ...EMPTY, area: closed(turnedCorners(rotated)) };
  if (polyline) return { ...EMPTY, line: open(polyline) };
  if (keypoints) return pointsDrawn(keypoints, lines);
  return { ...EMPTY, area: box ? closed(corners(box)) : "" };
}

/** Whether a shape is more than its box. */
export function hasForm(shape: Drawn): boolean {
  return Boolean(shape.polygon ?? shape.mask ?? shape.rotated ?? shape.polyline ?? shape.keypoints);
}

/** Lengths of the runs; pycocotools writes from the fourth on the difference to the one two before. */
export function runsOf(text: string): number[] {
  const runs: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let factor = 1;
    let bits = 32;
    while (bits & 32 && at < text.length) {
      bits = text.charCodeAt(at++) - 48;
      value += (bits & 31) * factor;
      factor *= 32;
    }
    if (bits & 16) value -= factor;
    runs.push(value + (runs.length > 2 ? (runs.at(-2) ?? 0) : 0));
  }
  return runs;
}

const EMPTY: Drawing = { area: "", line: "", seen: "", hidden: "" };
const traces = new WeakMap<Rle, Point[][]>();

/** Rings along the edges of the pixels that are set. */
export function tracedMask(mask: Rle): Point[][] {
  const known = traces.get(mask);
  if (known) return known;
  const [height, width] = mask.size;
  const bits = new Uint8Array(height * width);
  let at = 0;
  runsOf(mask.counts).forEach((run, place) => {
    if (place % 2) bits.fill(1, at, at + run);
    at += run;
  });
  const rings = ringsOf(bordersOf(bits, width, height), width + 1);
  traces.set(mask, rings);
  return rings;
}

/** Each border of a set pixel, clockwise around it: from a corner to the next ones, by number. */
function bordersOf(bits: Uint8Array, width: number, height: number): Map<number, number[]> {
  const steps = new Map<number, number[]>();
  const stride = width + 1;
  const add = (from: number, to: number) => {
    const known = steps.get(from);
    if (known) known.push(to);
    else steps.set(from, [to]);
  };
  const isSet = (x: number, y: number) => y >= 0 && y < height && bits[x * height + y] === 1;
  for (let i = bits.indexOf(1); i >= 0; i = bits.indexOf(1, i + 1)) {
    const [x, y] = [Math.floor(i / height), i % height];
    const corner = y * stride + x;
    if (!isSet(x, y - 1)) add(corner, corner + 1);
    if (!isSet(x + 1, y)) add(corner + 1, corner + 1 + stride);
    if (!isSet(x, y + 1)) add(corner + 1 + stride, corner + stride);
    if (!isSet(x - 1, y)) add(corner + stride, corner);
  }
  return steps;
}

function ringsOf(steps: Map<number, number[]>, stride: number): Point[][] {
  const rings: Point[][] = [];
  for (const start of steps.keys()) {
    while (steps.get(start)?.length) rings.push(ringFrom(start, steps, stride));
  }
  return rings;
}

function ringFrom(start: number, steps: Map<number, number[]>, stride: number): Point[] {
  const ring: Point[] = [];
  let at = start;
  let came = 0;
  do {
    const goes: number | undefined = steps.get(at)?.pop();
    if (goes === undefined) break;
    if (goes - at !== came) ring.push([at % stride, Math.floor(at / stride)]);
    came = goes - at;
    at = goes;
  } while (at !== start);
  return ring;
}

function pointsDrawn(points: NonNullable<Geometry["keypoints"]>, lines: Lines): Drawing {
  const dot = ([x, y]: readonly [number, number, number]) => `M${x} ${y}h.01`;
  const isThere = (at: number) => (points[at]?.[2] ?? 0) > 0;
  const joined = lines.filter(([from, to]) => isThere(from) && isThere(to));
  return {
    area: "",
    line: joined.map((line) => open(line.map((at) => xy(points[at])))).join(""),
    seen: points
      .filter((point) => point[2] === 2)
      .map(dot)
      .join(""),
    hidden: points
      .filter((point) => point[2] === 1)
      .map(dot)
      .join(""),
  };
}

const xy = (point: readonly [number, number, number] | undefined): Point => [
  point?.[0] ?? 0,
  point?.[1] ?? 0,
];
const open = (points: readonly Point[]) => points.map(([x, y], at) => `${at ? "L" : "M"}${x} ${y}`).join("");
const closed = (points: readonly Point[]) => (points.length > 0 ? `${open(points)}Z` : "");
const corners = ([x, y, w, h]: BoxTuple): Point[] => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];

/** The corners of a turned box, from its own top-left on. */
export function turnedCorners([x, y, w, h, angle]: NonNullable<Geometry["rotated"]>): Point[] {
  const radians = (angle * Math.PI) / 180;
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)];
  const [cx, cy] = [x + w / 2, y + h / 2];
  return corners([-w / 2, -h / 2, w, h]).map(([dx, dy]) => [
    cx + dx * cosine - dy * sine,
    cy + dx * sine + dy * cosine,
  ]);
}
