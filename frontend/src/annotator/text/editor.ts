import { type AskedOf, askedAnew, begun } from "../asking";
import { addStep, changeStep, removeStep, type Shape, type Shapes } from "../model";
import type { Session } from "../session";
import { nextPlace, nextWord, type Points, type Range, snapped, trimmed, unitAt, wordNear } from "./units";

export type SpanShape = Shape & Range;

/** What was done, for those who do not see it. */
export type Told =
  | { readonly kind: "added" | "deleted" | "chosen" | "changed" | "again"; readonly span: SpanShape }
  | { readonly kind: "selected"; readonly text: string }
  | { readonly kind: "nothing" | "undone" | "redone" };

export interface SpanState {
  readonly shapes: readonly SpanShape[];
  /** Where keys act, and where the selection began. */
  readonly caret: number;
  readonly anchor: number;
  readonly chosen: string | null;
  readonly told: Told | null;
}

const EMPTY: SpanState = { shapes: [], caret: 0, anchor: 0, chosen: null, told: null };
/** No more of a selection is read out. */
const READ = 60;

/** The shapes that are spans, first by their beginning, the longer one first. */
export const spansOf = (shapes: Shapes): SpanShape[] =>
  shapes
    .filter((shape): shape is SpanShape => shape.start !== undefined && shape.end !== undefined)
    .sort((a, b) => a.start - b.start || b.end - a.end);

/** Spans of one text: a caret, a selection, and the commands that keys, the mouse and buttons call. */
export class SpanEditor {
  private state = EMPTY;
  private readonly listeners = new Set<() => void>();
  private readonly unsubscribe: () => void;

  /** Whether the spans are only looked at. */
  readOnly = false;
  /** What classes ask of their spans. */
  askedOf: AskedOf = () => [];

  constructor(
    readonly points: Points,
    private readonly session: Session,
  ) {
    this.state = { ...EMPTY, shapes: spansOf(session.shapes) };
    this.unsubscribe = session.subscribe(() => this.sync());
  }

  get current(): SpanState {
    return this.state;
  }

  get chosen(): SpanShape | undefined {
    return this.state.shapes.find(({ id }) => id === this.state.chosen);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  dispose(): void {
    this.unsubscribe();
    this.listeners.clear();
  }

  /** The selection, null when it is empty. */
  get selection(): Range | null {
    const { caret, anchor } = this.state;
    return caret === anchor ? null : { start: Math.min(caret, anchor), end: Math.max(caret, anchor) };
  }

  /** Move by a sign or a word. With `isExtending` the selection grows, or the end of the chosen span. */
  move(by: "place" | "word", direction: 1 | -1, isExtending: boolean): void {
    const step = by === "word" ? nextWord : nextPlace;
    const { chosen } = this;
    if (isExtending && chosen && !this.readOnly)
      this.resize(chosen, step(this.points, chosen.end, direction));
    else this.moveTo(step(this.points, this.state.caret, direction), isExtending);
  }

  moveTo(place: number, isExtending = false): void {
    const caret = Math.max(0, Math.min(this.points.length, place));
    this.update({ caret, anchor: isExtending ? this.state.anchor : caret, chosen: null });
    this.readOut();
  }

  /** Select what the mouse went over, grown to whole words unless `isExact`. */
  select(range: Range, isExact = false): void {
    const { start, end } = isExact ? range : snapped(this.points, range);
    this.update({ anchor: start, caret: end, chosen: null });
    this.readOut();
  }

  /** Choose a span; its end is where keys go on. */
  choose(id: string): void {
    const span = this.state.shapes.find((shape) => shape.id === id);
    if (span) this.point(span, "chosen");
  }

  /** The span at a place: the innermost, and at each further call the next around it. False where there is none. */
  chooseAt(place: number): boolean {
    const here = this.state.shapes
      .filter(({ start, end }) => start <= place && place < end)
      .sort((a, b) => a.end - a.start - (b.end - b.start));
    const next = here[(here.findIndex(({ id }) => id === this.state.chosen) + 1) % here.length];
    if (!next) return false;
    this.point(next, "chosen");
    return true;
  }

  /** To the next span or the one before. False when there is none. */
  walk(direction: 1 | -1): boolean {
    const { shapes, chosen, caret } = this.state;
    if (shapes.length === 0) return false;
    const at = shapes.findIndex(({ id }) => id === chosen);
    const near = direction > 0 ? shapes.findIndex(({ start }) => start >= caret) : -1;
    const from = at >= 0 ? at + direction : direction > 0 ? Math.max(0, near) : shapes.length - 1;
    const next = shapes[(from + shapes.length) % shapes.length];
    if (next) this.point(next, "chosen");
    return true;
  }

  /** Give the chosen span this class, or make a span of the selection, or of the word at the caret. */
  setLabel(label: string): void {
    if (this.readOnly) return;
    const { chosen } = this;
    if (chosen) {
      const asked = askedAnew(
        { ...chosen, label, source: "human" },
        this.askedOf(chosen.label),
        this.askedOf(label),
      );
      this.change(chosen, { ...asked, start: chosen.start, end: chosen.end });
      return;
    }
    const { caret } = this.state;
    const wanted = this.selection ?? wordNear(this.points, caret);
    const range = wanted && trimmed(this.points, wanted);
    if (!range) {
      this.update({ told: { kind: "nothing" } });
      return;
    }
    const made: Shape = { id: crypto.randomUUID(), kind: "span", label, source: "human" };
    const span: SpanShape = { ...begun(made, this.askedOf(label)), ...range };
    const same = this.twin(span);
    if (!same) this.session.commit(addStep(this.session.shapes, [span]));
    this.point(same ?? span, same ? "again" : "added");
  }

  remove(): void {
    const { chosen } = this;
    if (!chosen || this.readOnly) return;
    this.session.commit(removeStep(this.session.shapes, new Set([chosen.id])));
    this.update({ chosen: null, told: { kind: "deleted", span: chosen } });
  }

  undo(): void {
    this.session.undo();
    this.update({ told: { kind: "undone" } });
  }

  redo(): void {
    this.session.redo();
    this.update({ told: { kind: "redone" } });
  }

  /** Let go of the chosen span, then of the selection. False when there was neither. */
  clear(): boolean {
    const { chosen, caret, anchor } = this.state;
    if (!chosen && caret === anchor) return false;
    this.update({ chosen: null, anchor: caret });
    return true;
  }

  private resize(span: SpanShape, end: number): void {
    if (end > span.start) this.change(span, { ...span, end, source: "human" });
  }

  private change(before: SpanShape, after: SpanShape): void {
    if (this.twin(after)) {
      this.update({ told: { kind: "again", span: after } });
      return;
    }
    this.session.commit(changeStep(this.session.shapes, new Set([before.id]), () => after));
    this.point(after, "changed");
  }

  /** Another span that says the same. */
  private twin(span: SpanShape): SpanShape | undefined {
    return this.state.shapes.find(
      ({ id, label, start, end }) =>
        id !== span.id && label === span.label && start === span.start && end === span.end,
    );
  }

  private point(span: SpanShape, kind: "added" | "chosen" | "changed" | "again"): void {
    this.update({ chosen: span.id, caret: span.end, anchor: span.end, told: { kind, span } });
  }

  private readOut(): void {
    const { selection } = this;
    const unit = selection ?? unitAt(this.points, this.state.caret);
    const text = unit ? this.points.slice(unit.start, Math.min(unit.end, unit.start + READ)).join("") : "";
    this.update({ told: text ? { kind: "selected", text } : null });
  }

  private sync(): void {
    const shapes = spansOf(this.session.shapes);
    const isThere = shapes.some(({ id }) => id === this.state.chosen);
    this.update({ shapes, chosen: isThere ? this.state.chosen : null });
  }

  private update(change: Partial<SpanState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
