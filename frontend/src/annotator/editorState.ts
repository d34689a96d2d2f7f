import type { Cutter, MagicPhase } from "./magicHand";
import type { Shape, Shapes } from "./model";
import type { Place } from "./outline";
import type { Style } from "./paint";

/** What a tool draws; `hole` and `split` work on the selection, and the tool before comes back after it. */
export type ToolName =
  | "select"
  | "box"
  | "rotated"
  | "polygon"
  | "polyline"
  | "keypoints"
  | "brush"
  | "eraser"
  | "hole"
  | "split"
  | "magic";

export interface EditorState {
  readonly tool: ToolName;
  readonly label: string;
  readonly selection: ReadonlySet<string>;
  readonly shapes: Shapes;
  readonly locked: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  /** The corner or key point that keys act on. */
  readonly active: Place | null;
  /** How many points of the shape that is half drawn are set. */
  readonly drafted: number;
  /** Radius of the brush in image pixels. */
  readonly brush: number;
  /** How far the object that was pointed at is found. */
  readonly magic: MagicPhase;
  readonly announcement: string;
}

export type Refusal =
  | "magicFound"
  | "magicNothing"
  | "magicFailed"
  | "noHole"
  | "noShape"
  | "cursor"
  | "noCommand"
  | "noSplit"
  | "noMerge"
  | "noOverlap";

export type Spoken =
  | {
      readonly kind: "added" | "deleted" | "selected" | "changed" | "reshaped";
      readonly number: number;
      readonly label: string;
      readonly shape: Shape["kind"];
    }
  | { readonly kind: "undone" | "redone"; readonly number: number; readonly label: "" }
  | {
      readonly kind: "corner";
      readonly number: number;
      readonly label: string;
      readonly visible: number | null;
    }
  | { readonly kind: "told"; readonly what: Refusal; readonly number: 0; readonly label: "" };

export interface EditorOptions {
  readonly style: Style;
  readonly label: string;
  readonly say: (spoken: Spoken) => string;
  /** What may be drawn here, the first one armed at the start; none and everything is only looked at. */
  readonly tools: readonly ToolName[];
  /** Finds the object somebody points at. */
  readonly cutter?: Cutter;
}
