import type { SampleShape } from "@/api/types";

/** A stretch of a text with the spans that cover all of it, outermost first. */
export interface Piece {
  text: string;
  spans: readonly SampleShape[];
  /** The spans that begin here, for their names. */
  begins: readonly SampleShape[];
}

/**
 * A text cut where spans begin and end. Offsets are code points, which is what one sees in Python and in the
 * API; JavaScript's own indices count an emoji twice.
 */
export function piecesOf(text: string, shapes: readonly SampleShape[]): Piece[] {
  const points = Array.from(text);
  const spans = shapes
    .flatMap((shape) =>
      shape.start !== undefined && shape.end !== undefined && shape.start < shape.end
        ? [{ shape, start: shape.start, end: Math.min(shape.end, points.length) }]
        : [],
    )
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const cuts = new Set([0, points.length]);
  for (const { start, end } of spans) cuts.add(start).add(end);
  const edges = [...cuts].sort((a, b) => a - b);
  return edges.slice(0, -1).map((from, index) => {
    const to = edges[index + 1] ?? points.length;
    const covering = spans.filter(({ start, end }) => start <= from && end >= to);
    return {
      text: points.slice(from, to).join(""),
      spans: covering.map(({ shape }) => shape),
      begins: covering.filter(({ start }) => start === from).map(({ shape }) => shape),
    };
  });
}
