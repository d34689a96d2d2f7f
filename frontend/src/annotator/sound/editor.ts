import { type AskedOf, askedAnew, begun } from "../asking";
import { addStep, changeStep, removeStep, type Shape } from "../model";
import type { Session } from "../session";
import { between, withEdge, within } from "./moments";
import { type Edge, NO_REGIONS, type RegionShape, type RegionState, regionsOf } from "./regions";

/** What plays the recording: where it is, and the way to another moment. */
export interface Player {
  now: () => number;
  seek: (seconds: number) => void;
}

/** Regions of one recording: a playhead, and the commands that keys, the mouse and buttons call. */
export class RegionEditor {
  private state = NO_REGIONS;
  private readonly listeners = new Set<() => void>();
  private readonly unsubscribe: () => void;
  private rested = 0;

  /** Whether the regions are only looked at. */
  readOnly = false;
  /** What classes ask of their regions. */
  askedOf: AskedOf = () => [];
  player: Player | null = null;

  /** `duration` is how long the recording lasts, in seconds. */
  constructor(
    readonly duration: number,
    private readonly session: Session,
    label = "",
  ) {
    this.state = { ...NO_REGIONS, label, shapes: regionsOf(session.shapes) };
    this.unsubscribe = session.subscribe(() => this.sync());
  }

  get current(): RegionState {
    return this.state;
  }

  get chosen(): RegionShape | undefined {
    return this.state.shapes.find(({ id }) => id === this.state.chosen);
  }

  /** The playhead, where keys act. */
  get head(): number {
    return within(this.player?.now() ?? this.rested, this.duration);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  dispose(): void {
    this.unsubscribe();
    this.listeners.clear();
  }

  moveBy(seconds: number): void {
    this.moveTo(this.head + seconds);
  }

  moveTo(seconds: number): void {
    this.rested = within(seconds, this.duration);
    this.player?.seek(this.rested);
  }

  /** Move the beginning of the chosen region to the playhead; behind its end, or where none is chosen, begin a new one. */
  markStart(): void {
    if (this.readOnly) return;
    const { chosen, head } = this;
    if (chosen && head < chosen.end) this.resize(chosen.id, "start", head);
    else this.update({ from: head, chosen: null, told: { kind: "begun", at: head } });
  }

  /** End the region that was begun, else move the end of the chosen one to the playhead. */
  markEnd(): void {
    if (this.readOnly) return;
    const { chosen, head } = this;
    const { from } = this.state;
    if (from !== null) this.add(from, head);
    else if (chosen) this.resize(chosen.id, "end", head);
    else this.update({ told: { kind: "nothing" } });
  }

  /** Move an edge of the chosen region. */
  nudge(edge: Edge, seconds: number): void {
    const { chosen } = this;
    if (chosen) this.resize(chosen.id, edge, chosen[edge] + seconds);
  }

  /** Put an edge of a region elsewhere; nothing where it would be turned inside out. */
  resize(id: string, edge: Edge, seconds: number): void {
    const region = this.state.shapes.find((shape) => shape.id === id);
    const moved = region && withEdge(region, edge, seconds, this.duration);
    if (this.readOnly || !region) return;
    if (!moved) this.update({ told: { kind: "nothing" } });
    else this.change(region, { ...region, ...moved, source: "human" });
  }

  /** A region of the class at hand between two moments. */
  add(a: number, b: number): void {
    const range = between(a, b, this.duration);
    const { label } = this.state;
    if (this.readOnly) return;
    if (!range || !label) {
      this.update({ told: { kind: "nothing" } });
      return;
    }
    const made: Shape = { id: crypto.randomUUID(), kind: "region", label, source: "human" };
    const region: RegionShape = { ...begun(made, this.askedOf(label)), ...range };
    const same = this.twin(region);
    if (!same) this.session.commit(addStep(this.session.shapes, [region]));
    this.point(same ?? region, same ? "again" : "added");
  }

  /** Give the chosen region this class; end the region that was begun as one of it, or make it the class at hand. */
  setLabel(label: string): void {
    if (this.readOnly) return;
    const { chosen } = this;
    const { from } = this.state;
    this.update({ label });
    if (chosen) {
      const asked = askedAnew(
        { ...chosen, label, source: "human" },
        this.askedOf(chosen.label),
        this.askedOf(label),
      );
      this.change(chosen, { ...asked, start: chosen.start, end: chosen.end });
    } else if (from !== null && between(from, this.head, this.duration)) this.add(from, this.head);
    else this.update({ told: { kind: "class", label } });
  }

  /** Choose a region and go to its beginning. */
  choose(id: string): void {
    const region = this.state.shapes.find((shape) => shape.id === id);
    if (!region) return;
    this.point(region, "chosen");
    this.moveTo(region.start);
  }

  /** The region at a moment: the shortest, and at each further call the next around it. False where there is none. */
  chooseAt(seconds: number): boolean {
    const here = this.state.shapes
      .filter(({ start, end }) => start <= seconds && seconds < end)
      .sort((a, b) => a.end - a.start - (b.end - b.start));
    const next = here[(here.findIndex(({ id }) => id === this.state.chosen) + 1) % here.length];
    if (next) this.point(next, "chosen");
    return next !== undefined;
  }

  /** To the next region or the one before. False when there is none. */
  walk(direction: 1 | -1): boolean {
    const { shapes, chosen } = this.state;
    if (shapes.length === 0) return false;
    const at = shapes.findIndex(({ id }) => id === chosen);
    const { head } = this;
    const near = direction > 0 ? shapes.findIndex(({ start }) => start >= head) : -1;
    const from = at >= 0 ? at + direction : direction > 0 ? Math.max(0, near) : shapes.length - 1;
    const next = shapes[(from + shapes.length) % shapes.length];
    if (next) this.choose(next.id);
    return true;
  }

  remove(): void {
    const { chosen } = this;
    if (!chosen || this.readOnly) return;
    this.session.commit(removeStep(this.session.shapes, new Set([chosen.id])));
    this.update({ chosen: null, told: { kind: "deleted", region: chosen } });
  }

  undo(): void {
    this.session.undo();
    this.update({ told: { kind: "undone" } });
  }

  redo(): void {
    this.session.redo();
    this.update({ told: { kind: "redone" } });
  }

  /** Let go of the region that was begun, then of the chosen one. False when there was neither. */
  clear(): boolean {
    const { from, chosen } = this.state;
    if (from !== null) this.update({ from: null, told: null });
    else if (chosen) this.update({ chosen: null, told: null });
    return from !== null || chosen !== null;
  }

  private change(before: RegionShape, after: RegionShape): void {
    if (this.twin(after)) {
      this.update({ told: { kind: "again", region: after } });
      return;
    }
    this.session.commit(changeStep(this.session.shapes, new Set([before.id]), () => after));
    this.point(after, "changed");
  }

  /** Another region that says the same. */
  private twin(region: RegionShape): RegionShape | undefined {
    return this.state.shapes.find(
      ({ id, label, start, end }) =>
        id !== region.id && label === region.label && start === region.start && end === region.end,
    );
  }

  private point(region: RegionShape, kind: "added" | "chosen" | "changed" | "again"): void {
    this.update({ chosen: region.id, from: null, told: { kind, region } });
  }

  private sync(): void {
    const shapes = regionsOf(this.session.shapes);
    const isThere = shapes.some(({ id }) => id === this.state.chosen);
    this.update({ shapes, chosen: isThere ? this.state.chosen : null });
  }

  private update(change: Partial<RegionState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
