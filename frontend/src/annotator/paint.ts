import type { Asked } from "./asking";
import { type Drawing, drawingOf, hasForm, type Lines } from "./forms";
import type { BoxTuple, Viewport } from "./geometry";
import type { Levels } from "./levels";
import type { Shape } from "./model";

/** How things look: colors belong to the data, the stage to the theme. */
export interface Style {
  readonly stage: string;
  readonly colorOf: (label: string) => string;
  readonly nameOf: (label: string) => string;
  /** Classes past the twelfth repeat a hue and are dashed instead. */
  readonly isDashed: (label: string) => boolean;
  readonly withFill: boolean;
  /** Which key points of a class hang together. */
  readonly linesOf?: (label: string) => Lines;
  /** What the key points of a class are called, in their order. */
  readonly jointsOf?: (label: string) => readonly string[];
  /** What is asked of the objects of a class. */
  readonly askedOf?: (label: string) => readonly Asked[];
  /** Whether there is such a class, still. */
  readonly isKnown?: (label: string) => boolean;
  /** How a relation type is called and painted; nothing of one that is gone. */
  readonly relationOf?: (type: string) => { readonly name: string; readonly color: string } | undefined;
}

const LINE_PX = 1.5;
const LOCKED_PX = 0.75;
const FILL_MAX_SHAPES = 400;
/** Past this many shapes no name tags are drawn. */
export const TAG_MAX_SHAPES = 120;
const TAG_FONT =
  '500 11px "Inter Variable", "PingFang SC", "Microsoft YaHei UI", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';

/** The part of the picture that the area shows, from one of its copies. */
export function paintImage(
  context: CanvasRenderingContext2D,
  levels: Levels,
  level: number,
  { scale, offset }: Viewport,
  area: BoxTuple,
  quality: ImageSmoothingQuality = "medium",
): void {
  const bitmap = levels.bitmaps[level];
  if (!bitmap) return;
  const { width, height } = levels.size;
  const left = Math.max(area[0], offset[0]);
  const top = Math.max(area[1], offset[1]);
  const right = Math.min(area[0] + area[2], offset[0] + width * scale);
  const bottom = Math.min(area[1] + area[3], offset[1] + height * scale);
  if (right <= left || bottom <= top) return;
  const sx = bitmap.width / (width * scale);
  const sy = bitmap.height / (height * scale);
  context.imageSmoothingEnabled = scale < 3;
  context.imageSmoothingQuality = quality;
  context.drawImage(
    bitmap,
    (left - offset[0]) * sx,
    (top - offset[1]) * sy,
    (right - left) * sx,
    (bottom - top) * sy,
    left,
    top,
    right - left,
    bottom - top,
  );
}

interface Group {
  readonly color: string;
  readonly dashed: boolean;
  readonly locked: boolean;
  readonly boxes: BoxTuple[];
}

/** One path per color and line style: the cost of a thousand boxes is a thousand rectangles, not a thousand strokes. */
export function paintShapes(
  context: CanvasRenderingContext2D,
  shapes: readonly Shape[],
  viewport: Viewport,
  style: Style,
  { total, locked: held }: { total: number; locked: ReadonlySet<string> },
): void {
  const ratio = window.devicePixelRatio;
  for (const { color, dashed, locked, boxes } of groupsOf(shapes, style, held).values()) {
    context.lineWidth = (locked ? LOCKED_PX : LINE_PX) * ratio;
    context.beginPath();
    for (const box of boxes) traceBox(context, box, viewport);
    if (style.withFill && !locked && total <= FILL_MAX_SHAPES) {
      context.fillStyle = `${color}1f`;
      context.fill();
    }
    context.setLineDash(dashed ? [6 * ratio, 4 * ratio] : []);
    context.strokeStyle = color;
    context.stroke();
  }
  context.setLineDash([]);
  paintForms(context, shapes, viewport, style, held);
  if (total <= TAG_MAX_SHAPES) for (const shape of shapes) paintTag(context, shape, viewport, style);
}

function groupsOf(shapes: readonly Shape[], style: Style, held: ReadonlySet<string>): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const shape of shapes) {
    const { id, box, label, source } = shape;
    if (!box || hasForm(shape)) continue;
    const color = style.colorOf(label);
    const dashed = source === "model" || style.isDashed(label);
    const locked = held.has(id);
    const key = `${color}${dashed}${locked}`;
    const group = groups.get(key);
    if (group) group.boxes.push(box);
    else groups.set(key, { color, dashed, locked, boxes: [box] });
  }
  return groups;
}

/** What is more than a box, each with its own path, kept with the shape. */
function paintForms(
  context: CanvasRenderingContext2D,
  shapes: readonly Shape[],
  { scale, offset }: Viewport,
  style: Style,
  held: ReadonlySet<string>,
): void {
  const forms = shapes.filter(hasForm);
  if (forms.length === 0) return;
  const unit = window.devicePixelRatio / scale;
  context.save();
  context.translate(offset[0], offset[1]);
  context.scale(scale, scale);
  context.lineCap = context.lineJoin = "round";
  for (const shape of forms) paintForm(context, shape, style, unit, held.has(shape.id));
  context.restore();
}

function paintForm(
  context: CanvasRenderingContext2D,
  shape: Shape,
  style: Style,
  unit: number,
  locked: boolean,
): void {
  const { area, line, seen, hidden } = pathsInCanvas(shape, style);
  context.strokeStyle = context.fillStyle = style.colorOf(shape.label);
  if (style.withFill && !locked) {
    context.globalAlpha = 0.14;
    context.fill(area, "evenodd");
    context.globalAlpha = 1;
  }
  const isDashed = shape.source === "model" || style.isDashed(shape.label);
  context.setLineDash(isDashed ? [6 * unit, 4 * unit] : []);
  context.lineWidth = (locked ? LOCKED_PX : LINE_PX) * unit;
  context.stroke(area);
  context.stroke(line);
  context.setLineDash([]);
  // A hidden point is a ring, a seen one a dot with white around it.
  const color = context.strokeStyle;
  paintDots(context, hidden, [color, 9 * unit], ["#ffffff", 5 * unit]);
  paintDots(context, seen, ["#ffffff", 9 * unit], [color, 6 * unit]);
}

type Dot = readonly [color: string | CanvasGradient | CanvasPattern, width: number];

function paintDots(context: CanvasRenderingContext2D, dots: Path2D, ...layers: readonly Dot[]): void {
  for (const [color, width] of layers) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke(dots);
  }
}

const paths = new WeakMap<Shape, Record<keyof Drawing, Path2D>>();

/** The paths of a form, kept with the shape. */
export function pathsInCanvas(shape: Shape, style: Style): Record<keyof Drawing, Path2D> {
  const known = paths.get(shape);
  if (known) return known;
  const { area, line, seen, hidden } = drawingOf(shape, style.linesOf?.(shape.label));
  const made = {
    area: new Path2D(area),
    line: new Path2D(line),
    seen: new Path2D(seen),
    hidden: new Path2D(hidden),
  };
  paths.set(shape, made);
  return made;
}

function traceBox(
  context: CanvasRenderingContext2D,
  [x, y, w, h]: BoxTuple,
  { scale, offset }: Viewport,
): void {
  const left = Math.round(x * scale + offset[0]) + 0.5;
  const top = Math.round(y * scale + offset[1]) + 0.5;
  context.rect(left, top, Math.max(1, Math.round(w * scale)), Math.max(1, Math.round(h * scale)));
}

function paintTag(
  context: CanvasRenderingContext2D,
  { box, label, score }: Shape,
  { scale, offset }: Viewport,
  style: Style,
): void {
  if (!box || box[2] * scale < 20) return;
  const ratio = window.devicePixelRatio;
  const text =
    score === undefined ? style.nameOf(label) : `${style.nameOf(label)} ${Math.round(score * 100)}%`;
  context.font = ratio === 1 ? TAG_FONT : TAG_FONT.replace("11px", `${11 * ratio}px`);
  context.textBaseline = "middle";
  const height = 16 * ratio;
  const width = context.measureText(text).width + 8 * ratio;
  const left = Math.round(box[0] * scale + offset[0]);
  const above = Math.round(box[1] * scale + offset[1]) - height;
  const top = box[1] * scale < height ? above + height : above;
  context.fillStyle = "rgb(20 23 28 / 0.82)";
  context.fillRect(left, top, width, height);
  context.fillStyle = style.colorOf(label);
  context.fillRect(left, top, 3 * ratio, height);
  context.fillStyle = "#ffffff";
  context.fillText(text, left + 6 * ratio, top + height / 2);
}
