import type { Point, Rle } from "./forms";
import type { BoxTuple } from "./geometry";
import type { Ring, Rings } from "./outline";

/**
 * A mask by columns: for each the rows where it begins and ends to be set, in turn. Everything costs what its
 * borders cost, not what its pixels would.
 */
export interface Columns {
  readonly width: number;
  readonly height: number;
  readonly ends: readonly (readonly number[])[];
}

const NONE: readonly number[] = [];

/** An empty mask. */
export function emptyMask(width: number, height: number): Columns {
  return { width, height, ends: Array.from({ length: width }, () => NONE) };
}

/** The columns of a mask as the API has it. */
export function columnsOf({ size: [height, width], counts }: Rle): Columns {
  const ends: number[][] = Array.from({ length: width }, () => []);
  let at = 0;
  runsOf(counts).forEach((run, place) => {
    if (place % 2 && run > 0) addRun(ends, at, at + run, height);
    at += run;
  });
  return { width, height, ends };
}

function addRun(ends: number[][], from: number, to: number, height: number): void {
  for (let at = from; at < to; ) {
    const column = Math.floor(at / height);
    const stop = Math.min(to, (column + 1) * height);
    ends[column]?.push(at - column * height, stop - column * height);
    at = stop;
  }
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

/** The mask as the API has it. */
export function rleOf({ width, height, ends }: Columns): Rle {
  const runs: number[] = [];
  let [from, to] = [0, 0];
  let written = 0;
  const flush = () => {
    if (to === from) return;
    runs.push(from - written, to - from);
    written = to;
  };
  ends.forEach((rows, column) => {
    for (let n = 0; n + 1 < rows.length; n += 2) {
      const [start, stop] = [column * height + (rows[n] ?? 0), column * height + (rows[n + 1] ?? 0)];
      if (start !== to || to === from) {
        flush();
        from = start;
      }
      to = stop;
    }
  });
  flush();
  if (written < width * height) runs.push(width * height - written);
  return { size: [height, width], counts: textOf(runs) };
}

/** The text of pycocotools for these lengths. */
export function textOf(runs: readonly number[]): string {
  let text = "";
  runs.forEach((run, at) => {
    let left = at > 2 ? run - (runs[at - 2] ?? 0) : run;
    for (let more = true; more; ) {
      const bits = left & 31;
      left >>= 5;
      more = bits & 16 ? left !== -1 : left !== 0;
      text += String.fromCharCode((more ? bits | 32 : bits) + 48);
    }
  });
  return text;
}

/** How many pixels are set. */
export function pixelsOf({ ends }: Columns): number {
  let sum = 0;
  for (const rows of ends)
    for (let n = 0; n + 1 < rows.length; n += 2) sum += (rows[n + 1] ?? 0) - (rows[n] ?? 0);
  return sum;
}

/** The box around what is set, null for nothing. */
export function boxOf({ ends }: Columns): BoxTuple | null {
  let [left, right, top, bottom] = [-1, -1, Infinity, -Infinity];
  ends.forEach((rows, column) => {
    if (rows.length === 0) return;
    if (left < 0) left = column;
    right = column;
    top = Math.min(top, rows[0] ?? 0);
    bottom = Math.max(bottom, rows.at(-1) ?? 0);
  });
  return left < 0 ? null : [left, top, right + 1 - left, bottom - top];
}

export const boxOfMask = (mask: Rle): BoxTuple | null => boxOf(columnsOf(mask));

/** Rows set in either (`or`), in the first only (`minus`), or in one alone (`xor`). */
export type Joining = "or" | "minus" | "xor";

const IS_SET: Readonly<Record<Joining, (inA: boolean, inB: boolean) => boolean>> = {
  or: (inA, inB) => inA || inB,
  minus: (inA, inB) => inA && !inB,
  xor: (inA, inB) => inA !== inB,
};

export function joined(a: readonly number[], b: readonly number[], how: Joining): readonly number[] {
  if (b.length === 0) return a;
  if (a.length === 0) return how === "minus" ? a : b;
  const isSet = IS_SET[how];
  const rows: number[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (a[i] === at) i++;
    while (b[j] === at) j++;
    const was = rows.length % 2 === 1;
    if (isSet(i % 2 === 1, j % 2 === 1) !== was) rows.push(at);
  }
  return rows;
}

/** Both masks joined, of the same size. */
export function joinedMasks(a: Columns, b: Columns, how: Joining): Columns {
  return { ...a, ends: a.ends.map((rows, column) => joined(rows, b.ends[column] ?? NONE, how)) };
}

/** The mask with the pixels whose centers lie within `radius` of the stretch set, or taken away. */
export function brushed(mask: Columns, from: Point, to: Point, radius: number, isErasing: boolean): Columns {
  const first = Math.max(0, Math.floor(Math.min(from[0], to[0]) - radius));
  const last = Math.min(mask.width - 1, Math.ceil(Math.max(from[0], to[0]) + radius));
  if (last < first) return mask;
  const ends = mask.ends.slice();
  for (let column = first; column <= last; column++) {
    const rows = capsuleRows(column + 0.5, from, to, radius, mask.height);
    if (rows.length > 0) ends[column] = joined(ends[column] ?? NONE, rows, isErasing ? "minus" : "or");
  }
  return { ...mask, ends };
}

/** Rows of a column whose centers are in the capsule: it is convex, so one stretch at most. */
function capsuleRows(x: number, a: Point, b: Point, radius: number, height: number): readonly number[] {
  const [top, bottom] = capsuleSpan(x, a, b, radius);
  const start = Math.max(0, Math.ceil(top - 0.5));
  const stop = Math.min(height, Math.floor(bottom - 0.5) + 1);
  return stop > start ? [start, stop] : NONE;
}

function capsuleSpan(x: number, a: Point, b: Point, radius: number): readonly [number, number] {
  let [top, bottom] = [Infinity, -Infinity];
  const add = (low: number, high: number) => {
    top = Math.min(top, low);
    bottom = Math.max(bottom, high);
  };
  for (const [cx, cy] of [a, b]) {
    const rest = radius * radius - (x - cx) * (x - cx);
    if (rest >= 0) add(cy - Math.sqrt(rest), cy + Math.sqrt(rest));
  }
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  if (length === 0) return [top, bottom];
  // The two long sides, where they pass this column.
  for (const side of [-1, 1]) {
    const [ox, oy] = [(-dy / length) * radius * side, (dx / length) * radius * side];
    const share = dx === 0 ? -1 : (x - a[0] - ox) / dx;
    if (share >= 0 && share <= 1) add(a[1] + oy + share * dy, a[1] + oy + share * dy);
  }
  if (dx === 0 && Math.abs(x - a[0]) <= radius) add(Math.min(a[1], b[1]), Math.max(a[1], b[1]));
  return [top, bottom];
}

/** The mask moved by whole pixels; what leaves the picture is gone. */
export function movedMask(mask: Rle, dx: number, dy: number): Rle {
  const { width, height, ends } = columnsOf(mask);
  const moved = Array.from({ length: width }, (_, column) =>
    movedRows(ends[column - dx] ?? NONE, dy, height),
  );
  return rleOf({ width, height, ends: moved });
}

function movedRows(rows: readonly number[], dy: number, height: number): readonly number[] {
  if (dy === 0) return rows;
  const moved: number[] = [];
  for (let n = 0; n + 1 < rows.length; n += 2) {
    const from = Math.min(height, Math.max(0, (rows[n] ?? 0) + dy));
    const to = Math.min(height, Math.max(0, (rows[n + 1] ?? 0) + dy));
    if (to > from) moved.push(from, to);
  }
  return moved;
}

/**
 * The pixels whose centers the rings cover by the even-odd rule, to the last one as the server fills them: an
 * edge counts at the centers of rows from its upper end up to its lower one, and a crossing on a center is left of it.
 */
export function rasterized(rings: Rings, width: number, height: number): Columns {
  const rows: number[][] = Array.from({ length: height }, () => []);
  for (const ring of rings) {
    ring.forEach((point, at) => {
      const next = ring[(at + 1) % ring.length] ?? point;
      addEdge(rows, point, next, width);
    });
  }
  const ends: number[][] = Array.from({ length: width }, () => []);
  let above: readonly number[] = NONE;
  for (let row = 0; row <= height; row++) {
    const now = row < height ? oddRuns(rows[row] ?? []) : NONE;
    const turns = joined(above, now, "xor");
    for (let n = 0; n + 1 < turns.length; n += 2)
      for (let column = turns[n] ?? 0; column < (turns[n + 1] ?? 0); column++) ends[column]?.push(row);
    above = now;
  }
  return { width, height, ends };
}

function addEdge(rows: number[][], a: Point, b: Point, width: number): void {
  const [[x0, y0], [x1, y1]] = a[1] > b[1] ? [b, a] : [a, b];
  const stop = Math.min(rows.length, Math.ceil(y1 - 0.5));
  for (let row = Math.max(0, Math.ceil(y0 - 0.5)); row < stop; row++) {
    const x = x0 + (row + 0.5 - y0) * ((x1 - x0) / (y1 - y0));
    rows[row]?.push(Math.min(width, Math.max(0, Math.ceil(x - 0.5))));
  }
}

/** From crossings to stretches, those of no length left out. */
function oddRuns(crossings: number[]): readonly number[] {
  crossings.sort((a, b) => a - b);
  const runs: number[] = [];
  for (const at of crossings) {
    if (runs.at(-1) === at) runs.pop();
    else runs.push(at);
  }
  return runs;
}

/** Rings along the edges of the pixels that are set; those around holes run the other way. */
export function tracedColumns({ width, height, ends }: Columns): Ring[] {
  const steps = new Steps(width + 1);
  for (let column = 0; column <= width; column++) {
    const left = column > 0 ? (ends[column - 1] ?? NONE) : NONE;
    const here = column < width ? (ends[column] ?? NONE) : NONE;
    steps.addRuns(here, (from, to) => {
      steps.add(column, from, column + 1, from);
      steps.add(column + 1, to, column, to);
    });
    steps.addRuns(joined(left, here, "minus"), (from, to) => steps.add(column, from, column, to));
    steps.addRuns(joined(here, left, "minus"), (from, to) => steps.add(column, to, column, from));
  }
  return steps.rings(height);
}

/** Stretches between corners of pixels, each corner by its number. Two leave where pixels touch by a corner. */
class Steps {
  private readonly first = new Map<number, number>();
  private readonly second = new Map<number, number>();

  constructor(private readonly stride: number) {}

  add(x0: number, y0: number, x1: number, y1: number): void {
    const from = y0 * this.stride + x0;
    const to = y1 * this.stride + x1;
    if (this.first.has(from)) this.second.set(from, to);
    else this.first.set(from, to);
  }

  addRuns(rows: readonly number[], add: (from: number, to: number) => void): void {
    for (let n = 0; n + 1 < rows.length; n += 2) add(rows[n] ?? 0, rows[n + 1] ?? 0);
  }

  rings(height: number): Ring[] {
    const rings: Ring[] = [];
    for (const start of this.first.keys()) {
      while (this.first.has(start)) rings.push(this.ringFrom(start, height));
    }
    return rings;
  }

  private ringFrom(start: number, height: number): Ring {
    const ring: Point[] = [];
    let at = start;
    let came = -1;
    do {
      const to = this.take(at, came);
      if (to === null) break;
      const goes = this.wayOf(to - at);
      if (goes !== came) ring.push([at % this.stride, Math.min(height, Math.floor(at / this.stride))]);
      came = goes;
      at = to;
    } while (at !== start);
    // The way out of the first corner may be the way into it.
    const [first, next] = ring;
    const isStraight =
      first && next && this.wayOf((next[1] - first[1]) * this.stride + next[0] - first[0]) === came;
    return isStraight ? ring.slice(1) : ring;
  }

  /** The way on, taken out; where there are two, the one to the right, so that touching pixels stay two rings. */
  private take(at: number, came: number): number | null {
    const one = this.first.get(at);
    if (one === undefined) return null;
    const other = this.second.get(at);
    if (other === undefined) {
      this.first.delete(at);
      return one;
    }
    this.second.delete(at);
    const isRight = came < 0 || this.wayOf(one - at) === (came + 1) % 4;
    if (isRight) this.first.set(at, other);
    return isRight ? one : other;
  }

  /** Right, down, left and up, in this order. */
  private wayOf(by: number): number {
    if (Math.abs(by) < this.stride) return by > 0 ? 0 : 2;
    return by > 0 ? 1 : 3;
  }
}
