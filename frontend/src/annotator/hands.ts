import type { BoxEditor } from "./editor";
import type { ToolName } from "./editorState";
import type { Point } from "./forms";
import type { ImagePoint } from "./geometry";
import type { Shape } from "./model";
import { cornerAt, edgeAt, type Place, withCorner, withNewCorner } from "./outline";
import type { Overlay } from "./overlay";
import { isClosed, knobOf, pathsOf, turnedFurther, turnedResized, withPaths, withTurned } from "./shapes";
import {
  jointsRule,
  LINE,
  PATH_IDLE,
  type PathInput,
  type PathRule,
  type PathTool,
  POLYGON,
  pathTool,
  TURNED,
  wouldEnd,
} from "./tools/path";

/** Where the pointer is, plainly and pulled to what is near, and what is held with it. */
export interface Pointer {
  readonly at: ImagePoint;
  readonly snapped: ImagePoint;
  /** Image pixels to a pixel of the screen. */
  readonly unit: number;
  readonly alt: boolean;
  /** Says of a place that it is none: Alt or the right button. */
  readonly minus: boolean;
}

/** What takes part in the pointer's work: one draws paths, one changes corners, one paints. */
export interface Hand {
  /** Take a press; false leaves it to the others. */
  down(pointer: Pointer): boolean;
  move(pointer: Pointer): void;
  up(pointer: Pointer): void;
  /** Drop what is half done; says whether there was something. */
  reset(): boolean;
  readonly overlay: Partial<Overlay>;
  /** The cursor it wants here, null when it has no say. */
  cursor(pointer: Pointer): string | null;
}

const REACH_PX = 8;
const EDGE_PX = 5;

/** The rule by which a tool takes points; null for the tools that take none. */
export function ruleOf(tool: ToolName, joints: number): PathRule | null {
  if (tool === "polygon" || tool === "hole") return POLYGON;
  if (tool === "polyline" || tool === "split") return LINE;
  if (tool === "rotated") return TURNED;
  return tool === "keypoints" ? jointsRule(Math.max(1, joints)) : null;
}

/** Draws polygons, lines, turned boxes and key points, point by point or as one stroke. */
export class PathHand implements Hand {
  private state: PathTool = PATH_IDLE;
  private unit = 1;

  constructor(private readonly editor: BoxEditor) {}

  get isBusy(): boolean {
    return this.state.points.length > 0;
  }

  private get rule(): PathRule | null {
    return ruleOf(this.editor.current.tool, this.editor.joints.length);
  }

  /** Feed the tool; what it finishes goes to the editor. */
  feed(input: PathInput): boolean {
    const { rule } = this;
    if (!rule) return false;
    const before = this.state;
    const [next, done] = pathTool(before, input, rule, REACH_PX * this.unit);
    this.state = next;
    if (done && !this.editor.finishPath(done)) this.state = { ...before, held: null };
    this.editor.noteDraft(this.state.points.length);
    return this.state !== before;
  }

  down(pointer: Pointer): boolean {
    if (!this.rule) return false;
    this.unit = pointer.unit;
    this.feed({ type: "down", at: pointer.snapped });
    return true;
  }

  move(pointer: Pointer): void {
    this.unit = pointer.unit;
    this.feed({ type: "move", at: this.state.held === null ? pointer.snapped : pointer.at });
  }

  up(pointer: Pointer): void {
    this.feed({ type: "up", at: pointer.at });
  }

  reset(): boolean {
    const wasBusy = this.isBusy;
    this.state = PATH_IDLE;
    this.editor.noteDraft(0);
    return wasBusy;
  }

  get overlay(): Partial<Overlay> {
    const { rule, state } = this;
    if (!rule || state.points.length === 0) return {};
    const { points, to, held } = state;
    const willEnd = to !== null && held === null && wouldEnd(state, to, rule, REACH_PX * this.unit);
    const lines = this.editor.current.tool === "keypoints" ? this.editor.lines : null;
    return { path: { points, to, closes: rule.closes, isTurned: rule === TURNED, willEnd, lines } };
  }

  cursor(): string | null {
    return this.rule ? "crosshair" : null;
  }
}

type Grip =
  | { readonly kind: "corner"; readonly shape: Shape; readonly place: Place }
  | { readonly kind: "turn"; readonly shape: Shape; readonly from: Point };

/** Changes the one selected form by its corners: pulls one, puts one in on an edge, turns a box by its knob. */
export class CornerHand implements Hand {
  private grip: Grip | null = null;
  private after: Shape | null = null;
  private hovered: Point | null = null;

  constructor(private readonly editor: BoxEditor) {}

  get isBusy(): boolean {
    return this.grip !== null;
  }

  down(pointer: Pointer): boolean {
    this.grip = this.gripAt(pointer);
    this.after = null;
    this.hovered = null;
    const { grip } = this;
    this.editor.activate(grip?.kind === "corner" ? grip.place : null);
    if (grip?.kind === "corner" && grip.shape !== this.editor.lone) this.after = grip.shape;
    return grip !== null;
  }

  move(pointer: Pointer): void {
    if (this.grip) this.after = this.pulled(this.grip, pointer) ?? this.after;
    else this.hovered = this.edgeUnder(pointer)?.at ?? null;
  }

  up(pointer: Pointer): void {
    if (!this.grip) return;
    const { after } = this;
    this.grip = this.after = null;
    this.move(pointer);
    if (after) this.editor.change(after);
  }

  reset(): boolean {
    const wasBusy = this.grip !== null;
    this.grip = this.after = this.hovered = null;
    return wasBusy;
  }

  get overlay(): Partial<Overlay> {
    return { changed: this.after ? [this.after] : [], ghost: this.hovered };
  }

  cursor(pointer: Pointer): string | null {
    const grip = this.grip ?? this.gripAt(pointer);
    if (!grip) return null;
    return grip.kind === "turn" ? "grab" : "crosshair";
  }

  private pulled(grip: Grip, { snapped }: Pointer): Shape | null {
    const { image } = this.editor.view;
    const { shape } = grip;
    if (grip.kind === "turn") return turnedTo(shape, grip.from, snapped, this.editor);
    if (shape.rotated)
      return withTurned(shape, turnedResized(shape.rotated, grip.place.index, snapped), image);
    return withPaths(shape, withCorner(pathsOf(shape), grip.place, [snapped[0], snapped[1]]), image);
  }

  private gripAt(pointer: Pointer): Grip | null {
    const shape = this.editor.lone;
    if (this.editor.current.tool !== "select" || !shape || shape.mask || this.editor.readOnly) return null;
    const knob = knobOf(shape, pointer.unit);
    const at: Point = [pointer.at[0], pointer.at[1]];
    if (knob && Math.hypot(knob[0] - at[0], knob[1] - at[1]) <= REACH_PX * pointer.unit)
      return { kind: "turn", shape, from: at };
    const place = cornerAt(pathsOf(shape), at, REACH_PX * pointer.unit);
    if (place && isThere(shape, place)) return { kind: "corner", shape, place };
    const edge = this.edgeUnder(pointer);
    if (!edge) return null;
    const grown = withPaths(shape, withNewCorner(pathsOf(shape), edge, edge.at), this.editor.view.image);
    return grown && { kind: "corner", shape: grown, place: { path: edge.path, index: edge.index + 1 } };
  }

  /** Alt takes the whole instead of an edge. */
  private edgeUnder({ at, unit, alt }: Pointer): (Place & { at: Point }) | null {
    const shape = this.editor.lone;
    const hasEdges = shape?.kind === "polygon" || shape?.kind === "polyline";
    if (!shape || !hasEdges || alt || this.editor.current.tool !== "select" || this.editor.readOnly)
      return null;
    const here: Point = [at[0], at[1]];
    if (cornerAt(pathsOf(shape), here, REACH_PX * unit)) return null;
    return edgeAt(pathsOf(shape), here, EDGE_PX * unit, isClosed(shape));
  }
}

const isThere = (shape: Shape, { index }: Place) =>
  !shape.keypoints || (shape.keypoints[index]?.[2] ?? 0) > 0;

function turnedTo(shape: Shape, from: Point, to: ImagePoint, { view }: BoxEditor): Shape | null {
  if (!shape.rotated) return null;
  const [x, y, w, h] = shape.rotated;
  const [cx, cy] = [x + w / 2, y + h / 2];
  const by = Math.atan2(to[1] - cy, to[0] - cx) - Math.atan2(from[1] - cy, from[0] - cx);
  return withTurned(shape, turnedFurther(shape.rotated, (by * 180) / Math.PI), view.image);
}
