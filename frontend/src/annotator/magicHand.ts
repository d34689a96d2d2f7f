import type { BoxEditor } from "./editor";
import type { Rle } from "./forms";
import { type BoxTuple, boxBetween, clampBox } from "./geometry";
import type { Hand, Pointer } from "./hands";
import type { Shape } from "./model";
import type { Overlay } from "./overlay";
import { polygonOf } from "./shapes";

/** A click: x, y in image pixels, and whether it belongs to the object. */
export type Said = readonly [x: number, y: number, inside: boolean];

/** What somebody points at. */
export interface Prompt {
  readonly points: readonly Said[];
  readonly box: BoxTuple | null;
}

/** What was found there; nothing, when the mask is null. */
export interface Found {
  readonly mask: Rle | null;
  readonly polygon: readonly (readonly (readonly [number, number])[])[];
  readonly box: BoxTuple | null;
}

/** Asks for the object under a prompt. */
export type Cutter = (prompt: Prompt) => Promise<Found>;

export type MagicPhase = "idle" | "looking" | "found" | "nothing" | "failed";

const NOTHING: Prompt = { points: [], box: null };
const POINTS_MAX = 50;
const DRAG_PX = 5;

/** Points at things: a click says it belongs, Alt or the right button says it does not, a drag says it is in here. */
export class MagicHand implements Hand {
  private prompt = NOTHING;
  private found: Found | null = null;
  private shown: Shape | null = null;
  private phase: MagicPhase = "idle";
  private asked = 0;
  private takesAs: "mask" | "polygon" | null = null;
  private press: Pointer | null = null;
  private dragged: BoxTuple | null = null;

  constructor(
    private readonly editor: BoxEditor,
    private readonly cutter: Cutter | undefined,
    private readonly changed: () => void,
  ) {}

  get isBusy(): boolean {
    return this.prompt.points.length > 0 || this.prompt.box !== null;
  }

  down(pointer: Pointer): boolean {
    if (this.editor.current.tool !== "magic" || !this.cutter) return false;
    if (!this.isBusy) this.editor.select(new Set());
    this.press = pointer;
    this.dragged = null;
    return true;
  }

  move({ at, unit }: Pointer): void {
    const { press } = this;
    if (!press || press.minus) return;
    const isFar = Math.hypot(at[0] - press.at[0], at[1] - press.at[1]) > DRAG_PX * unit;
    if (isFar || this.dragged) this.dragged = clampBox(boxBetween(press.at, at), this.editor.view.image);
  }

  up(pointer: Pointer): void {
    this.move(pointer);
    const { press, dragged } = this;
    this.press = this.dragged = null;
    if (!press) return;
    if (dragged) {
      if (dragged[2] >= 1 && dragged[3] >= 1) this.say({ points: [], box: dragged });
      return;
    }
    const { width, height } = this.editor.view.image;
    const [x, y] = press.at;
    if (x < 0 || y < 0 || x > width || y > height) return;
    const points = [...this.prompt.points, [x, y, !press.minus] as const];
    const isAnything = this.prompt.box !== null || points.some((point) => point[2]);
    if (isAnything && points.length <= POINTS_MAX) this.say({ ...this.prompt, points });
  }

  /** Take back the last click, else the box; says whether there was something. */
  back(): boolean {
    if (!this.isBusy) return false;
    const { points, box } = this.prompt;
    const prompt = points.length > 0 ? { points: points.slice(0, -1), box } : NOTHING;
    if (prompt.box !== null || prompt.points.some((point) => point[2])) this.say(prompt);
    else this.reset();
    return true;
  }

  /** Hand over what was found as a shape, at once or as soon as it is there; false when nothing is pointed at. */
  take(kind: "mask" | "polygon"): boolean {
    if (!this.isBusy) return false;
    if (this.phase === "looking") {
      this.takesAs = kind;
      return true;
    }
    const shape = this.shapeOf(kind);
    this.reset();
    if (shape) this.editor.add(shape);
    return true;
  }

  reset(): boolean {
    const wasBusy = this.isBusy;
    this.asked += 1;
    this.prompt = NOTHING;
    this.found = this.shown = this.press = this.dragged = this.takesAs = null;
    this.enter("idle");
    return wasBusy;
  }

  get overlay(): Partial<Overlay> {
    if (!(this.isBusy || this.dragged)) return {};
    // The same object from one frame to the next: its path is kept with it.
    if (this.shown?.label !== this.editor.current.label) this.shown = this.shapeOf("mask", "proposal");
    return {
      changed: this.shown ? [this.shown] : [],
      prompt: { points: this.prompt.points, box: this.dragged ?? this.prompt.box },
    };
  }

  cursor(): string | null {
    return this.editor.current.tool === "magic" ? "crosshair" : null;
  }

  private say(prompt: Prompt): void {
    this.prompt = prompt;
    this.asked += 1;
    const number = this.asked;
    this.enter("looking");
    this.cutter?.(prompt).then(
      (found) => number === this.asked && this.hear(found),
      () => number === this.asked && this.enter("failed"),
    );
  }

  private hear(found: Found): void {
    this.found = found;
    this.shown = null;
    const wanted = this.takesAs;
    this.takesAs = null;
    this.enter(found.mask ? "found" : "nothing");
    if (wanted && found.mask) this.take(wanted);
  }

  private shapeOf(kind: "mask" | "polygon", id: string = crypto.randomUUID()): Shape | null {
    const { mask, polygon, box } = this.found ?? {};
    if (!mask || !box) return null;
    const named = { id, label: this.editor.current.label };
    const outline = kind === "polygon" ? polygonOf(named, polygon ?? [], this.editor.view.image) : null;
    return outline ?? { ...named, kind: "mask", mask, box, source: "human" };
  }

  private enter(phase: MagicPhase): void {
    if (phase === "failed") this.takesAs = null;
    this.phase = phase;
    this.editor.noteMagic(phase, this.prompt.points.length + (this.prompt.box ? 1 : 0));
    this.changed();
  }
}
