import type { Journal, Unsaved } from "@/annotator/journal";
import { type SaveOutcome, Session } from "@/annotator/session";
import {
  type Consensus,
  claimConflicts,
  type Resolution,
  readConsensus,
  releaseConsensus,
  resolveConsensus,
  WAITING,
} from "@/api/consensus";
import { asAppError } from "@/api/errors";
import { closeMedia, type Media, readSample } from "./media";

export interface ConflictTurn {
  row: Consensus;
  /** An answer of the reviewer's own, begun with what is agreed: on the device until it is sent. */
  readonly session: Session;
  media: Media | null;
  isBroken: boolean;
  isClosed: boolean;
  /** It was changed or decided by somebody else while it was shown. */
  isNews: boolean;
}

export interface ConflictQueueOptions {
  campaign: string;
  /** The reviewer's own, apart from that of other work. */
  journal: Journal;
  /** The sample to begin with, whatever its state is and whoever holds it. */
  first?: string | undefined;
}

const AHEAD = 2;
const HEARTBEAT_MS = 120_000;
/** The server takes no more names than this of what is held here. */
const HELD_MAX = 100;
const ONLY_WITH_THE_DECISION: SaveOutcome = { kind: "refused", reason: "" };

/** Samples whose answers differ, leased to the reviewer one after another, two ahead fetched and decoded. */
export class ConflictQueue {
  private turns: ConflictTurn[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly deciding = new Set<string>();
  private left: string[] = [];
  private hasNoNews = false;
  private isExhausted = false;
  private isFirstTaken = false;
  private life = 0;
  private reading: Promise<void> | null = null;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private kept: Map<string, Unsaved> | null = null;
  error: unknown = null;
  /** How many wait in all, as far as is known here. */
  remaining = 0;
  version = 0;

  constructor(private readonly options: ConflictQueueOptions) {}

  get current(): ConflictTurn | undefined {
    return this.turns[0];
  }

  get isDone(): boolean {
    return this.isExhausted && this.turns.length === 0;
  }

  /** How many were left for later. */
  get passed(): number {
    return this.left.length;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async start(): Promise<void> {
    this.error = null;
    this.heartbeat ??= setInterval(() => this.beat(), HEARTBEAT_MS);
    const unsaved = this.kept ? [] : await this.options.journal.unsaved().catch(() => []);
    this.kept ??= new Map(unsaved.map((work) => [work.base.item, work]));
    try {
      await this.takeFirst();
      await this.fill();
    } catch (error) {
      this.error = error;
    }
    this.changed();
  }

  /** Take what was left for later, and what has come meanwhile. */
  async again(): Promise<void> {
    this.begin();
    this.isFirstTaken = true;
    this.changed();
    await this.start();
  }

  /**
   * Make it the sample's and show the next at once. On a refusal it comes back to the front; where somebody else
   * was first, as it is now, with what they have decided.
   */
  async decide(resolution: Resolution): Promise<void> {
    const turn = this.turns.shift();
    if (!turn) return;
    const { id, revision } = turn.row;
    this.deciding.add(id);
    if (isWaiting(turn)) this.remaining = Math.max(0, this.remaining - 1);
    this.changed();
    try {
      await resolveConsensus(id, revision, resolution);
    } catch (error) {
      await this.renew(turn, error);
      if (isWaiting(turn)) this.remaining += 1;
      this.turns.unshift(turn);
      throw error;
    } finally {
      this.deciding.delete(id);
      this.more();
    }
    void turn.session.forget();
    this.close(turn);
  }

  /** Leave it for later, or to somebody else; what was drawn of it stays on the device. */
  pass(): void {
    const turn = this.turns.shift();
    if (!turn) return;
    if (isWaiting(turn)) this.left.push(turn.row.id);
    this.give(turn);
    this.more();
  }

  dispose(): void {
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
    for (const turn of this.turns) this.give(turn);
    this.turns = [];
    this.begin();
    this.isFirstTaken = false;
    this.listeners.clear();
  }

  /** Fetch and decode the sample, off the main thread. */
  decode(turn: ConflictTurn): void {
    turn.isBroken = false;
    readSample(turn.row.sample)
      .then((media) => {
        if (turn.isClosed || turn.media) closeMedia(media);
        else turn.media = media;
      })
      .catch(() => {
        turn.isBroken = true;
      })
      .finally(() => this.changed());
  }

  /** Not to be handed out again: what is on the screen, on its way to the server, or left for later. */
  private get held(): string[] {
    const here = [...this.turns.map(({ row }) => row.id), ...this.deciding];
    return [...this.left.slice(here.length - HELD_MAX), ...here];
  }

  /** As at the beginning; what is on its way to this page is not taken any more. */
  private begin(): void {
    this.life += 1;
    this.reading = null;
    this.left = [];
    this.hasNoNews = false;
    this.isExhausted = false;
    this.kept = null;
  }

  private more(): void {
    this.changed();
    this.fill()
      .catch((error: unknown) => {
        if (!this.current) this.error = error;
      })
      .finally(() => this.changed());
  }

  private async takeFirst(): Promise<void> {
    const { first, campaign } = this.options;
    if (!first || this.isFirstTaken) return;
    const { life } = this;
    const row = await readConsensus(first);
    if (life !== this.life) return;
    this.isFirstTaken = true;
    if (row.campaign === campaign) this.take([row]);
  }

  private async fill(): Promise<void> {
    const { life } = this;
    while (life === this.life && this.needsMore) {
      this.reading ??= this.read().finally(() => {
        if (life === this.life) this.reading = null;
      });
      await this.reading;
    }
  }

  /** Once the list has run dry, it is looked at again only when nothing is left on the screen. */
  private get needsMore(): boolean {
    if (this.isExhausted) return false;
    return this.current ? this.turns.length <= AHEAD && !this.hasNoNews : true;
  }

  private async read(): Promise<void> {
    const { life } = this;
    const wanted = AHEAD + 1 - this.turns.length;
    const isPastAll = !this.current;
    const claim = await claimConflicts(this.options.campaign, wanted, this.held);
    if (life !== this.life) {
      for (const row of claim.items) void releaseConsensus(row.id).catch(() => undefined);
      return;
    }
    this.remaining = Math.max(0, claim.remaining - this.deciding.size);
    this.hasNoNews = claim.items.length < wanted;
    this.isExhausted = isPastAll && claim.items.length === 0;
    this.take(claim.items);
  }

  private take(rows: readonly Consensus[]): void {
    for (const row of rows)
      if (!this.turns.some((turn) => turn.row.id === row.id)) this.turns.push(this.turnOf(row));
  }

  private turnOf(row: Consensus): ConflictTurn {
    const { campaign, journal } = this.options;
    const remote = { revision: row.revision, shapes: row.shapes, state: "draft" } as const;
    const seed = { item: row.id, campaign, annotation: row.id, remote };
    const session = new Session(seed, journal, () => Promise.resolve(ONLY_WITH_THE_DECISION));
    const kept = this.kept?.get(row.id);
    this.kept?.delete(row.id);
    // An answer of one's own is about the picture: what others have said since takes nothing from it.
    if (kept) session.restore(kept);
    const turn = { row, session, media: null, isBroken: false, isClosed: false, isNews: false };
    this.decode(turn);
    return turn;
  }

  /** What was changed or decided elsewhere is shown as it is now; the own drawing stays. */
  private async renew(turn: ConflictTurn, error: unknown): Promise<void> {
    if (asAppError(error).code !== "stale_revision") return;
    const row = await readConsensus(turn.row.id).catch(() => null);
    if (!row) return;
    turn.row = row;
    turn.isNews = true;
  }

  private give(turn: ConflictTurn): void {
    this.close(turn);
    void releaseConsensus(turn.row.id).catch(() => undefined);
  }

  private close(turn: ConflictTurn): void {
    turn.isClosed = true;
    turn.session.dispose();
    closeMedia(turn.media);
    turn.media = null;
  }

  private beat(): void {
    if (this.turns.length > 0)
      void claimConflicts(this.options.campaign, 0, this.held).catch(() => undefined);
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}

const isWaiting = ({ row }: ConflictTurn): boolean => WAITING.includes(row.state);
