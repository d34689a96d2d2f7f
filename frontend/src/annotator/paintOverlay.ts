import { hasForm, type Point, turnedCorners } from "./forms";
import { type BoxTuple, handlesOf, type ImagePoint, imagePoint, toScreen, type Viewport } from "./geometry";
import type { Prompt } from "./magicHand";
import type { Shape } from "./model";
import type { DraftPath, HeldStroke, Overlay } from "./overlay";
import { pathsInCanvas, type Style } from "./paint";
import { knobOf, pathsOf, turnedBy } from "./shapes";

/** Corners are shown on shapes with no more of them than this. */
const CORNERS_MAX = 600;
const WHITE = "rgb(255 255 255 / 0.85)";

export interface Scene {
  readonly overlay: Overlay;
  readonly selected: ReadonlySet<string>;
  readonly locked: ReadonlySet<string>;
  readonly shapeOf: (id: string) => Shape | undefined;
  readonly style: Style;
  readonly viewport: Viewport;
}

/** Everything that moves, and what is selected. */
export function paintMoving(context: CanvasRenderingContext2D, scene: Scene): void {
  const { overlay, selected, style, viewport } = scene;
  if (overlay.stroke) paintStroke(context, overlay.stroke, viewport, style);
  if (overlay.crosshair) paintCrosshair(context, overlay.crosshair, viewport);
  const boxes = new Map(overlay.preview.map((entry) => [entry.id, entry.box]));
  const changed = new Map(overlay.changed.map((shape) => [shape.id, shape]));
  for (const id of new Set([...selected, ...changed.keys()])) {
    const shape = changed.get(id) ?? scene.shapeOf(id);
    if (shape && shape !== overlay.stroke?.shape) paintChosen(context, shape, boxes.get(id), scene);
  }
  if (overlay.draft)
    paintSelected(context, overlay.draft, viewport, { color: overlay.draftColor, withHandles: false });
  if (overlay.path) paintPath(context, overlay.path, overlay.draftColor, viewport);
  if (overlay.ghost)
    paintCorner(context, toScreen(imagePoint(...overlay.ghost), viewport), style.colorOf(""), "ghost");
  if (overlay.prompt) paintPrompt(context, overlay.prompt, overlay.draftColor, viewport);
  if (overlay.brush) paintBrush(context, overlay.brush.at, overlay.brush.radius, viewport);
}

function paintChosen(
  context: CanvasRenderingContext2D,
  shape: Shape,
  moved: BoxTuple | undefined,
  scene: Scene,
): void {
  const { selected, locked, viewport, style } = scene;
  const color = style.colorOf(shape.label);
  const isLone = selected.size === 1 && !locked.has(shape.id);
  if (hasForm(shape)) {
    const [x, y] = shape.box ?? [0, 0];
    const shift: Point = moved ? [moved[0] - x, moved[1] - y] : [0, 0];
    paintForm(context, shape, shift, viewport, style);
    if (isLone && !moved && !shape.mask && shape.kind !== "mask") paintCorners(context, shape, color, scene);
    return;
  }
  const box = moved ?? shape.box;
  if (box) paintSelected(context, box, viewport, { color, withHandles: isLone });
}

/** A selected form: two pixels of its color on white, filled like a selected box. */
function paintForm(
  context: CanvasRenderingContext2D,
  shape: Shape,
  shift: Point,
  { scale, offset }: Viewport,
  style: Style,
): void {
  const unit = window.devicePixelRatio / scale;
  const { area, line } = pathsInCanvas(shape, style);
  const color = style.colorOf(shape.label);
  context.save();
  context.translate(offset[0] + shift[0] * scale, offset[1] + shift[1] * scale);
  context.scale(scale, scale);
  context.lineJoin = "round";
  context.fillStyle = `${color}33`;
  context.fill(area, "evenodd");
  for (const [width, stroke] of [
    [4, WHITE],
    [2, color],
  ] as const) {
    context.lineWidth = width * unit;
    context.strokeStyle = stroke;
    context.stroke(area);
    context.stroke(line);
  }
  context.restore();
}

function paintCorners(context: CanvasRenderingContext2D, shape: Shape, color: string, scene: Scene): void {
  const { viewport } = scene;
  const paths = pathsOf(shape);
  const count = paths.reduce((sum, path) => sum + path.length, 0);
  if (count <= CORNERS_MAX)
    for (const [n, path] of paths.entries()) paintPathCorners(context, shape, path, n, color, scene);
  const knob = knobOf(shape, window.devicePixelRatio / viewport.scale);
  if (knob) paintCorner(context, toScreen(imagePoint(...knob), viewport), color, "joint");
}

function paintPathCorners(
  context: CanvasRenderingContext2D,
  { keypoints }: Shape,
  path: readonly Point[],
  n: number,
  color: string,
  { viewport, overlay }: Scene,
): void {
  const active = overlay.active?.path === n ? overlay.active.index : -1;
  path.forEach((point, at) => {
    const kind = kindOf(keypoints?.[at]?.[2], at === active);
    if (kind) paintCorner(context, toScreen(imagePoint(...point), viewport), color, kind);
  });
}

/** How a corner looks, by what is seen of the key point it is, if it is one; null when it is not there. */
function kindOf(visible: number | undefined, isActive: boolean): CornerKind | null {
  if (visible === 0) return null;
  if (isActive) return "active";
  if (visible === undefined) return "corner";
  return visible === 1 ? "hidden" : "joint";
}

type CornerKind = "corner" | "joint" | "hidden" | "active" | "ghost";

/** A corner is a white square, a key point a dot, a hidden one a ring; the active one is larger and filled. */
function paintCorner(
  context: CanvasRenderingContext2D,
  [x, y]: readonly [number, number, ...unknown[]],
  color: string,
  kind: CornerKind,
): void {
  const ratio = window.devicePixelRatio;
  const half = (kind === "active" ? 5.5 : kind === "corner" ? 3.5 : 4.5) * ratio;
  context.beginPath();
  if (kind === "corner") context.rect(x - half, y - half, 2 * half, 2 * half);
  else context.arc(x, y, half, 0, 2 * Math.PI);
  context.globalAlpha = kind === "ghost" ? 0.7 : 1;
  context.fillStyle = kind === "joint" ? color : kind === "active" ? "#14171c" : "#ffffff";
  context.fill();
  context.lineWidth = (kind === "hidden" ? 2.5 : 1.5) * ratio;
  context.strokeStyle = kind === "joint" || kind === "active" ? "#ffffff" : color;
  context.stroke();
  context.globalAlpha = 1;
}

/** What is half drawn, with the stretch to where the next point would be. */
function paintPath(
  context: CanvasRenderingContext2D,
  { points, to, closes, isTurned, willEnd, lines }: DraftPath,
  color: string,
  viewport: Viewport,
): void {
  const ratio = window.devicePixelRatio;
  const ring = points.map(([x, y]): Point => [x, y]);
  const next = to && !willEnd ? [...ring, to] : ring;
  const turned = isTurned && next.length === 3 ? turnedBy(next) : null;
  context.beginPath();
  if (lines) traceLines(context, points, lines, viewport);
  else trace(context, turned ? turnedCorners(turned) : next, viewport, turned !== null || willEnd);
  if ((closes || turned) && next.length > 2) {
    context.fillStyle = `${color}26`;
    context.fill();
  }
  for (const [width, stroke] of [
    [4, WHITE],
    [2, color],
  ] as const) {
    context.lineWidth = width * ratio;
    context.strokeStyle = stroke;
    context.stroke();
  }
  if (points.length > CORNERS_MAX) return;
  points.forEach(([x, y, visible], at) => {
    const kind = kindOf(lines ? visible : undefined, willEnd && at === 0 && closes);
    if (kind) paintCorner(context, toScreen(imagePoint(x, y), viewport), color, kind);
  });
}

function trace(
  context: CanvasRenderingContext2D,
  points: readonly Point[],
  viewport: Viewport,
  closes: boolean,
): void {
  points.forEach((point, at) => {
    const [x, y] = toScreen(imagePoint(...point), viewport);
    if (at === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  if (closes) context.closePath();
}

function traceLines(
  context: CanvasRenderingContext2D,
  points: DraftPath["points"],
  lines: NonNullable<DraftPath["lines"]>,
  viewport: Viewport,
): void {
  for (const line of lines) {
    const ends = line.flatMap((at): Point[] => {
      const point = points[at];
      return point && point[2] > 0 ? [[point[0], point[1]]] : [];
    });
    if (ends.length === 2) trace(context, ends, viewport, false);
  }
}

/**
 * A stroke that is held, with its mask: all of it opaque and then thinned at once, so that it is no darker where
 * it goes over itself. It costs what the canvas costs, however ragged the mask is.
 */
function paintStroke(
  context: CanvasRenderingContext2D,
  { shape, color, points, radius, isErasing }: HeldStroke,
  { scale, offset }: Viewport,
  style: Style,
): void {
  context.save();
  context.translate(offset[0], offset[1]);
  context.scale(scale, scale);
  context.fillStyle = context.strokeStyle = color;
  if (shape) context.fill(pathsInCanvas(shape, style).area, "evenodd");
  context.globalCompositeOperation = isErasing ? "destination-out" : "source-over";
  context.lineWidth = 2 * radius;
  context.lineCap = context.lineJoin = "round";
  const [first, ...rest] = points;
  context.beginPath();
  if (first) context.moveTo(first[0], first[1]);
  for (const [x, y] of rest.length > 0 ? rest : points) context.lineTo(x, y);
  context.stroke();
  context.restore();
  context.globalCompositeOperation = "destination-in";
  context.fillStyle = "rgb(0 0 0 / 0.45)";
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.globalCompositeOperation = "source-over";
}

/** What was pointed at: the box dashed, a dot with a plus for what belongs, with a minus for what does not. */
function paintPrompt(
  context: CanvasRenderingContext2D,
  { points, box }: Prompt,
  color: string,
  viewport: Viewport,
): void {
  const ratio = window.devicePixelRatio;
  if (box) {
    const [left, top] = toScreen(imagePoint(box[0], box[1]), viewport);
    context.setLineDash([6 * ratio, 4 * ratio]);
    for (const [width, stroke] of [
      [3.5, WHITE],
      [1.5, color],
    ] as const) {
      context.lineWidth = width * ratio;
      context.strokeStyle = stroke;
      context.strokeRect(left, top, box[2] * viewport.scale, box[3] * viewport.scale);
    }
    context.setLineDash([]);
  }
  for (const [x, y, inside] of points) {
    const [cx, cy] = toScreen(imagePoint(x, y), viewport);
    context.beginPath();
    context.arc(cx, cy, 7 * ratio, 0, 2 * Math.PI);
    context.fillStyle = inside ? "#1f8a4c" : "#c0352b";
    context.fill();
    context.lineWidth = 1.5 * ratio;
    context.strokeStyle = "#ffffff";
    context.stroke();
    context.beginPath();
    context.moveTo(cx - 3.5 * ratio, cy);
    context.lineTo(cx + 3.5 * ratio, cy);
    if (inside) {
      context.moveTo(cx, cy - 3.5 * ratio);
      context.lineTo(cx, cy + 3.5 * ratio);
    }
    context.stroke();
  }
}

/** The brush as a ring, dark on light so that it shows on every picture. */
function paintBrush(context: CanvasRenderingContext2D, at: Point, radius: number, viewport: Viewport): void {
  const ratio = window.devicePixelRatio;
  const [x, y] = toScreen(imagePoint(...at), viewport);
  for (const [width, stroke] of [
    [3, "rgb(0 0 0 / 0.55)"],
    [1.25, "#ffffff"],
  ] as const) {
    context.beginPath();
    context.arc(x, y, Math.max(2, radius * viewport.scale), 0, 2 * Math.PI);
    context.lineWidth = width * ratio;
    context.strokeStyle = stroke;
    context.stroke();
  }
}

/** A selected or half-drawn box: two pixels of its color on white, with handles where there is room. */
export function paintSelected(
  context: CanvasRenderingContext2D,
  [x, y, w, h]: BoxTuple,
  viewport: Viewport,
  { color, withHandles }: { color: string; withHandles: boolean },
): void {
  const ratio = window.devicePixelRatio;
  const { scale, offset } = viewport;
  const rect = [
    Math.round(x * scale + offset[0]) + 0.5,
    Math.round(y * scale + offset[1]) + 0.5,
    Math.round(w * scale),
    Math.round(h * scale),
  ] as const;
  context.fillStyle = `${color}33`;
  context.fillRect(...rect);
  context.lineWidth = 4 * ratio;
  context.strokeStyle = "rgb(255 255 255 / 0.85)";
  context.strokeRect(...rect);
  context.lineWidth = 2 * ratio;
  context.strokeStyle = color;
  context.strokeRect(...rect);
  if (!withHandles || rect[2] < 24 * ratio || rect[3] < 24 * ratio) return;
  for (const { at } of handlesOf([x, y, w, h])) {
    const [hx, hy] = toScreen(at, viewport);
    const half = 4 * ratio;
    context.fillStyle = "#ffffff";
    context.lineWidth = 1.5 * ratio;
    context.fillRect(hx - half, hy - half, half * 2, half * 2);
    context.strokeRect(hx - half, hy - half, half * 2, half * 2);
  }
}

/** Two lines through the pointer, over the whole stage. */
export function paintCrosshair(context: CanvasRenderingContext2D, at: ImagePoint, viewport: Viewport): void {
  const [x, y] = toScreen(at, viewport);
  context.lineWidth = 1;
  context.strokeStyle = "rgb(128 128 128 / 0.75)";
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, context.canvas.height);
  context.moveTo(0, Math.round(y) + 0.5);
  context.lineTo(context.canvas.width, Math.round(y) + 0.5);
  context.stroke();
}
