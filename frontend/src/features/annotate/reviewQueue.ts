import { decodeLevels } from "@/annotator/decode";
import type { SessionJournal } from "@/annotator/journal";
import { closeLevels, type Levels } from "@/annotator/levels";
import { Session } from "@/annotator/session";
import { claimReviews, type ReviewInput, releaseItem, reviewAnnotation } from "@/api/campaigns";
import { readMedia } from "@/api/media";
import type { Item } from "@/api/types";
import { remoteOf } from "./send";

export interface ReviewTurn {
  readonly item: Item;
  readonly annotation: string;
  /** A reviewer's own copy: a fix is sent with the verdict, not saved on the way. */
  readonly session: Session;
  levels: Levels | null;
}

const AHEAD = 2;
const NO_JOURNAL: SessionJournal = {
  putBase: () => Promise.resolve(),
  append: () => Promise.resolve(),
  acknowledge: () => Promise.resolve(),
};

/** Submitted answers, leased to the reviewer, two ahead fetched and decoded. */
export class ReviewQueue {
  private turns: ReviewTurn[] = [];
  private readonly listeners = new Set<() => void>();
  isDone = false;
  error: unknown = null;
  remaining = 0;
  version = 0;

  constructor(private readonly campaign: string) {}

  get current(): ReviewTurn | undefined {
    return this.turns[0];
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async start(): Promise<void> {
    this.error = null;
    try {
      const claim = await claimReviews(this.campaign, AHEAD + 1, this.held);
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
    };
    try {
      const saved = await reviewAnnotation(turn.annotation, input);
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
    const session = new Session(seed, NO_JOURNAL, ({ revision }) =>
      Promise.resolve({ kind: "saved", revision, state: "draft" }),
    );
    const turn: ReviewTurn = { item, annotation, session, levels: null };
    readMedia(item.sample.media_url)
      .then(decodeLevels)
      .then((levels) => {
        turn.levels = levels;
        this.changed();
      })
      .catch(() => undefined);
    return turn;
  }

  private close(turn: ReviewTurn): void {
    turn.session.dispose();
    if (turn.levels) closeLevels(turn.levels);
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
