import type { BoxTuple } from "./geometry";
import { columnsOf, tracedColumns } from "./runs";

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

const EMPTY: Drawing = { area: "", line: "", seen: "", hidden: "" };
const traces = new WeakMap<Rle, readonly (readonly Point[])[]>();

/** Rings along the edges of the pixels that are set. */
export function tracedMask(mask: Rle): readonly (readonly Point[])[] {
  const known = traces.get(mask);
  if (known) return known;
  const rings = tracedColumns(columnsOf(mask));
  traces.set(mask, rings);
  return rings;
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
