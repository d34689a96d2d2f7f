import { decodeLevels } from "@/annotator/decode";
import type { Journal, Unsaved } from "@/annotator/journal";
import { closeLevels, type Levels } from "@/annotator/levels";
import { type SaveOutcome, Session } from "@/annotator/session";
import {
  type Consensus,
  type Resolution,
  readConsensus,
  resolveConsensus,
  WAITING,
  waitingAfter,
} from "@/api/consensus";
import { asAppError } from "@/api/errors";
import { readMedia } from "@/api/media";

export interface ConflictTurn {
  row: Consensus;
  /** An answer of the reviewer's own, begun with what is agreed: on the device until it is sent. */
  readonly session: Session;
  levels: Levels | null;
  isBroken: boolean;
  isClosed: boolean;
  /** It was changed or decided by somebody else while it was shown. */
  isNews: boolean;
}

export interface ConflictQueueOptions {
  campaign: string;
  /** The reviewer's own, apart from that of other work. */
  journal: Journal;
  /** How many waited when the page was opened. */
  waiting: number;
  /** The sample to begin with, whatever its state is. */
  first?: string | undefined;
}

const AHEAD = 2;
const ONLY_WITH_THE_DECISION: SaveOutcome = { kind: "refused", reason: "" };

/** Samples whose answers differ, one after another, two ahead fetched and decoded. */
export class ConflictQueue {
  private turns: ConflictTurn[] = [];
  private readonly listeners = new Set<() => void>();
  private cursor = "";
  private isRead = false;
  private isFirstTaken = false;
  private life = 0;
  private waiting: number;
  private reading: Promise<void> | null = null;
  private kept: Map<string, Unsaved> | null = null;
  error: unknown = null;
  /** How many were left for later. */
  passed = 0;
  version = 0;

  constructor(private readonly options: ConflictQueueOptions) {
    this.waiting = options.waiting;
  }

  get current(): ConflictTurn | undefined {
    return this.turns[0];
  }

  /** How many wait, of which this page has seen as many as it holds. */
  get remaining(): number {
    return Math.max(this.waiting, this.turns.filter(isWaiting).length);
  }

  get isDone(): boolean {
    return this.isRead && this.turns.length === 0;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async start(): Promise<void> {
    this.error = null;
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

  /** Look at the list anew: what was left for later, and what has come meanwhile. */
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
    if (isWaiting(turn)) this.waiting -= 1;
    this.more();
    try {
      await resolveConsensus(turn.row.id, turn.row.revision, resolution);
    } catch (error) {
      await this.renew(turn, error);
      if (isWaiting(turn)) this.waiting += 1;
      this.turns.unshift(turn);
      this.changed();
      throw error;
    }
    void turn.session.forget();
    this.close(turn);
    this.changed();
  }

  /** Leave it for later; what was drawn of it stays on the device. */
  pass(): void {
    const turn = this.turns.shift();
    if (!turn) return;
    if (isWaiting(turn)) this.passed += 1;
    this.close(turn);
    this.more();
  }

  dispose(): void {
    for (const turn of this.turns) this.close(turn);
    this.turns = [];
    this.begin();
    this.isFirstTaken = false;
    this.listeners.clear();
  }

  /** Fetch and decode the picture, off the main thread. */
  decode(turn: ConflictTurn): void {
    turn.isBroken = false;
    readMedia(turn.row.sample.media_url)
      .then(decodeLevels)
      .then((levels) => {
        if (turn.isClosed || turn.levels) closeLevels(levels);
        else turn.levels = levels;
      })
      .catch(() => {
        turn.isBroken = true;
      })
      .finally(() => this.changed());
  }

  /** From the beginning of the list; a page of it that is on its way is not taken any more. */
  private begin(): void {
    this.life += 1;
    this.reading = null;
    this.cursor = "";
    this.isRead = false;
    this.passed = 0;
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
    while (life === this.life && !this.isRead && this.turns.length <= AHEAD) {
      this.reading ??= this.read().finally(() => {
        if (life === this.life) this.reading = null;
      });
      await this.reading;
    }
  }

  private async read(): Promise<void> {
    const { life } = this;
    const { rows, cursor } = await waitingAfter(this.options.campaign, this.cursor, AHEAD + 1);
    if (life !== this.life) return;
    this.cursor = cursor ?? "";
    this.isRead = cursor === undefined;
    this.take(rows);
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
    const turn = { row, session, levels: null, isBroken: false, isClosed: false, isNews: false };
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

  private close(turn: ConflictTurn): void {
    turn.isClosed = true;
    turn.session.dispose();
    if (turn.levels) closeLevels(turn.levels);
    turn.levels = null;
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}

const isWaiting = ({ row }: ConflictTurn): boolean => WAITING.includes(row.state);
