import { BrushHand } from "./brushHand";
import type { BoxEditor } from "./editor";
import {
  type BoxTuple,
  clampBox,
  handleAt,
  type ImagePoint,
  imagePoint,
  screenPoint,
  snapPoint,
  toImage,
} from "./geometry";
import { CornerHand, type Hand, PathHand, type Pointer, ruleOf } from "./hands";
import { shapeAt } from "./hit";
import { type Cutter, MagicHand } from "./magicHand";
import type { Shape } from "./model";
import { snappedToForms } from "./snapping";
import { BOX_IDLE, type BoxTool, boxTool, draftOf } from "./tools/box";
import { previewOf, SELECT_IDLE, type SelectTool, selectTool, type Target } from "./tools/select";

const HANDLE_REACH_PX = 9;
const HIT_REACH_PX = 5;
const SNAP_REACH_PX = 6;
const BOX_MIN_PX = 4;

/** Pointer, wheel, Space and the keyboard's own cursor on the canvas, turned into inputs of the pure tools. */
export class BoxGestures {
  readonly path: PathHand;
  readonly corner: CornerHand;
  readonly brush: BrushHand;
  readonly magic: MagicHand;
  private readonly hands: readonly Hand[];
  private holding: Hand | null = null;
  private box: BoxTool = BOX_IDLE;
  private dragging: SelectTool = SELECT_IDLE;
  private panFrom: readonly [number, number] | null = null;
  private space = false;
  private key: ImagePoint | null = null;
  private readonly stop = new AbortController();

  constructor(
    private readonly host: HTMLElement,
    private readonly editor: BoxEditor,
    cutter?: Cutter,
  ) {
    this.path = new PathHand(editor);
    this.corner = new CornerHand(editor);
    this.brush = new BrushHand(editor);
    this.magic = new MagicHand(editor, cutter, () => this.show(this.key));
    this.hands = [this.corner, this.path, this.brush, this.magic];
    const { signal } = this.stop;
    host.addEventListener("pointerdown", (event) => this.down(event), { signal });
    host.addEventListener("pointermove", (event) => this.move(event), { signal });
    host.addEventListener("pointerup", (event) => this.up(event), { signal });
    host.addEventListener("pointercancel", () => this.reset(), { signal });
    host.addEventListener("pointerleave", () => this.show(null), { signal });
    host.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
    host.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    window.addEventListener("keydown", (event) => this.holdSpace(event, true), { signal });
    window.addEventListener("keyup", (event) => this.holdSpace(event, false), { signal });
  }

  /** The keyboard's cursor, while it is out. */
  get cursor(): ImagePoint | null {
    return this.key;
  }

  /** Drop what is half done; says whether there was something. */
  reset(): boolean {
    const wasBusy = this.box.kind !== "idle" || this.dragging.kind !== "idle";
    const wereBusy = this.hands.map((hand) => hand.reset());
    this.holding = null;
    this.box = BOX_IDLE;
    this.dragging = SELECT_IDLE;
    this.panFrom = null;
    this.show(null);
    return wasBusy || wereBusy.includes(true);
  }

  /** Put the keyboard's cursor on the picture, or take it away. */
  setCursor(at: ImagePoint | null): void {
    this.key = at;
    this.show(at);
    if (at) this.view.reveal([at[0], at[1], 0, 0]);
  }

  moveCursor(dx: number, dy: number): void {
    const { key } = this;
    if (!key) return;
    const { width, height } = this.view.image;
    const unit = Math.max(1, Math.round(this.perPixel));
    const at = imagePoint(
      Math.min(Math.max(key[0] + dx * unit, 0), width),
      Math.min(Math.max(key[1] + dy * unit, 0), height),
    );
    if (this.box.kind !== "idle") [this.box] = boxTool(this.box, { type: "move", at }, this.minSize);
    this.path.move(this.pointer(at, true));
    this.setCursor(at);
  }

  /** What a click does, where the keyboard's cursor is. */
  press(): void {
    const at = this.key;
    if (!at) return;
    const pointer = this.pointer(at, true);
    const taker = this.hands.find((hand) => hand.down(pointer));
    taker?.up(pointer);
    if (!taker && this.editor.current.tool === "box") {
      if (this.box.kind === "idle") {
        this.editor.select(new Set());
        [this.box] = boxTool(this.box, { type: "down", at }, this.minSize);
      }
      this.endBox(at);
    }
    this.show(at);
  }

  /** Show what is being done; `at` is where the pointer is, if it is here. */
  show(at: ImagePoint | null): void {
    this.view.setOverlay(this.overlay(at));
  }

  dispose(): void {
    this.stop.abort();
  }

  private get view() {
    return this.editor.view;
  }

  private get perPixel(): number {
    return window.devicePixelRatio / this.view.viewport.scale;
  }

  private at(event: MouseEvent): ImagePoint {
    const rect = this.host.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    return toImage(
      screenPoint((event.clientX - rect.left) * ratio, (event.clientY - rect.top) * ratio),
      this.view.viewport,
    );
  }

  private pointer(at: ImagePoint, alt: boolean, minus = false): Pointer {
    return { at, snapped: alt ? at : this.snapped(at), unit: this.perPixel, alt, minus };
  }

  private pointerOf(event: MouseEvent): Pointer {
    return this.pointer(this.at(event), event.altKey, event.altKey || event.button === 2);
  }

  /** Pulled to near corners and edges. */
  private snapped(at: ImagePoint): ImagePoint {
    const reach = SNAP_REACH_PX * this.perPixel;
    const near: Shape[] = [];
    for (const id of this.view.index.query([at[0] - reach, at[1] - reach, reach * 2, reach * 2])) {
      const shape = this.editor.shapeOf(id);
      const isSelf = this.corner.isBusy && this.editor.current.selection.has(id);
      if (shape && !isSelf && near.length < 40) near.push(shape);
    }
    const form = snappedToForms([at[0], at[1]], near, reach);
    if (form) return imagePoint(form[0], form[1]);
    const boxes = near.flatMap(({ kind, box }): BoxTuple[] => (kind === "box" && box ? [box] : []));
    return snapPoint(at, boxes, this.view.image, reach);
  }

  private down(event: PointerEvent): void {
    this.host.setPointerCapture(event.pointerId);
    if (event.button === 1 || this.space) {
      this.panFrom = [event.clientX, event.clientY];
      event.preventDefault();
      return;
    }
    const isMeant = event.button === 0 || (event.button === 2 && this.editor.current.tool === "magic");
    if (!isMeant || !this.view.hasImage) return;
    this.key = null;
    if (this.box.kind === "placing") return;
    const pointer = this.pointerOf(event);
    this.holding = this.hands.find((hand) => hand.down(pointer)) ?? null;
    if (!this.holding) this.take(event, pointer);
    this.follow(event);
  }

  private take(event: PointerEvent, { at, snapped }: Pointer): void {
    const handle = this.handleUnder(at);
    if (this.editor.current.tool === "box" && !handle) {
      this.editor.select(new Set());
      [this.box] = boxTool(this.box, { type: "down", at: snapped }, this.minSize);
    } else this.grab(event, at, handle);
  }

  private hit(at: ImagePoint): string | null {
    return shapeAt(at, HIT_REACH_PX * this.perPixel, this.view.index, (id) => this.editor.shapeOf(id));
  }

  private grab(event: PointerEvent, at: ImagePoint, handle: Target | null): void {
    const hit = handle ? handle.id : this.hit(at);
    const { selection } = this.editor.current;
    if (!handle) this.choose(hit, event.shiftKey, selection);
    if (this.editor.readOnly) return;
    const targets = handle ? [handle] : this.targetsOf(this.editor.current.selection);
    [this.dragging] = selectTool(
      this.dragging,
      { type: "down", at, targets: hit ? targets : [] },
      this.view.image,
    );
  }

  private choose(hit: string | null, isAdding: boolean, selection: ReadonlySet<string>): void {
    if (hit && isAdding) {
      const next = new Set(selection);
      if (!next.delete(hit)) next.add(hit);
      this.editor.select(next);
    } else if (!hit) this.editor.select(new Set());
    else if (!selection.has(hit)) this.editor.select(new Set([hit]));
  }

  private targetsOf(ids: ReadonlySet<string>): Target[] {
    const { shapes, locked } = this.editor.current;
    return shapes.flatMap(({ id, box }) =>
      ids.has(id) && !locked.has(id) && box ? [{ id, box, handle: null }] : [],
    );
  }

  private handleUnder(at: ImagePoint): Target | null {
    const shape = this.editor.lone;
    const isDrawing = ruleOf(this.editor.current.tool, 1) !== null;
    if (shape?.kind !== "box" || !shape.box || isDrawing || this.editor.readOnly) return null;
    const handle = handleAt(shape.box, at, HANDLE_REACH_PX * this.perPixel);
    return handle ? { id: shape.id, box: shape.box, handle } : null;
  }

  private move(event: PointerEvent): void {
    if (this.panFrom) {
      const ratio = window.devicePixelRatio;
      this.view.pan((event.clientX - this.panFrom[0]) * ratio, (event.clientY - this.panFrom[1]) * ratio);
      this.panFrom = [event.clientX, event.clientY];
      return;
    }
    const pointer = this.pointerOf(event);
    for (const hand of this.hands) hand.move(pointer);
    const at = this.dragging.kind === "resizing" ? pointer.snapped : pointer.at;
    [this.dragging] = selectTool(this.dragging, { type: "move", at }, this.view.image);
    if (this.box.kind !== "idle")
      [this.box] = boxTool(this.box, { type: "move", at: pointer.snapped }, this.minSize);
    this.follow(event);
  }

  private up(event: PointerEvent): void {
    if (this.panFrom) {
      this.panFrom = null;
      return;
    }
    const pointer = this.pointerOf(event);
    this.holding?.up(pointer);
    this.holding = null;
    const at = this.dragging.kind === "resizing" ? pointer.snapped : pointer.at;
    const [dragging, moved] = selectTool(this.dragging, { type: "up", at }, this.view.image);
    this.dragging = dragging;
    if (this.box.kind !== "idle") this.endBox(pointer.snapped);
    if (moved)
      this.editor.reshape(
        moved.map((entry) => ({ id: entry.id, box: clampBox(entry.box, this.view.image) })),
      );
    this.follow(event);
  }

  private endBox(at: ImagePoint): void {
    const [box, drawn] = boxTool(this.box, { type: "up", at }, this.minSize);
    this.box = box;
    if (!drawn) return;
    const inside = clampBox(drawn, this.view.image);
    if (inside[2] >= this.minSize && inside[3] >= this.minSize) this.editor.draw(inside);
  }

  private get minSize(): number {
    return Math.max(1, BOX_MIN_PX * this.perPixel);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.altKey && this.editor.isPainting) {
      this.editor.setBrush(event.deltaY < 0 ? 1 : -1);
      return;
    }
    const rect = this.host.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    const at = screenPoint((event.clientX - rect.left) * ratio, (event.clientY - rect.top) * ratio);
    if (event.shiftKey) this.view.pan(-event.deltaY * ratio, 0);
    else this.view.zoom(at, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)));
  }

  private holdSpace(event: KeyboardEvent, isDown: boolean): void {
    if (event.code !== "Space") return;
    const isElsewhere =
      event.target instanceof Element &&
      event.target.closest("button,input,textarea,select,a,[role=dialog]") !== null;
    if (isDown && isElsewhere) return;
    this.space = isDown;
    this.host.dataset.panning = String(isDown);
    if (isDown) event.preventDefault();
  }

  private follow(event: PointerEvent): void {
    const pointer = this.pointerOf(event);
    const handle = this.box.kind === "idle" ? this.handleUnder(pointer.at) : null;
    this.host.style.cursor = this.cursorFor(handle, pointer);
    const isAiming = this.editor.current.tool === "box" && !handle;
    const isPathing = ruleOf(this.editor.current.tool, 1) !== null;
    this.show(isAiming || isPathing ? pointer.snapped : null);
  }

  private cursorFor(handle: Target | null, pointer: Pointer): string {
    if (this.space) return "grab";
    if (handle?.handle) return `${handle.handle}-resize`;
    if (this.editor.current.tool === "box") return "crosshair";
    for (const hand of this.hands) {
      const wanted = hand.cursor(pointer);
      if (wanted) return wanted;
    }
    return this.hit(pointer.at) ? "move" : "default";
  }

  private overlay(crosshair: ImagePoint | null) {
    const image = this.view.image;
    const inside =
      crosshair &&
      imagePoint(
        Math.min(Math.max(crosshair[0], 0), image.width),
        Math.min(Math.max(crosshair[1], 0), image.height),
      );
    return {
      ...this.corner.overlay,
      ...this.path.overlay,
      ...this.brush.overlay,
      ...this.magic.overlay,
      preview: previewOf(this.dragging, image),
      draft: this.box.kind === "idle" ? null : draftOf(this.box),
      draftColor: this.editor.draftColor,
      active: this.editor.current.active,
      crosshair: inside,
    };
  }
}
