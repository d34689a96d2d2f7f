import { History } from "./history";
import type { JournalBase, SessionJournal, Unsaved } from "./journal";
import { applyStep, isSameState, mergeShapes, replaceStep, type Shapes, type Step } from "./model";

export type Intent = "draft" | "submitted";

/** The server's copy of an annotation. */
export interface Remote {
  readonly revision: number;
  readonly shapes: Shapes;
  readonly state: Intent;
}

export interface SavePayload {
  readonly item: string;
  readonly annotation: string;
  readonly revision: number;
  readonly shapes: Shapes;
  readonly state: Intent;
  readonly seconds: number;
}

/** What a save came to. The session decides what it means; who sends it decides how. */
export type SaveOutcome =
  | {
      readonly kind: "saved";
      readonly revision: number;
      readonly state: Intent;
      readonly reason?: string;
      readonly at?: RefusedAt;
    }
  | { readonly kind: "stale"; readonly current: Remote }
  | { readonly kind: "unreachable"; readonly reason?: string }
  | { readonly kind: "refused"; readonly reason: string; readonly at?: RefusedAt };

/** The object that a submission was refused for, and what it should say. */
export interface RefusedAt {
  readonly shape: string;
  readonly attribute: string;
}

export type Send = (payload: SavePayload, options: { leaving: boolean }) => Promise<SaveOutcome>;

export type Status =
  | { readonly kind: "saved"; readonly reason: string | null }
  | { readonly kind: "saving"; readonly changes: number }
  | { readonly kind: "device"; readonly changes: number; readonly reason: string | null }
  | { readonly kind: "conflict"; readonly theirs: Remote };

export interface SessionSeed {
  readonly item: string;
  readonly campaign: string;
  readonly annotation: string;
  readonly remote: Remote;
}

const REST_MS = 600;
const RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;

/**
 * One item's work: its shapes with undo, its journal and its saving. The status is derived from what was
 * acknowledged, never set by hand, so that it cannot say "saved" of something that is not.
 */
export class Session {
  readonly seed: SessionSeed;
  private readonly history: History;
  private readonly listeners = new Set<() => void>();
  private revision: number;
  private confirmed: Shapes;
  private remoteState: Intent;
  private intent: Intent;
  private seq = 0;
  private acknowledged = 0;
  private failures = 0;
  private reason: string | null = null;
  private theirs: Remote | null = null;
  private inFlight: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private seconds = 0;
  private journaled: Promise<unknown> = Promise.resolve();
  private cached: Status = { kind: "saved", reason: null };

  constructor(
    seed: SessionSeed,
    private readonly journal: SessionJournal,
    private readonly send: Send,
  ) {
    this.seed = seed;
    this.history = new History(seed.remote.shapes);
    this.revision = seed.remote.revision;
    this.confirmed = seed.remote.shapes;
    this.remoteState = seed.remote.state;
    this.intent = seed.remote.state;
  }

  get shapes(): Shapes {
    return this.history.shapes;
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  get status(): Status {
    return this.cached;
  }

  get isSubmitted(): boolean {
    return this.intent === "submitted";
  }

  /** Unconfirmed changes; handing in and taking back count as one. */
  get pending(): number {
    return this.seq - this.acknowledged + (this.intent === this.remoteState ? 0 : 1);
  }

  /** Whether the server's copy of this revision knows more than this session. */
  wantsNewsOf(revision: number): boolean {
    return this.pending === 0 && revision > this.revision;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Count time spent, for the next save. */
  spend(seconds: number): void {
    this.seconds += seconds;
  }

  commit(step: Step): void {
    if (step.length > 0) this.record(this.history.commit(step));
  }

  undo(): void {
    this.record(this.history.undo());
  }

  redo(): void {
    this.record(this.history.redo());
  }

  /** Put back what the journal kept. Another revision at the server than the journal began with is a conflict. */
  restore(work: Unsaved): void {
    const mine = work.entries.reduce((shapes, entry) => applyStep(shapes, entry.step), work.base.shapes);
    this.intent = work.base.intent;
    this.seq = Math.max(0, ...work.entries.map((entry) => entry.seq));
    const { remote } = this.seed;
    const isKnown =
      isSameState(mine, remote.shapes) && (this.intent === "draft" || remote.state === "submitted");
    if (!isSameState(mine, remote.shapes)) this.history.commit(replaceStep(remote.shapes, mine));
    if (isKnown) {
      this.acknowledged = this.seq;
      void this.journal.acknowledge(this.base(), this.seq, true);
    } else if (remote.revision !== work.base.revision) this.theirs = remote;
    else this.schedule(0);
    if (!isKnown) {
      this.confirmed = work.base.shapes;
      this.revision = work.base.revision;
    }
    this.changed();
  }

  /** Save now and, with "submitted", hand it in. Resolves when the attempt is over, however it went. */
  async flush(intent: Intent = this.intent, leaving = false): Promise<void> {
    if (intent !== this.intent) {
      this.intent = intent;
      this.journaled = this.journal.putBase(this.base());
      this.changed();
    }
    clearTimeout(this.timer);
    while (this.inFlight && !leaving) await this.inFlight;
    if (this.pending === 0 || this.theirs) return;
    this.inFlight = this.attempt(leaving).finally(() => {
      this.inFlight = null;
      this.changed();
    });
    this.changed();
    await this.inFlight;
  }

  /** Settle a conflict: keep mine, take theirs, or both together. */
  async resolve(choice: "mine" | "theirs" | "both"): Promise<void> {
    const { theirs } = this;
    if (!theirs) return;
    this.theirs = null;
    this.revision = theirs.revision;
    this.remoteState = theirs.state;
    const wanted =
      choice === "theirs"
        ? theirs.shapes
        : choice === "both"
          ? mergeShapes(theirs.shapes, this.shapes)
          : this.shapes;
    if (choice === "theirs") this.intent = theirs.state;
    if (!isSameState(this.shapes, wanted)) this.history.commit(replaceStep(this.shapes, wanted));
    this.rebase(theirs, wanted);
    this.changed();
    await this.flush();
  }

  /** The changes went to the server another way, or nobody wants them: the device need not keep them. */
  async forget(): Promise<void> {
    clearTimeout(this.timer);
    this.acknowledged = this.seq;
    await this.journaled.catch(() => undefined);
    await this.journal.acknowledge(this.base(), this.seq, true).catch(() => undefined);
  }

  /** Stop the timers. What is not saved stays in the journal. */
  dispose(): void {
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  /** Begin the journal anew on the server's version, with one step from it to what is wanted. */
  private rebase(theirs: Remote, wanted: Shapes): void {
    const upTo = this.seq;
    this.confirmed = theirs.shapes;
    this.acknowledged = upTo;
    const isComplete = isSameState(theirs.shapes, wanted) && this.intent === theirs.state;
    this.journaled = this.journal.acknowledge(this.base(), upTo, isComplete).catch(() => undefined);
    if (!isSameState(theirs.shapes, wanted)) this.write(replaceStep(theirs.shapes, wanted));
  }

  private record(step: Step | null): void {
    if (!step || step.length === 0) return;
    // Changing what was handed in takes it back into one's hands.
    this.intent = "draft";
    this.write(step);
    this.schedule(REST_MS);
    this.changed();
  }

  private write(step: Step): void {
    const base = this.seq === this.acknowledged ? this.base() : undefined;
    this.seq += 1;
    this.journaled = this.journal
      .append({ item: this.seed.item, seq: this.seq, step }, base)
      .catch(() => undefined);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private async attempt(leaving: boolean): Promise<void> {
    const upTo = this.seq;
    const payload: SavePayload = {
      item: this.seed.item,
      annotation: this.seed.annotation,
      revision: this.revision,
      shapes: this.shapes,
      state: this.intent,
      seconds: Math.round(this.seconds),
    };
    const outcome = await this.send(payload, { leaving }).catch((): SaveOutcome => ({ kind: "unreachable" }));
    await this.settle(outcome, payload, upTo);
  }

  private async settle(outcome: SaveOutcome, sent: SavePayload, upTo: number): Promise<void> {
    if (outcome.kind === "stale") {
      await this.settleStale(outcome.current, sent, upTo);
      return;
    }
    if (outcome.kind === "saved") {
      await this.settleSaved(outcome, sent, upTo);
      return;
    }
    this.reason = outcome.reason ?? null;
    // What may not be handed in yet may be kept: it is a draft again.
    const isHeldBack = outcome.kind === "refused" && outcome.at !== undefined && sent.state === "submitted";
    if (isHeldBack && this.intent === "submitted") {
      this.intent = "draft";
      this.journaled = this.journal.putBase(this.base()).catch(() => undefined);
      if (this.pending > 0) this.schedule(0);
      return;
    }
    const delay = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? REST_MS;
    this.failures += 1;
    if (outcome.kind === "unreachable") this.schedule(delay);
  }

  /** A save whose answer was lost looks stale on the second try though the server holds exactly it. */
  private async settleStale(current: Remote, sent: SavePayload, upTo: number): Promise<void> {
    if (isSameState(current.shapes, sent.shapes) && current.state === sent.state)
      await this.settleSaved({ kind: "saved", revision: current.revision, state: current.state }, sent, upTo);
    else this.theirs = current;
  }

  private async settleSaved(
    saved: Extract<SaveOutcome, { kind: "saved" }>,
    sent: SavePayload,
    upTo: number,
  ): Promise<void> {
    this.revision = saved.revision;
    this.confirmed = sent.shapes;
    this.remoteState = saved.state;
    // The server may keep a submission as a draft and say why: it is saved, but not handed in.
    if (sent.state !== saved.state && this.intent === sent.state) this.intent = saved.state;
    this.acknowledged = Math.max(this.acknowledged, upTo);
    this.failures = 0;
    this.reason = saved.reason ?? null;
    this.seconds = Math.max(0, this.seconds - sent.seconds);
    const isComplete = this.pending === 0;
    await this.journaled.catch(() => undefined);
    await this.journal.acknowledge(this.base(), upTo, isComplete).catch(() => undefined);
    if (!isComplete) this.schedule(REST_MS);
  }

  private base(): JournalBase {
    const { item, campaign, annotation } = this.seed;
    const { revision, confirmed: shapes, intent, seconds } = this;
    return { item, campaign, annotation, revision, shapes, intent, seconds };
  }

  private changed(): void {
    this.cached = this.deriveStatus();
    for (const listener of this.listeners) listener();
  }

  private deriveStatus(): Status {
    if (this.theirs) return { kind: "conflict", theirs: this.theirs };
    if (this.pending === 0) return { kind: "saved", reason: this.reason };
    if (this.inFlight && this.failures === 0) return { kind: "saving", changes: this.pending };
    return { kind: "device", changes: this.pending, reason: this.reason };
  }
}
