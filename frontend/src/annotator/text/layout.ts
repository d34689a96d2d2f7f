import type { Points, Range } from "./units";

/** A span as far as it is drawn. */
export interface Placed extends Range {
  readonly id: string;
  readonly label: string;
}

/** A stretch of a block that is drawn alike, with the spans that cover all of it, by lane. */
export interface Piece<T extends Placed> extends Range {
  readonly spans: readonly T[];
  /** The spans that begin here, for their names. */
  readonly begins: readonly T[];
}

const BLOCK = 1_500;
/** Spans beyond these lie on the last lane, one over another. */
export const LANES = 6;

/**
 * A text as blocks, so that only those that changed are drawn again: lines, and long lines in parts. A line's
 * break belongs to its block.
 */
export function blocksOf(points: Points): Range[] {
  const blocks: Range[] = [];
  let start = 0;
  for (let at = 0; at < points.length; at++) {
    const isBreak = points[at] === "\n";
    const isFull = at - start >= BLOCK && /^\s$/u.test(points[at] ?? "");
    if (!isBreak && !isFull && at - start < 2 * BLOCK) continue;
    blocks.push({ start, end: at + 1 });
    start = at + 1;
  }
  if (start < points.length || blocks.length === 0) blocks.push({ start, end: points.length });
  return blocks;
}

const byPlace = (a: Placed, b: Placed) => a.start - b.start || b.end - a.end;

/** Which lane each span is drawn on, so that spans that overlap do not hide one another. */
export function lanesOf(spans: readonly Placed[]): Map<string, number> {
  const ends: number[] = [];
  const lanes = new Map<string, number>();
  for (const span of [...spans].sort(byPlace)) {
    const free = ends.findIndex((end) => end <= span.start);
    const lane = free < 0 ? Math.min(ends.length, LANES - 1) : free;
    ends[lane] = Math.max(ends[lane] ?? 0, span.end);
    lanes.set(span.id, lane);
  }
  return lanes;
}

/** A block cut where spans begin and end, and at `cuts`. */
export function piecesOf<T extends Placed>(
  block: Range,
  spans: readonly T[],
  cuts: readonly number[] = [],
): Piece<T>[] {
  const inside = spans.filter(({ start, end }) => start < block.end && end > block.start).sort(byPlace);
  const edges = new Set([block.start, block.end]);
  for (const at of [...inside.flatMap(({ start, end }) => [start, end]), ...cuts])
    if (at > block.start && at < block.end) edges.add(at);
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, index) => {
    const end = sorted[index + 1] ?? block.end;
    const covering = inside.filter((span) => span.start <= start && span.end >= end);
    return { start, end, spans: covering, begins: covering.filter((span) => span.start === start) };
  });
}
