import type { Lines, Point } from "./forms";
import type { BoxTuple, ImagePoint } from "./geometry";
import type { Prompt } from "./magicHand";
import type { Shape } from "./model";
import type { Place } from "./outline";
import type { PathPoint } from "./tools/path";

/** A shape that is drawn point by point. */
export interface DraftPath {
  readonly points: readonly PathPoint[];
  /** Where the next point would be. */
  readonly to: Point | null;
  readonly closes: boolean;
  /** Three points of a turned box. */
  readonly isTurned: boolean;
  /** A press here ends it. */
  readonly willEnd: boolean;
  /** Which key points hang together; null for what is one line. */
  readonly lines: Lines | null;
}

/** A stroke of the brush as it was drawn: what becomes of the mask is known when it ends. */
export interface HeldStroke {
  readonly shape: Shape | null;
  readonly color: string;
  readonly points: readonly Point[];
  readonly radius: number;
  readonly isErasing: boolean;
}

/** What moves over the committed shapes. */
export interface Overlay {
  /** Boxes as they are being dragged, over the committed ones; forms move with theirs. */
  readonly preview: readonly { id: string; box: BoxTuple }[];
  /** Shapes as they are being changed, in the place of those with their ids. */
  readonly changed: readonly Shape[];
  readonly draft: BoxTuple | null;
  readonly draftColor: string;
  readonly path: DraftPath | null;
  /** Where a press would put a corner in. */
  readonly ghost: Point | null;
  readonly active: Place | null;
  /** A stroke that is being held: over the mask it changes, if there is one already. */
  readonly stroke: HeldStroke | null;
  readonly brush: { readonly at: Point; readonly radius: number } | null;
  /** What was pointed at, with the box that is being dragged. */
  readonly prompt: Prompt | null;
  readonly crosshair: ImagePoint | null;
}

export const NOTHING: Overlay = {
  preview: [],
  changed: [],
  draft: null,
  draftColor: "#525be0",
  path: null,
  ghost: null,
  active: null,
  stroke: null,
  brush: null,
  prompt: null,
  crosshair: null,
};
