import type { Journal, Unsaved } from "@/annotator/journal";
import { type SaveOutcome, Session } from "@/annotator/session";
import { claimReviews, type ReviewInput, releaseItem, reviewAnnotation } from "@/api/campaigns";
import type { Item } from "@/api/types";
import { refreshAcceptances } from "@/api/work";
import { closeMedia, type Media, readSample } from "./media";
import { remoteOf } from "./send";

export interface ReviewTurn {
  readonly item: Item;
  readonly annotation: string;
  /** A reviewer's own copy: a fix is on the device until it is sent with the verdict. */
  readonly session: Session;
  media: Media | null;
}

const AHEAD = 2;
const ONLY_WITH_THE_VERDICT: SaveOutcome = { kind: "refused", reason: "" };

/** Submitted answers, leased to the reviewer, two ahead fetched and decoded. */
export class ReviewQueue {
  private turns: ReviewTurn[] = [];
  private readonly listeners = new Set<() => void>();
  isDone = false;
  error: unknown = null;
  remaining = 0;
  version = 0;
  private kept: Map<string, Unsaved> | null = null;

  /** `journal` is the reviewer's own, apart from that of the work done as an annotator. */
  constructor(
    private readonly campaign: string,
    private readonly journal: Journal,
    /** A batch: only its drawn part is judged. */
    private readonly acceptance?: string,
  ) {}

  get current(): ReviewTurn | undefined {
    return this.turns[0];
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async start(): Promise<void> {
    this.error = null;
    const unsaved = this.kept ? [] : await this.journal.unsaved().catch(() => []);
    this.kept ??= new Map(unsaved.map((work) => [work.base.item, work]));
    try {
      const claim = await claimReviews(this.campaign, AHEAD + 1, this.held, this.acceptance);
      this.remaining = claim.remaining;
      this.isDone = claim.items.length === 0;
      this.take(claim.items);
    } catch (error) {
      this.error = error;
    }
    this.changed();
  }

  /** Say what the reviewer thinks and show the next at once; on a refusal the answer comes back to the front. */
  async decide(verdict: ReviewInput["verdict"], reason = ""): Promise<void> {
    const turn = this.turns.shift();
    if (!turn) return;
    this.remaining = Math.max(0, this.remaining - 1);
    this.changed();
    const fix = verdict === "fix" ? { shapes: turn.session.shapes } : {};
    const input = {
      verdict,
      reason,
      revision: turn.item.annotation.revision,
      next: true,
      held: this.held,
      ...fix,
      ...(this.acceptance ? { acceptance: this.acceptance } : {}),
    };
    try {
      const saved = await reviewAnnotation(turn.annotation, input);
      if (this.acceptance) void refreshAcceptances(this.campaign);
      void turn.session.forget();
      this.close(turn);
      this.take(saved.next ? [saved.next] : []);
      this.isDone = !saved.next;
      this.changed();
    } catch (error) {
      this.turns.unshift(turn);
      this.remaining += 1;
      this.changed();
      throw error;
    }
  }

  /** Leave this answer to somebody else. */
  pass(): void {
    const turn = this.turns.shift();
    if (!turn) return;
    void turn.session.forget();
    this.close(turn);
    void releaseItem(turn.item.id).catch(() => undefined);
    if (this.turns.length === 0) void this.start();
    this.changed();
  }

  dispose(): void {
    for (const turn of this.turns) {
      void releaseItem(turn.item.id).catch(() => undefined);
      this.close(turn);
    }
    this.turns = [];
    this.listeners.clear();
  }

  private get held(): string[] {
    return this.turns.map((turn) => turn.item.id);
  }

  private take(items: readonly Item[]): void {
    for (const item of items) {
      const annotation = item.annotation.id;
      if (annotation && !this.held.includes(item.id)) this.turns.push(this.turnOf(item, annotation));
    }
  }

  private turnOf(item: Item, annotation: string): ReviewTurn {
    const seed = { item: item.id, campaign: this.campaign, annotation, remote: remoteOf(item.annotation) };
    const session = new Session(seed, this.journal, () => Promise.resolve(ONLY_WITH_THE_VERDICT));
    const kept = this.kept?.get(item.id);
    this.kept?.delete(item.id);
    if (kept?.base.revision === item.annotation.revision) session.restore(kept);
    // Another answer than the one that was being mended: what was begun says nothing about it.
    else if (kept)
      void this.journal.acknowledge(kept.base, Number.MAX_SAFE_INTEGER, true).catch(() => undefined);
    const turn: ReviewTurn = { item, annotation, session, media: null };
    readSample(item.sample)
      .then((media) => {
        turn.media = media;
        this.changed();
      })
      .catch(() => undefined);
    return turn;
  }

  private close(turn: ReviewTurn): void {
    turn.session.dispose();
    closeMedia(turn.media);
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
