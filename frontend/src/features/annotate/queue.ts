import type { Journal, Unsaved } from "@/annotator/journal";
import { type RefusedAt, type SaveOutcome, type SavePayload, Session } from "@/annotator/session";
import { claimItems, heartbeatItem, releaseItem, skipItem } from "@/api/campaigns";
import { asAppError } from "@/api/errors";
import type { Item } from "@/api/types";
import { afterPaint } from "@/app/afterPaint";
import { closeMedia, type Media, readSample } from "./media";
import { remoteOf, sendAnnotation } from "./send";

export interface Work {
  readonly item: Item;
  readonly session: Session;
  /** Null until decoded, and again once its memory was given back. */
  media: Media | null;
  isBroken: boolean;
}

const AHEAD = 2;
/** The server takes no more names than this of what is held here. */
const HELD_MAX = 50;
const DECODED_BEHIND = 1;
/** How far back one can step; what lies farther and is handed in and saved is let go of. */
const BEHIND_MAX = 50;
const HEARTBEAT_MS = 120_000;

/**
 * The items of one person in one campaign: the one on the screen, those behind it, and two ahead that are
 * leased, fetched and decoded. Sessions outlive their turn until the server has everything.
 */
export class WorkQueue {
  private works: Work[] = [];
  private at = 0;
  private hasNoNews = false;
  private isExhausted = false;
  private claiming: Promise<void> | null = null;
  /** Submissions under way whose answers bring an item. */
  private coming = 0;
  private readonly listeners = new Set<() => void>();
  private readonly decoding = new Set<Work>();
  private readonly orphans: Session[] = [];
  private readonly heartbeat: ReturnType<typeof setInterval>;
  private unsaved = new Map<string, Unsaved>();
  remaining = 0;
  restored = 0;
  /** What came back after it was handed in, for the page to show; null when nothing has. */
  returned: (RefusedAt & { readonly reason: string }) | null = null;
  version = 0;
  /** Whether the task was deleted, or taken from me, while it was open. */
  isGone = false;
  private isOver = false;

  constructor(
    private readonly campaign: string,
    private readonly journal: Journal,
  ) {
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  get current(): Work | undefined {
    return this.works[this.at];
  }

  get previous(): Work | undefined {
    return this.works[this.at - 1];
  }

  get next(): Work | undefined {
    return this.works[this.at + 1];
  }

  get isDone(): boolean {
    return this.isExhausted && this.at >= this.works.length;
  }

  /** Changes on this device that the server has not confirmed, over all items. */
  get pending(): number {
    return [...this.works.map((work) => work.session), ...this.orphans].reduce(
      (sum, session) => sum + session.pending,
      0,
    );
  }

  /** Why something on this device was not taken, whatever is on the screen; null when nothing was refused. */
  get refusal(): string | null {
    const sessions = [...this.works.map((work) => work.session), ...this.orphans];
    const refused = sessions.map(({ status }) => (status.kind === "device" ? status.reason : null));
    return refused.find((reason) => reason !== null) ?? null;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Read what the device kept, then take the first items. Items no longer ours are sent all the same. */
  async start(): Promise<void> {
    const kept = await this.journal.unsaved();
    // Left already: what it claimed it would give back, maybe from under the queue that came after it.
    if (this.isOver) return;
    this.unsaved = new Map(kept.map((work) => [work.base.item, work]));
    this.restored = kept.reduce((sum, work) => sum + work.entries.length, 0);
    await this.fill();
    for (const work of this.unsaved.values()) this.adopt(work);
    this.unsaved.clear();
  }

  /** Hand in the current item and show the next one at once; saving goes on behind. */
  submit(): void {
    void this.current?.session.flush("submitted");
    this.step(1);
  }

  /** To a neighbor, keeping this one as a draft. */
  move(step: 1 | -1): void {
    void this.current?.session.flush();
    this.step(step);
  }

  /** Back to the item before and into draft again. */
  takeBack(): void {
    const before = this.previous;
    if (!before) return;
    // It was counted as done, and will be again.
    if (before.session.isSubmitted && before.session.pending === 0) this.remaining += 1;
    this.step(-1);
    void before.session.flush("draft");
  }

  async skip(reason: string): Promise<void> {
    const work = this.current;
    if (!work) return;
    const answer = await skipItem(work.item.id, reason, this.held);
    this.works.splice(this.at, 1);
    this.forget(work);
    this.take(answer.next ? [answer.next] : []);
    if (!answer.next) this.hasNoNews = true;
    this.remaining = Math.max(0, this.remaining - 1);
    this.step(0);
  }

  /** Save everything with requests that outlive the page, and give back what was only prefetched. */
  leave(): void {
    clearInterval(this.heartbeat);
    for (const { session } of this.works.slice(0, this.at + 1))
      if (session.pending > 0) void session.flush(undefined, true);
    for (const { item, session } of this.works.slice(this.at))
      if (session.pending === 0 && !session.isSubmitted) void releaseItem(item.id).catch(() => undefined);
  }

  dispose(): void {
    this.isOver = true;
    this.leave();
    this.listeners.clear();
    for (const work of this.works) this.forget(work);
    this.works = [];
  }

  /**
   * Not to be handed out again: what is ahead, and drafts behind, which are one key away. Past the last item
   * the drafts come round; what was handed in does not, even while it is being saved.
   */
  private get held(): string[] {
    const stays = this.current
      ? ({ session }: Work, place: number) => place >= this.at || !session.isSubmitted
      : ({ session }: Work) => session.isSubmitted;
    return this.works
      .filter(stays)
      .slice(-HELD_MAX)
      .map((work) => work.item.id);
  }

  private step(by: number): void {
    this.at = Math.max(0, Math.min(this.at + by, this.works.length));
    const old = this.works[this.at - DECODED_BEHIND - 1];
    if (old) release(old);
    this.letGo();
    const now = this.current;
    if (now && !now.media) this.decode(now);
    // Whoever waits for the next sample shall not wait for the request for the one after it.
    afterPaint(() => this.refill());
    this.changed();
  }

  /** Fetch what is missing ahead; a task that is not there any more is noticed by it. */
  private refill(): void {
    if (this.isOver) return;
    const found = (isGone: boolean) => {
      if (this.isGone === isGone) return;
      this.isGone = isGone;
      this.changed();
    };
    this.fill().then(
      () => found(false),
      (error: unknown) => found(asAppError(error).status === 404),
    );
  }

  private letGo(): void {
    const far = this.works
      .slice(0, Math.max(0, this.at - BEHIND_MAX))
      .filter(({ session }) => session.isSubmitted && session.pending === 0);
    if (far.length === 0) return;
    this.works = this.works.filter((work) => !far.includes(work));
    this.at -= far.length;
    for (const work of far) this.forget(work);
  }

  /** How many items are wanted at the screen and ahead of it, seen from a place, that nothing under way brings. */
  private missingFrom(place: number): number {
    return AHEAD + 1 - this.coming - (this.works.length - place);
  }

  private async fill(): Promise<void> {
    const missing = this.missingFrom(this.at);
    if (missing <= 0 || this.isExhausted || (this.hasNoNews && this.current)) return;
    this.claiming ??= this.claim(missing).finally(() => {
      this.claiming = null;
    });
    await this.claiming;
    if (!this.current) await this.fill();
  }

  private async claim(count: number): Promise<void> {
    const isPastAll = !this.current;
    const claim = await claimItems(this.campaign, count, this.held);
    this.remaining = claim.remaining;
    this.hasNoNews = claim.items.length < count;
    this.isExhausted = isPastAll && claim.items.length === 0;
    this.take(claim.items);
  }

  /**
   * What was brought is kept even where there are enough: two answers may bring the same, and to give it back
   * would take it from under whoever labels it. Only once all is over nobody is left to label it.
   */
  private take(items: readonly Item[]): void {
    if (this.isOver) {
      for (const { id } of items) void releaseItem(id).catch(() => undefined);
      return;
    }
    for (const item of items) {
      const place = this.works.findIndex((work) => work.item.id === item.id);
      const known = this.works[place];
      if (!known) this.works.push(this.workOf(item));
      else if (place < this.at) this.takeAgain(known, item);
    }
    this.changed();
  }

  /**
   * An item that came back although its session lives: a draft one moved on from is worked on in that very
   * session, unless the server knows more. Two sessions of one item would refuse each other's saves.
   */
  private takeAgain(work: Work, item: Item): void {
    const isNews = work.session.wantsNewsOf(item.annotation.revision);
    if (!isNews && work.session.isSubmitted) return;
    this.works.splice(this.works.indexOf(work), 1);
    this.at -= 1;
    if (isNews) this.forget(work);
    this.works.push(isNews ? this.workOf(item) : work);
    if (!isNews && !work.media) this.decode(work);
  }

  private workOf(item: Item): Work {
    const kept = this.unsaved.get(item.id);
    this.unsaved.delete(item.id);
    const annotation = item.annotation.id ?? kept?.base.annotation ?? crypto.randomUUID();
    const seed = { item: item.id, campaign: this.campaign, annotation, remote: remoteOf(item.annotation) };
    const session = this.sessionOf(seed);
    if (kept) session.restore(kept);
    const work: Work = { item, session, media: null, isBroken: false };
    this.decode(work);
    return work;
  }

  /** Fetch and decode a work's sample, off the main thread. */
  decode(work: Work): void {
    if (this.decoding.has(work)) return;
    this.decoding.add(work);
    work.isBroken = false;
    readSample(work.item.sample)
      .then((media) => {
        if (work.media) closeMedia(media);
        else work.media = media;
      })
      .catch(() => {
        work.isBroken = true;
      })
      .finally(() => {
        this.decoding.delete(work);
        this.changed();
      });
  }

  private sessionOf(seed: Session["seed"]): Session {
    const session = new Session(seed, this.journal, (payload, { leaving }) => this.send(payload, leaving));
    session.subscribe(() => this.changed());
    return session;
  }

  private async send(payload: SavePayload, leaving: boolean): Promise<SaveOutcome> {
    const isHandedIn = payload.state === "submitted";
    // What is handed in from the screen is sent before the next one is shown.
    const place = this.at + (this.current?.item.id === payload.item ? 1 : 0);
    // What was taken back has its successors ahead already: whatever came on top would stay there for good.
    const brings = isHandedIn && !leaving && !this.isOver && this.missingFrom(place) > 0 ? 1 : 0;
    this.coming += brings;
    const onNext = brings > 0 ? (next: Item | null) => this.take(next ? [next] : []) : null;
    const outcome = await sendAnnotation(payload, { leaving, held: this.held, onNext }).finally(() => {
      this.coming -= brings;
    });
    if ("at" in outcome && outcome.at && isHandedIn)
      this.returns(payload.item, { ...outcome.at, reason: outcome.reason ?? "" });
    if (isHandedIn && outcome.kind === "saved" && outcome.state === "submitted")
      this.remaining = Math.max(0, this.remaining - 1);
    if (brings > 0) this.refill();
    return outcome;
  }

  /** Bring an item back on the stage that the server did not take. */
  private returns(item: string, returned: NonNullable<WorkQueue["returned"]>): void {
    const place = this.works.findIndex((work) => work.item.id === item);
    if (place < 0) return;
    this.returned = returned;
    this.step(place - this.at);
  }

  /** Work the device kept of an item that is not on the screen: sent on its own. */
  private adopt({ base, entries }: Unsaved): void {
    const remote = { revision: base.revision, shapes: base.shapes, state: "draft" as const };
    const session = this.sessionOf({
      item: base.item,
      campaign: base.campaign,
      annotation: base.annotation,
      remote,
    });
    this.orphans.push(session);
    session.restore({ base, entries });
  }

  private forget(work: Work): void {
    work.session.dispose();
    release(work);
  }

  private beat(): void {
    for (const { item, session } of this.works.slice(this.at))
      if (!session.isSubmitted) void heartbeatItem(item.id).catch(() => undefined);
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}

function release(work: Work): void {
  closeMedia(work.media);
  work.media = null;
}
