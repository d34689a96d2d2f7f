import { drawnShape, withHole } from "./commands";
import { EditorBase } from "./editorBase";
import type { EditorOptions, ToolName } from "./editorState";
import type { Lines } from "./forms";
import { type BoxTuple, type ImagePoint, imagePoint, screenPoint, toImage } from "./geometry";
import { BoxGestures } from "./gestures";
import type { Levels } from "./levels";
import type { MagicPhase } from "./magicHand";
import { changeStep, readingOrder, removeStep, type Shape } from "./model";
import { type Place, withoutCorner } from "./outline";
import type { Session } from "./session";
import { pathsOf, shifted, turnedFurther, withPaths, withTurned, withVisible } from "./shapes";
import type { PathPoint } from "./tools/path";

export type { EditorOptions, EditorState, Spoken, ToolName } from "./editorState";

/** Drawing on a host element: the view, the gestures and the commands that keys and buttons call. */
export class BoxEditor extends EditorBase {
  private readonly gestures: BoxGestures;
  private unsubscribe: (() => void) | null = null;
  private before: ToolName = "select";

  constructor(host: HTMLElement, options: EditorOptions) {
    super(host, options);
    this.gestures = new BoxGestures(host, this, options.cutter);
  }

  /** Names of the key points of the present class. */
  get joints(): readonly string[] {
    return this.jointsOf(this.state.label);
  }

  jointsOf(label: string): readonly string[] {
    return this.style.jointsOf?.(label) ?? [];
  }

  get lines(): Lines {
    return this.style.linesOf?.(this.state.label) ?? [];
  }

  /** Whether what is drawn next cuts the selected polygon. */
  get isCutting(): boolean {
    return this.state.tool === "hole" || this.state.tool === "split";
  }

  /** Back to the tool in hand before the cut. */
  endCut(): void {
    if (this.isCutting) this.update({ tool: this.before });
  }

  get isPainting(): boolean {
    return this.state.tool === "brush" || this.state.tool === "eraser";
  }

  /** So many points of what is half drawn are set now. */
  noteDraft(drafted: number): void {
    if (drafted !== this.state.drafted) this.update({ drafted });
  }

  /** What came of pointing at something, for those who see it and those who hear it. */
  noteMagic(magic: MagicPhase, drafted: number): void {
    const before = this.state.magic;
    if (magic === before && drafted === this.state.drafted) return;
    this.update({ magic, drafted });
    if (magic === before) return;
    if (magic === "found") this.tell("magicFound");
    if (magic === "nothing") this.tell("magicNothing");
    if (magic === "failed") this.tell("magicFailed");
  }

  /** Take over the object that was pointed at; false when there is none. */
  takeMagic(kind: "mask" | "polygon"): boolean {
    return this.gestures.magic.take(kind);
  }

  /** Show an item: its picture with its session's shapes. */
  open(levels: Levels | null, session: Session): void {
    this.unsubscribe?.();
    this.session = session;
    this.unsubscribe = session.subscribe(() => this.sync());
    this.state = {
      ...this.state,
      selection: new Set(),
      hidden: new Set(),
      locked: new Set(),
      active: null,
      shapes: session.shapes,
      announcement: "",
    };
    this.gestures.reset();
    this.gestures.setCursor(null);
    this.view.setHidden(this.state.hidden);
    this.view.setLocked(this.state.locked);
    this.view.setImage(levels, session.shapes);
    this.view.setSelection(this.state.selection);
    this.notify();
  }

  /** Take up a tool; the one that is in hand already gets the keyboard's cursor. */
  setTool(tool: ToolName): void {
    const isOffered = tool === "select" || this.tools.includes(tool);
    if (!isOffered || this.readOnly) return;
    if (tool === this.state.tool && tool !== "select") {
      this.gestures.setCursor(this.gestures.cursor ?? this.middle());
      this.tell("cursor");
      return;
    }
    this.gestures.reset();
    this.gestures.setCursor(null);
    this.update({ tool, active: null });
    this.gestures.show(null);
  }

  /** Cut a hole into the selected polygon, or part it: what is drawn next says where. */
  cut(tool: "hole" | "split"): void {
    if (this.readOnly || this.lone?.kind !== "polygon") {
      this.tell("noCommand");
      return;
    }
    if (!this.isCutting) this.before = this.state.tool;
    this.gestures.reset();
    this.update({ tool, active: null });
  }

  /** Add a box of the current class. The tool stays armed, so that a digit sets its class and the next one's. */
  draw(box: BoxTuple): void {
    this.add({ id: crypto.randomUUID(), kind: "box", label: this.state.label, box, source: "human" });
  }

  /** The points of a path are set: what it makes is added, or cut out of the selection. False refuses them. */
  finishPath(points: readonly PathPoint[]): boolean {
    const { tool, label } = this.state;
    if (tool === "hole") return this.finishCut(points);
    if (tool === "split") {
      const line = points.map(([x, y]) => [x, y] as const);
      void import("./joining").then(({ split }) => split(this, line));
      return true;
    }
    const named = { id: crypto.randomUUID(), label };
    const shape = drawnShape(tool, points, named, this.view.image, this.joints.length);
    if (!shape) {
      this.tell("noShape");
      return false;
    }
    this.add(shape);
    return true;
  }

  private finishCut(points: readonly PathPoint[]): boolean {
    const { lone } = this;
    const ring = points.map(([x, y]) => [x, y] as const);
    const cut = lone && withHole(lone, ring, this.view.image);
    if (!cut) {
      this.tell("noHole");
      return false;
    }
    this.endCut();
    this.change(cut);
    return true;
  }

  /** Move what keys act on: the keyboard's cursor, the active corner, or the selection. */
  nudge(dx: number, dy: number): void {
    const { image } = this.view;
    if (this.gestures.cursor) {
      this.gestures.moveCursor(dx, dy);
      return;
    }
    const { lone } = this;
    const { active } = this.state;
    if (active && lone) {
      const moved = pathsOf(lone).map((path, n) =>
        path.map(([x, y], at) =>
          n === active.path && at === active.index ? ([x + dx, y + dy] as const) : ([x, y] as const),
        ),
      );
      const shape = withPaths(lone, moved, image);
      if (shape) this.commit(changeStep(this.state.shapes, new Set([lone.id]), () => shape));
      return;
    }
    this.commit(changeStep(this.state.shapes, this.editable(), (shape) => shifted(shape, dx, dy, image)));
  }

  /** Turn the selected turned boxes by degrees, clockwise. */
  turn(by: number): void {
    this.alter((shape) =>
      shape.rotated ? withTurned(shape, turnedFurther(shape.rotated, by), this.view.image) : null,
    );
  }

  /** A key point is seen, hidden or not there: the one set last while drawing, else the active one. */
  see(visible: number): void {
    if (this.readOnly || this.gestures.path.feed({ type: "see", visible })) {
      this.refresh();
      return;
    }
    const { lone } = this;
    const { active } = this.state;
    if (!lone?.keypoints || !active) {
      this.tell("noCommand");
      return;
    }
    const shape = withVisible(lone, active.index, visible, this.view.image);
    if (shape) this.commit(changeStep(this.state.shapes, new Set([lone.id]), () => shape));
    this.speakCorner(active);
  }

  /** Take back a point, take out the active corner, or delete the selection. */
  remove(): void {
    if (this.gestures.magic.back() || this.gestures.path.feed({ type: "back" })) {
      this.refresh();
      return;
    }
    const { lone } = this;
    const { active } = this.state;
    if (active && lone && (lone.polygon || lone.polyline)) {
      this.removeCorner(lone, active);
      return;
    }
    if (active && lone?.keypoints) {
      this.see(0);
      return;
    }
    const doomed = this.editable();
    const first = [...doomed][0];
    if (!first) return;
    this.speak("deleted", first);
    this.commit(removeStep(this.state.shapes, doomed));
    this.select(new Set());
  }

  /** The next corner while corners are walked, else the next object in reading order; false past the last one. */
  walk(step: 1 | -1): boolean {
    if (this.state.active && this.lone) return this.walkCorners(this.lone, this.state.active, step);
    const order = readingOrder(this.state.shapes);
    const at = order.findIndex((id) => this.state.selection.has(id));
    const id = order[at < 0 ? (step > 0 ? 0 : order.length - 1) : at + step];
    if (id) this.select(new Set([id]), true);
    return id !== undefined;
  }

  /** Begin to walk the corners of the selected shape, or stop. */
  toggleCorners(): void {
    const { lone } = this;
    if (this.state.active) {
      this.activate(null);
      return;
    }
    if (this.readOnly || !lone || pathsOf(lone).length === 0 || lone.rotated) {
      this.tell("noCommand");
      return;
    }
    this.setTool("select");
    this.activate({ path: 0, index: 0 });
  }

  /** Make a corner the one that keys act on. */
  activate(active: Place | null): void {
    if (active === this.state.active) return;
    this.update({ active });
    this.gestures.show(null);
    if (active) this.speakCorner(active);
  }

  /** The mask that a stroke here changes: the selected one; the eraser takes the one it meets. */
  maskToPaint(at: ImagePoint, isErasing: boolean): Shape | null {
    if (this.lone?.mask) return this.lone;
    if (!isErasing) return null;
    const met = this.state.shapes.find(
      ({ id, mask, box }) =>
        mask &&
        box &&
        !this.state.locked.has(id) &&
        at[0] >= box[0] &&
        at[0] <= box[0] + box[2] &&
        at[1] >= box[1] &&
        at[1] <= box[1] + box[3],
    );
    if (met) this.select(new Set([met.id]));
    return met ?? null;
  }

  /** A larger or smaller brush, by a quarter. */
  setBrush(step: 1 | -1): void {
    const brush = Math.round(this.state.brush * 1.25 ** step * 10) / 10;
    this.update({ brush: Math.min(500, Math.max(0.5, brush)) });
    this.gestures.show(null);
  }

  /** Take back a point of what is half drawn, else the last step. */
  undo(): void {
    if (this.gestures.magic.back() || this.gestures.path.feed({ type: "back" })) {
      this.refresh();
      return;
    }
    this.gestures.path.reset();
    this.session?.undo();
    this.afterHistory("undone");
  }

  redo(): void {
    if (this.gestures.path.feed({ type: "again" })) {
      this.refresh();
      return;
    }
    this.session?.redo();
    this.afterHistory("redone");
  }

  /** Set a point at the keyboard's cursor, or end what is half drawn; false when there is nothing to do. */
  finish(): boolean {
    if (!this.gestures.cursor && this.takeMagic("mask")) return true;
    if (this.gestures.cursor) this.gestures.press();
    else if (this.gestures.path.isBusy) this.gestures.path.feed({ type: "finish" });
    else return false;
    this.refresh();
    return true;
  }

  /** One level back: what is half drawn (redo brings it again), the cursor, the cut, the corner, the selection. */
  stepBack(): void {
    if (this.gestures.path.isBusy) this.gestures.path.feed({ type: "escape" });
    else if (this.gestures.reset()) return;
    else if (this.gestures.cursor) this.gestures.setCursor(null);
    else if (this.isCutting) this.endCut();
    else if (this.state.active) this.activate(null);
    else this.select(new Set());
    this.refresh();
  }

  dispose(): void {
    this.unsubscribe?.();
    this.gestures.dispose();
    this.view.dispose();
  }
  private removeCorner(shape: Shape, place: Place): void {
    const paths = withoutCorner(pathsOf(shape), place, shape.polygon ? 3 : 2);
    const fewer = withPaths(shape, paths, this.view.image);
    this.update({ active: null });
    if (fewer) this.change(fewer);
    else this.drop(shape.id);
  }

  private walkCorners(shape: Shape, { path, index }: Place, step: 1 | -1): boolean {
    const all = pathsOf(shape).flatMap((ring, n) => ring.map((_, at): Place => ({ path: n, index: at })));
    const at = all.findIndex((place) => place.path === path && place.index === index);
    const next = all[at + step];
    this.activate(next ?? null);
    return next !== undefined;
  }

  private speakCorner({ path, index }: Place): void {
    const { lone } = this;
    if (!lone) return;
    const before = pathsOf(lone)
      .slice(0, path)
      .reduce((sum, ring) => sum + ring.length, 0);
    const name = this.jointsOf(lone.label)[index] ?? "";
    const visible = lone.keypoints?.[index]?.[2] ?? null;
    this.update({
      announcement: this.options.say({ kind: "corner", number: before + index + 1, label: name, visible }),
    });
  }

  private middle(): ImagePoint {
    const { width, height } = this.view.canvas;
    const [x, y] = toImage(screenPoint(width / 2, height / 2), this.view.viewport);
    const { image } = this.view;
    return imagePoint(
      Math.round(Math.min(Math.max(x, 0), image.width)),
      Math.round(Math.min(Math.max(y, 0), image.height)),
    );
  }

  /** Show what keys have changed of what is half drawn. */
  private refresh(): void {
    this.gestures.show(this.gestures.cursor);
  }
}
