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
import { BOX_IDLE, type BoxTool, boxTool, draftOf } from "./tools/box";
import { previewOf, SELECT_IDLE, type SelectTool, selectTool, type Target } from "./tools/select";

const HANDLE_REACH_PX = 9;
const HIT_REACH_PX = 5;
const SNAP_REACH_PX = 6;
const BOX_MIN_PX = 4;

/** Pointer, wheel and Space on the canvas, turned into inputs of the pure tools. */
export class BoxGestures {
  private box: BoxTool = BOX_IDLE;
  private dragging: SelectTool = SELECT_IDLE;
  private panFrom: readonly [number, number] | null = null;
  private space = false;
  private readonly stop = new AbortController();

  constructor(
    private readonly host: HTMLElement,
    private readonly editor: BoxEditor,
  ) {
    const { signal } = this.stop;
    host.addEventListener("pointerdown", (event) => this.down(event), { signal });
    host.addEventListener("pointermove", (event) => this.move(event), { signal });
    host.addEventListener("pointerup", (event) => this.up(event), { signal });
    host.addEventListener("pointercancel", () => this.reset(), { signal });
    host.addEventListener("pointerleave", () => this.editor.view.setOverlay(this.overlay(null)), { signal });
    host.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
    host.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    window.addEventListener("keydown", (event) => this.holdSpace(event, true), { signal });
    window.addEventListener("keyup", (event) => this.holdSpace(event, false), { signal });
  }

  /** Drop what is half done; says whether there was something. */
  reset(): boolean {
    const wasBusy = this.box.kind !== "idle" || this.dragging.kind !== "idle";
    this.box = BOX_IDLE;
    this.dragging = SELECT_IDLE;
    this.panFrom = null;
    this.editor.view.setOverlay(this.overlay(null));
    return wasBusy;
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

  /** Pulled to near edges, unless Alt is held. */
  private snapped(event: MouseEvent): ImagePoint {
    const at = this.at(event);
    if (event.altKey) return at;
    const reach = SNAP_REACH_PX * this.perPixel;
    const near: BoxTuple[] = [];
    for (const id of this.view.index.query([at[0] - reach, at[1] - reach, reach * 2, reach * 2])) {
      const box = this.editor.shapeOf(id)?.box;
      if (box && near.length < 40) near.push(box);
    }
    return snapPoint(at, near, this.view.image, reach);
  }

  private down(event: PointerEvent): void {
    this.host.setPointerCapture(event.pointerId);
    if (event.button === 1 || this.space) {
      this.panFrom = [event.clientX, event.clientY];
      event.preventDefault();
      return;
    }
    if (event.button !== 0 || !this.view.hasImage) return;
    if (this.box.kind === "placing") return;
    const at = this.at(event);
    const handle = this.handleUnder(at);
    if (this.editor.current.tool === "box" && !handle) {
      this.editor.select(new Set());
      [this.box] = boxTool(this.box, { type: "down", at: this.snapped(event) }, this.minSize);
    } else this.grab(event, at, handle);
    this.show(event);
  }

  private grab(event: PointerEvent, at: ImagePoint, handle: Target | null): void {
    const hit = handle ? handle.id : this.view.index.hit(at, HIT_REACH_PX * this.perPixel);
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
    return shapes.flatMap(({ id, box, kind }) =>
      ids.has(id) && !locked.has(id) && box && kind === "box" ? [{ id, box, handle: null }] : [],
    );
  }

  private handleUnder(at: ImagePoint): Target | null {
    const { selection, locked } = this.editor.current;
    const id = [...selection][0];
    const shape = this.editor.shapeOf(id);
    const box = shape?.kind === "box" ? shape.box : undefined;
    if (selection.size !== 1 || !id || !box || locked.has(id) || this.editor.readOnly) return null;
    const handle = handleAt(box, at, HANDLE_REACH_PX * this.perPixel);
    return handle ? { id, box, handle } : null;
  }

  private move(event: PointerEvent): void {
    if (this.panFrom) {
      const ratio = window.devicePixelRatio;
      this.view.pan((event.clientX - this.panFrom[0]) * ratio, (event.clientY - this.panFrom[1]) * ratio);
      this.panFrom = [event.clientX, event.clientY];
      return;
    }
    const isResizing = this.dragging.kind === "resizing";
    [this.dragging] = selectTool(
      this.dragging,
      { type: "move", at: isResizing ? this.snapped(event) : this.at(event) },
      this.view.image,
    );
    if (this.box.kind !== "idle")
      [this.box] = boxTool(this.box, { type: "move", at: this.snapped(event) }, this.minSize);
    this.show(event);
  }

  private up(event: PointerEvent): void {
    if (this.panFrom) {
      this.panFrom = null;
      return;
    }
    const at = this.dragging.kind === "resizing" ? this.snapped(event) : this.at(event);
    const [dragging, moved] = selectTool(this.dragging, { type: "up", at }, this.view.image);
    this.dragging = dragging;
    const [box, drawn] =
      this.box.kind === "idle"
        ? [this.box]
        : boxTool(this.box, { type: "up", at: this.snapped(event) }, this.minSize);
    this.box = box;
    if (moved)
      this.editor.reshape(
        moved.map((entry) => ({ id: entry.id, box: clampBox(entry.box, this.view.image) })),
      );
    if (drawn) this.finish(drawn);
    this.show(event);
  }

  private finish(drawn: BoxTuple): void {
    const inside = clampBox(drawn, this.view.image);
    if (inside[2] >= this.minSize && inside[3] >= this.minSize) this.editor.draw(inside);
  }

  private get minSize(): number {
    return Math.max(1, BOX_MIN_PX * this.perPixel);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
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

  private show(event: PointerEvent): void {
    const at = this.at(event);
    const handle = this.box.kind === "idle" ? this.handleUnder(at) : null;
    this.host.style.cursor = this.cursorFor(handle, at);
    this.view.setOverlay(
      this.overlay(this.editor.current.tool === "box" && !handle ? this.snapped(event) : null),
    );
  }

  private cursorFor(handle: Target | null, at: ImagePoint): string {
    if (this.space) return "grab";
    if (handle?.handle) return `${handle.handle}-resize`;
    if (this.editor.current.tool === "box") return "crosshair";
    return this.view.index.hit(at, HIT_REACH_PX * this.perPixel) ? "move" : "default";
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
      preview: previewOf(this.dragging, image),
      draft: this.box.kind === "idle" ? null : draftOf(this.box),
      draftColor: this.editor.draftColor,
      crosshair: inside,
    };
  }
}
