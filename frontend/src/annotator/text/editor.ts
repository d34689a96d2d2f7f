import { type AskedOf, askedAnew, begun } from "../asking";
import { addStep, changeStep, type Shape, type Shapes } from "../model";
import type { Session } from "../session";
import {
  hasLink,
  linkStep,
  type Relation,
  type RelationType,
  removeSpansStep,
  typesBetween,
} from "./relations";
import { EMPTY, type SpanShape, type SpanState, spansOf } from "./spans";
import { nextPlace, nextWord, type Points, type Range, snapped, trimmed, unitAt, wordNear } from "./units";

/** Nothing chosen, and nothing begun. */
const FREE = { chosen: null, linking: null, relation: null } as const;
/** No more of a selection is read out. */
const READ = 60;

/** Spans of one text: a caret, a selection, and the commands that keys, the mouse and buttons call. */
export class SpanEditor {
  private state = EMPTY;
  private kept = EMPTY;
  private seen: Shapes;
  private readonly listeners = new Set<() => void>();
  private readonly unsubscribe: () => void;

  /** What classes ask of their spans. */
  askedOf: AskedOf = () => [];

  constructor(
    readonly points: Points,
    private readonly session: Session,
  ) {
    this.seen = session.shapes;
    this.state = this.kept = { ...EMPTY, shapes: spansOf(session.shapes) };
    this.unsubscribe = session.subscribe(() => this.sync());
  }

  /** Whether the spans are only looked at. */
  get readOnly(): boolean {
    return this.state.readOnly;
  }

  set readOnly(readOnly: boolean) {
    if (readOnly !== this.readOnly) this.update({ readOnly, linking: null });
  }

  /** What spans may be to one another. */
  get types(): readonly RelationType[] {
    return this.state.types;
  }

  set types(types: readonly RelationType[]) {
    if (types !== this.types) this.update({ types });
  }

  get current(): SpanState {
    return this.state;
  }

  /** As `current`, but another one only when more than the caret went elsewhere: for all that does not show it. */
  get held(): SpanState {
    return this.kept;
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
    this.update({ ...FREE, caret, anchor: isExtending ? this.state.anchor : caret });
    this.readOut();
  }

  /** Select what the mouse went over, grown to whole words unless `isExact`. */
  select(range: Range, isExact = false): void {
    const { start, end } = isExact ? range : snapped(this.points, range);
    this.update({ ...FREE, anchor: start, caret: end });
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
    if (this.state.linking) return this.leadTo(here);
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
    this.session.commit(removeSpansStep(this.session.shapes, new Set([chosen.id])));
    this.update({ ...FREE, told: { kind: "deleted", span: chosen } });
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
    this.update({ ...FREE, anchor: caret });
    return true;
  }

  /** Begin a relation at the chosen span. False where none can begin. */
  beginLink(): boolean {
    const { chosen } = this;
    if (this.readOnly || !chosen || this.types.length === 0) return false;
    if (this.reachable(chosen).length === 0) {
      this.update({ told: { kind: "leadsNowhere", span: chosen } });
      return true;
    }
    this.update({
      linking: { from: chosen.id, to: null },
      relation: null,
      told: { kind: "linking", span: chosen },
    });
    return true;
  }

  /** To the next span that the relation could lead to, or the one before. */
  walkLink(direction: 1 | -1): void {
    const { linking, shapes } = this.state;
    const from = shapes.find(({ id }) => id === linking?.from);
    if (!linking || !from) return;
    const ends = this.reachable(from);
    const at = ends.findIndex(({ id }) => id === linking.to);
    const after = new Set(shapes.slice(shapes.indexOf(from) + 1));
    const behind = ends.findIndex((span) => after.has(span));
    const first = direction > 0 ? Math.max(0, behind) : (behind < 0 ? ends.length : behind) - 1;
    const next = ends[((at < 0 ? first : at + direction) + ends.length) % ends.length];
    if (next) this.pointLink(linking.from, next);
  }

  /** The types that the relation in the making can have. */
  get linkTypes(): readonly RelationType[] {
    const [from, to] = this.linkEnds;
    return from && to ? typesBetween(this.types, from, to) : [];
  }

  /** The spans that the relation in the making begins at and leads to. */
  get linkEnds(): readonly [SpanShape | undefined, SpanShape | undefined] {
    const { linking, shapes } = this.state;
    const find = (wanted: string | null | undefined) => shapes.find(({ id }) => id === wanted);
    return [find(linking?.from), find(linking?.to)];
  }

  /** Make the relation in the making one of this type, or take it away where it is. Without a type, of the only one. */
  link(type?: string): void {
    const [from, to] = this.linkEnds;
    const types = this.linkTypes;
    const chosen = type ?? (types.length === 1 ? types[0]?.id : undefined);
    if (this.readOnly || !from || !to || !types.some(({ id }) => id === chosen) || chosen === undefined)
      return;
    const link = { type: chosen, to: to.id };
    const kind = hasLink(from, link) ? "unlinked" : "linked";
    this.session.commit(linkStep(this.session.shapes, from.id, link));
    this.update({ linking: null, told: { kind, from, to, type: chosen } });
  }

  endLink(): void {
    const [from] = this.linkEnds;
    this.update({ linking: null, told: from ? { kind: "chosen", span: from } : null });
  }

  /** Point at a relation: the span that it begins at is chosen. */
  chooseRelation({ key, from }: Relation<SpanShape>): void {
    this.point(from, "chosen");
    this.update({ relation: key });
  }

  removeRelation({ from, to, type }: Relation<SpanShape>): void {
    if (this.readOnly) return;
    this.session.commit(linkStep(this.session.shapes, from.id, { type, to: to.id }));
    this.update({ relation: null, told: { kind: "unlinked", from, to, type } });
  }

  /** The spans that a relation could lead to from this one. */
  private reachable(from: SpanShape): SpanShape[] {
    return this.state.shapes.filter(
      (span) => span.id !== from.id && typesBetween(this.types, from, span).length > 0,
    );
  }

  /** Lead the relation to one of the spans at a place; where one type alone is possible, it is made. */
  private leadTo(here: readonly SpanShape[]): boolean {
    const { linking } = this.state;
    const from = this.state.shapes.find(({ id }) => id === linking?.from);
    if (!linking || !from) return false;
    const reachable = new Set(this.reachable(from));
    const ends = here.filter((span) => reachable.has(span));
    const next = ends[(ends.findIndex(({ id }) => id === linking.to) + 1) % ends.length];
    if (!next) {
      this.update({ told: { kind: "leadsNowhere", span: from } });
      return true;
    }
    this.pointLink(from.id, next);
    // A second press on the same place walks to the span around it, so only what is alone there is made at once.
    const [only] = this.linkTypes;
    const isNew = only && !hasLink(from, { type: only.id, to: next.id });
    if (ends.length === 1 && this.linkTypes.length === 1 && isNew) this.link();
    return true;
  }

  private pointLink(from: string, to: SpanShape): void {
    this.update({
      linking: { from, to: to.id },
      caret: to.end,
      anchor: to.end,
      told: { kind: "leadsTo", span: to },
    });
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
    this.update({ ...FREE, chosen: span.id, caret: span.end, anchor: span.end, told: { kind, span } });
  }

  private readOut(): void {
    const { selection } = this;
    const unit = selection ?? unitAt(this.points, this.state.caret);
    const text = unit ? this.points.slice(unit.start, Math.min(unit.end, unit.start + READ)).join("") : "";
    this.update({ told: text ? { kind: "selected", text } : null });
  }

  private sync(): void {
    if (this.session.shapes === this.seen) return;
    this.seen = this.session.shapes;
    const shapes = spansOf(this.session.shapes);
    const isThere = (wanted: string | null | undefined) => shapes.some(({ id }) => id === wanted);
    const { chosen, linking } = this.state;
    const isLinking = linking && isThere(linking.from) && (linking.to === null || isThere(linking.to));
    this.update({ shapes, chosen: isThere(chosen) ? chosen : null, linking: isLinking ? linking : null });
  }

  private update(change: Partial<SpanState>): void {
    this.state = { ...this.state, ...change };
    if (!isSameButPlace(this.state, this.kept)) this.kept = this.state;
    for (const listener of this.listeners) listener();
  }
}

function isSameButPlace(a: SpanState, b: SpanState): boolean {
  const same = { caret: a.caret, anchor: a.anchor, told: a.told };
  return Object.entries({ ...b, ...same }).every(([key, value]) => a[key as keyof SpanState] === value);
}
