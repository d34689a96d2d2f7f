import { between, type Stretch, withEdge } from "./moments";
import type { Edge } from "./regions";

/** The mouse is down on a recording: on an edge of a region, or anywhere else, from where a new one is drawn. */
export interface Drag {
  readonly from: number;
  readonly to: number;
  /** The region whose edge is held; null where one is drawn. */
  readonly held: (Stretch & { readonly id: string; readonly edge: Edge }) | null;
  /** Whether the mouse went far enough to mean it; until then it is a press. */
  readonly isMoved: boolean;
}

const FAR_PX = 4;

export const begunAt = (from: number, held: Drag["held"]): Drag => ({ from, to: from, held, isMoved: false });

/** The mouse went to a moment, so many pixels from where it began. */
export const draggedTo = (drag: Drag, to: number, farPx: number): Drag => ({
  ...drag,
  to,
  isMoved: drag.isMoved || Math.abs(farPx) >= FAR_PX,
});

/** What is drawn, or how long the held region would be; null for a press, and where nothing is left. */
export function draggedRange({ from, to, held, isMoved }: Drag, duration: number): Stretch | null {
  if (!isMoved) return null;
  return held ? withEdge(held, held.edge, edgeOf(held, from, to), duration) : between(from, to, duration);
}

/** The edge goes as far as the mouse did, wherever on it that was pressed. */
const edgeOf = (held: NonNullable<Drag["held"]>, from: number, to: number) => held[held.edge] + to - from;
