import type { BoxEditor } from "./editor";
import type { Point } from "./forms";
import type { Hand, Pointer } from "./hands";
import type { Shape } from "./model";
import type { Overlay } from "./overlay";
import { boxOf, brushed, type Columns, columnsOf, emptyMask, rleOf } from "./runs";

interface Stroke {
  /** The mask it changes; null when it begins one. */
  readonly shape: Shape | null;
  readonly id: string;
  readonly points: Point[];
  readonly mask: Columns;
}

/** Paints the selected mask, or a new one, and takes away from it. */
export class BrushHand implements Hand {
  private stroke: Stroke | null = null;
  private at: Point | null = null;

  constructor(private readonly editor: BoxEditor) {}

  private get isErasing(): boolean {
    return this.editor.current.tool === "eraser";
  }

  down({ at }: Pointer): boolean {
    if (!this.editor.isPainting) return false;
    const shape = this.editor.maskToPaint(at, this.isErasing);
    if (this.isErasing && !shape) return true;
    const { width, height } = this.editor.view.image;
    const mask = shape?.mask ? columnsOf(shape.mask) : emptyMask(width, height);
    this.stroke = { shape, id: shape?.id ?? crypto.randomUUID(), points: [], mask };
    this.paint(at);
    return true;
  }

  move({ at }: Pointer): void {
    this.at = this.editor.isPainting ? [at[0], at[1]] : null;
    if (this.stroke) this.paint(at);
  }

  up(): void {
    const { stroke } = this;
    this.stroke = null;
    if (!stroke) return;
    const box = boxOf(stroke.mask);
    if (stroke.shape && !box) this.editor.drop(stroke.shape.id);
    if (!box) return;
    const { id, shape } = stroke;
    const painted = {
      ...(shape?.attributes ? { attributes: shape.attributes } : {}),
      id,
      kind: "mask",
      label: shape?.label ?? this.editor.current.label,
      mask: rleOf(stroke.mask),
      box,
      source: "human",
    } as const;
    if (shape) this.editor.change(painted);
    else this.editor.add(painted);
  }

  reset(): boolean {
    const wasBusy = this.stroke !== null;
    this.stroke = this.at = null;
    return wasBusy;
  }

  get overlay(): Partial<Overlay> {
    const { at, stroke } = this;
    if (!this.editor.isPainting) return {};
    const brush = at && { at, radius: this.editor.current.brush };
    if (!stroke) return { brush };
    const { shape, points } = stroke;
    const { draftColor, current } = this.editor;
    const color = shape ? this.editor.colorOf(shape.label) : draftColor;
    return { brush, stroke: { shape, color, points, radius: current.brush, isErasing: this.isErasing } };
  }

  cursor(): string | null {
    return this.editor.isPainting ? "none" : null;
  }

  private paint(to: Pointer["at"]): void {
    const { stroke } = this;
    if (!stroke) return;
    const at: Point = [to[0], to[1]];
    const last = stroke.points.at(-1) ?? at;
    const mask = brushed(stroke.mask, last, at, this.editor.current.brush, this.isErasing);
    stroke.points.push(at);
    this.stroke = { ...stroke, mask };
  }
}
