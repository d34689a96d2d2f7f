import {
  type BoxTuple,
  fitViewport,
  type ScreenPoint,
  type Size,
  screenPoint,
  type Viewport,
  zoomAt,
} from "./geometry";
import { GridIndex } from "./grid";
import { type Levels, levelFor } from "./levels";
import type { Shape, Shapes } from "./model";
import { NOTHING, type Overlay } from "./overlay";
import { paintImage, paintShapes, type Style, TAG_MAX_SHAPES } from "./paint";
import { paintMoving } from "./paintOverlay";

const ZOOM_REST_MS = 120;
/** Name tags reach this far beyond their boxes. */
const TAG_REACH_PX = 160;
const ZOOM_RANGE: readonly [number, number] = [0.02, 40];

/**
 * Two canvases: the scene (picture and committed shapes) and the overlay (what moves). A pan shifts the painted
 * scene by whole device pixels and repaints the uncovered strips; a zoom scales the painted scene and repaints
 * when the wheel rests.
 */
export class View {
  readonly scene: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
  onPainted: (() => void) | null = null;
  private readonly sceneContext: CanvasRenderingContext2D;
  private readonly overlayContext: CanvasRenderingContext2D;
  private readonly snapshot = document.createElement("canvas");
  private snapshotAt: Viewport | null = null;
  private readonly resize: ResizeObserver;
  private levels: Levels | null = null;
  private grid = new GridIndex({ width: 1, height: 1 });
  private shapes = new Map<string, Shape>();
  private order: Shapes = [];
  private selected: ReadonlySet<string> = new Set();
  private hidden: ReadonlySet<string> = new Set();
  private locked: ReadonlySet<string> = new Set();
  private frame = 0;
  private restTimer: ReturnType<typeof setTimeout> | undefined;
  private needsScene = true;
  private panned: [number, number] = [0, 0];
  private moving: Overlay = NOTHING;
  private overlayIsEmpty = true;
  private fitted = true;
  viewport: Viewport = { scale: 1, offset: screenPoint(0, 0) };

  constructor(
    private readonly host: HTMLElement,
    private style: Style,
  ) {
    this.scene = canvasIn(host);
    this.overlay = canvasIn(host);
    this.sceneContext = contextOf(this.scene, false);
    this.overlayContext = contextOf(this.overlay, true);
    this.resize = new ResizeObserver(() => this.measure());
    this.resize.observe(host);
    this.measure();
  }

  /** False while the picture is still on its way: nothing can be drawn on what one does not see. */
  get hasImage(): boolean {
    return this.levels !== null;
  }

  get image(): Size {
    return this.levels?.size ?? { width: 1, height: 1 };
  }

  get canvas(): Size {
    return { width: this.scene.width, height: this.scene.height };
  }

  get index(): GridIndex {
    return this.grid;
  }

  shapeOf(id: string): Shape | undefined {
    return this.shapes.get(id);
  }

  /** Show another picture. The viewport fits it unless one is given. */
  setImage(levels: Levels | null, shapes: Shapes, viewport?: Viewport): void {
    this.levels = levels;
    this.grid = new GridIndex(this.image);
    this.shapes.clear();
    this.order = [];
    this.moving = NOTHING;
    this.setShapes(shapes);
    this.fitted = viewport === undefined;
    this.setViewport(viewport ?? fitViewport(this.image, this.canvas));
  }

  setShapes(shapes: Shapes): void {
    const next = new Map<string, Shape>();
    for (const shape of shapes) {
      next.set(shape.id, shape);
      if (this.shapes.get(shape.id) === shape || !shape.box) continue;
      this.grid.set(shape.id, shape.box);
    }
    for (const id of this.shapes.keys()) if (!next.has(id)) this.grid.delete(id);
    this.shapes = next;
    this.order = shapes;
    this.invalidate();
  }

  setSelection(selected: ReadonlySet<string>): void {
    this.selected = selected;
    this.schedule();
  }

  setHidden(hidden: ReadonlySet<string>): void {
    this.hidden = hidden;
    this.invalidate();
  }

  setLocked(locked: ReadonlySet<string>): void {
    this.locked = locked;
    this.invalidate();
  }

  setStyle(style: Style): void {
    this.style = style;
    this.invalidate();
  }

  /** What moves now. Shapes that begin or stop being dragged are taken out of, or put back into, the scene. */
  setOverlay(overlay: Partial<Overlay>): void {
    const before = heldBy(this.moving).join();
    this.moving = { ...NOTHING, ...overlay };
    if (before !== heldBy(this.moving).join()) this.needsScene = true;
    this.schedule();
  }

  fit(): void {
    this.fitted = true;
    this.setViewport(fitViewport(this.image, this.canvas));
  }

  setViewport(viewport: Viewport): void {
    this.viewport = viewport;
    this.snapshotAt = null;
    this.invalidate();
  }

  /** Zoom so that the box fills half of the canvas. */
  zoomTo([x, y, w, h]: BoxTuple): void {
    const { width, height } = this.canvas;
    const scale = Math.min(ZOOM_RANGE[1], width / 2 / Math.max(w, 8), height / 2 / Math.max(h, 8));
    this.fitted = false;
    this.setViewport({
      scale,
      offset: screenPoint(
        Math.round(width / 2 - (x + w / 2) * scale),
        Math.round(height / 2 - (y + h / 2) * scale),
      ),
    });
  }

  /** Bring a box into sight without changing the scale. */
  reveal([x, y, w, h]: BoxTuple): void {
    const margin = 24;
    const { scale, offset } = this.viewport;
    const left = x * scale + offset[0];
    const top = y * scale + offset[1];
    const shift = (start: number, length: number, room: number) =>
      start < margin ? margin - start : start + length > room - margin ? room - margin - start - length : 0;
    this.pan(shift(left, w * scale, this.canvas.width), shift(top, h * scale, this.canvas.height));
  }

  pan(dx: number, dy: number): void {
    const x = Math.round(dx);
    const y = Math.round(dy);
    if (x === 0 && y === 0) return;
    this.fitted = false;
    const { scale, offset } = this.viewport;
    this.viewport = { scale, offset: screenPoint(offset[0] + x, offset[1] + y) };
    this.panned = [this.panned[0] + x, this.panned[1] + y];
    this.schedule();
  }

  zoom(at: ScreenPoint, factor: number): void {
    this.fitted = false;
    if (!this.snapshotAt) this.takeSnapshot();
    this.viewport = zoomAt(this.viewport, at, factor, ZOOM_RANGE);
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => {
      this.snapshotAt = null;
      this.invalidate();
    }, ZOOM_REST_MS);
    this.schedule();
  }

  invalidate(): void {
    this.needsScene = true;
    this.schedule();
  }

  dispose(): void {
    this.resize.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.restTimer);
    this.scene.remove();
    this.overlay.remove();
  }

  /** Paint now instead of at the next frame. */
  paint(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.snapshotAt) this.paintZooming(this.snapshotAt);
    else if (this.needsScene) this.paintScene();
    else if (this.panned[0] !== 0 || this.panned[1] !== 0) this.paintPanned();
    this.panned = [0, 0];
    this.paintOverlay();
    this.onPainted?.();
  }

  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.paint());
  }

  private measure(): void {
    const ratio = window.devicePixelRatio;
    const width = Math.max(1, Math.round(this.host.clientWidth * ratio));
    const height = Math.max(1, Math.round(this.host.clientHeight * ratio));
    if (width === this.scene.width && height === this.scene.height) return;
    for (const canvas of [this.scene, this.overlay, this.snapshot]) {
      canvas.width = width;
      canvas.height = height;
    }
    this.snapshotAt = null;
    if (this.fitted && this.levels) this.viewport = fitViewport(this.image, this.canvas);
    this.needsScene = true;
    this.paint();
  }

  private paintScene(): void {
    this.needsScene = false;
    this.paintArea(0, 0, this.scene.width, this.scene.height);
  }

  private paintPanned(): void {
    const [dx, dy] = this.panned;
    const { width, height } = this.scene;
    if (Math.abs(dx) >= width || Math.abs(dy) >= height) {
      this.paintScene();
      return;
    }
    const context = this.sceneContext;
    context.globalCompositeOperation = "copy";
    context.drawImage(this.scene, dx, dy);
    context.globalCompositeOperation = "source-over";
    if (dx !== 0) this.paintArea(dx > 0 ? 0 : width + dx, 0, Math.abs(dx), height);
    if (dy !== 0) this.paintArea(0, dy > 0 ? 0 : height + dy, width, Math.abs(dy));
  }

  private paintArea(x: number, y: number, width: number, height: number): void {
    const context = this.sceneContext;
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.fillStyle = this.style.stage;
    context.fillRect(x, y, width, height);
    if (this.levels)
      paintImage(context, this.levels, levelFor(this.levels, this.viewport.scale), this.viewport, [
        x,
        y,
        width,
        height,
      ]);
    paintShapes(context, this.visibleIn(x, y, width, height), this.viewport, this.style, {
      total: this.order.length,
      locked: this.locked,
    });
    context.restore();
  }

  private visibleIn(x: number, y: number, width: number, height: number): Shape[] {
    const { scale, offset } = this.viewport;
    const pad = (this.order.length <= TAG_MAX_SHAPES ? TAG_REACH_PX : 2) / scale;
    const area: BoxTuple = [
      (x - offset[0]) / scale - pad,
      (y - offset[1]) / scale - pad,
      width / scale + 2 * pad,
      height / scale + 2 * pad,
    ];
    const dragged = new Set(heldBy(this.moving));
    const found: Shape[] = [];
    for (const id of this.grid.query(area)) {
      const shape = this.shapes.get(id);
      if (shape && !this.hidden.has(id) && !dragged.has(id)) found.push(shape);
    }
    return found;
  }

  private takeSnapshot(): void {
    if (this.needsScene || this.panned[0] !== 0 || this.panned[1] !== 0) this.paint();
    const context = contextOf(this.snapshot, false);
    context.globalCompositeOperation = "copy";
    context.drawImage(this.scene, 0, 0);
    this.snapshotAt = this.viewport;
  }

  /** The scene as it was painted, scaled; beyond its edges the picture's coarsest copy. */
  private paintZooming(from: Viewport): void {
    const context = this.sceneContext;
    const { width, height } = this.scene;
    const ratio = this.viewport.scale / from.scale;
    const x = this.viewport.offset[0] - from.offset[0] * ratio;
    const y = this.viewport.offset[1] - from.offset[1] * ratio;
    if (ratio < 1) {
      context.fillStyle = this.style.stage;
      context.fillRect(0, 0, width, height);
      if (this.levels)
        paintImage(
          context,
          this.levels,
          this.levels.bitmaps.length - 1,
          this.viewport,
          [0, 0, width, height],
          "low",
        );
    }
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "low";
    context.drawImage(this.snapshot, x, y, width * ratio, height * ratio);
    this.needsScene = true;
  }

  private paintOverlay(): void {
    const context = this.overlayContext;
    const { draft, crosshair, path, brush, ghost, changed, stroke, prompt } = this.moving;
    const isEmpty =
      !(draft || crosshair || path || brush || ghost || stroke || prompt) &&
      changed.length + this.selected.size === 0;
    // Clearing an empty canvas would make the compositor take it up again at every frame of a pan.
    if (isEmpty && this.overlayIsEmpty) return;
    this.overlayIsEmpty = isEmpty;
    context.clearRect(0, 0, this.overlay.width, this.overlay.height);
    paintMoving(context, {
      overlay: this.moving,
      selected: this.selected,
      locked: this.locked,
      shapeOf: (id) => this.shapes.get(id),
      style: this.style,
      viewport: this.viewport,
    });
  }
}

/** Which shapes are taken out of the scene while they move. */
const heldBy = ({ preview, changed, stroke }: Overlay): string[] =>
  [...preview, ...changed, ...(stroke?.shape ? [stroke.shape] : [])].map((entry) => entry.id);

function canvasIn(host: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  host.append(canvas);
  return canvas;
}

function contextOf(canvas: HTMLCanvasElement, alpha: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext("2d", { alpha });
  if (!context) throw new Error("this browser draws no canvas");
  return context;
}
