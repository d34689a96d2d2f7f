import { type BoxTuple, handlesOf, type ImagePoint, toScreen, type Viewport } from "./geometry";

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
