import type { AskedOf } from "@/annotator/asking";
import type { Journal, Unsaved } from "@/annotator/journal";
import { Session } from "@/annotator/session";
import { classOf, classStep } from "@/annotator/tools/class";
import { claimItems, heartbeatItem, releaseItem } from "@/api/campaigns";
import type { Item } from "@/api/types";
import { remoteOf, sendAnnotation } from "./send";

/** One picture of the page with its own answer, journal and lease. */
export interface Tile {
  readonly item: Item;
  readonly session: Session;
}

/** The server hands out no more at once. */
const CLAIM_MAX = 20;
/** Nor takes more names of what is held here. */
const HELD_MAX = 100;
const HEARTBEAT_MS = 120_000;

/**
 * A page of pictures that are classified together. Each is an item of its own: leased, kept on the device before it
 * is sent, saved and handed in by itself, so that one that is refused holds no other back.
 */
export class GridQueue {
  tiles: readonly Tile[] = [];
  remaining = 0;
  restored = 0;
  isDone = false;
  version = 0;
  /** Why a picture came back after it was handed in, for the page to show once. */
  returned: string | null = null;
  private behind: readonly Tile[] = [];
  private readonly orphans: Session[] = [];
  private done: (readonly Session[])[] = [];
  private undone: (readonly Session[])[] = [];
  private unsaved = new Map<string, Unsaved>();
  private filling: Promise<void> | null = null;
  private isLeft = false;
  private since = Date.now();
  private readonly heartbeat: ReturnType<typeof setInterval>;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly campaign: string,
    private readonly journal: Journal,
    private size: number,
  ) {
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Changes on this device that the server has not confirmed, over all pictures. */
  get pending(): number {
    return this.sessions.reduce((sum, session) => sum + session.pending, 0);
  }

  /** How many pictures of the page have a class. */
  get labeled(): number {
    return this.tiles.filter(({ session }) => classOf(session.shapes) !== null).length;
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Read what the device kept, then take the first page. What is no longer ours is sent all the same. */
  async start(): Promise<void> {
    const kept = await this.journal.unsaved();
    this.unsaved = new Map(kept.map((work) => [work.base.item, work]));
    this.restored = kept.reduce((sum, work) => sum + work.entries.length, 0);
    await this.fill();
    for (const work of this.unsaved.values()) this.adopt(work);
    this.unsaved.clear();
  }

  /** How many pictures a page has; more are taken at once, what is there stays until it is handed in. */
  async resize(size: number): Promise<void> {
    this.size = size;
    const [kept, spare] = [this.tiles.slice(0, size), this.tiles.slice(size)];
    const empty = spare.filter(({ session }) => session.shapes.length === 0 && session.pending === 0);
    this.tiles = [...kept, ...spare.filter((tile) => !empty.includes(tile))];
    for (const tile of empty) this.release(tile);
    this.changed();
    await this.fill();
  }

  /** Give these pictures of the page a class, as one step of the history. */
  classify(places: readonly number[], label: string, askedOf?: AskedOf): void {
    const touched = places.flatMap((place) => {
      const session = this.tiles[place]?.session;
      const step = session ? classStep(session.shapes, label, crypto.randomUUID(), askedOf) : [];
      if (!session || step.length === 0) return [];
      session.commit(step);
      return [session];
    });
    if (touched.length === 0) return;
    this.done.push(touched);
    this.undone = [];
    this.changed();
  }

  undo(): void {
    const touched = this.done.pop();
    if (!touched) return;
    for (const session of touched) session.undo();
    this.undone.push(touched);
    this.changed();
  }

  redo(): void {
    const touched = this.undone.pop();
    if (!touched) return;
    for (const session of touched) session.redo();
    this.done.push(touched);
    this.changed();
  }

  /** Hand in what has a class and show other pictures in their place; saving goes on behind. */
  async submitPage(): Promise<void> {
    const handed = this.tiles.filter(({ session }) => classOf(session.shapes) !== null);
    if (handed.length === 0) return;
    const seconds = (Date.now() - this.since) / 1000 / handed.length;
    this.since = Date.now();
    this.tiles = this.tiles.filter((tile) => !handed.includes(tile));
    this.behind = [...this.behind, ...handed];
    this.done = [];
    this.undone = [];
    for (const { session } of handed) {
      session.spend(seconds);
      void session.flush("submitted");
    }
    this.remaining = Math.max(0, this.remaining - handed.length);
    this.changed();
    await this.fill();
  }

  /** Settle a picture that was changed elsewhere. */
  resolve({ session }: Tile, choice: "mine" | "theirs"): void {
    void session.resolve(choice);
  }

  /** Save everything with requests that outlive the page, and give back what nobody has looked at. */
  leave(): void {
    if (this.isLeft) return;
    this.isLeft = true;
    clearInterval(this.heartbeat);
    for (const session of this.sessions) if (session.pending > 0) void session.flush(undefined, true);
    for (const tile of this.tiles)
      if (tile.session.pending === 0 && tile.session.shapes.length === 0)
        void releaseItem(tile.item.id).catch(() => undefined);
  }

  dispose(): void {
    this.leave();
    this.listeners.clear();
    for (const session of this.sessions) session.dispose();
  }

  private get sessions(): readonly Session[] {
    return [...this.tiles, ...this.behind].map(({ session }) => session).concat(this.orphans);
  }

  private get held(): string[] {
    return [...this.tiles, ...this.behind].map(({ item }) => item.id).slice(0, HELD_MAX);
  }

  private async fill(): Promise<void> {
    this.filling ??= this.claimAll().finally(() => {
      this.filling = null;
    });
    await this.filling;
  }

  private async claimAll(): Promise<void> {
    for (let missing = this.missing; missing > 0; missing = this.missing) {
      const count = Math.min(missing, CLAIM_MAX);
      const claim = await claimItems(this.campaign, count, this.held);
      if (this.isLeft) return;
      this.remaining = claim.remaining;
      const known = new Set([...this.tiles, ...this.behind].map(({ item }) => item.id));
      const fresh = claim.items.filter(({ id }) => !known.has(id)).map((item) => this.tileOf(item));
      this.tiles = [...this.tiles, ...fresh];
      if (claim.items.length < count || fresh.length === 0) break;
    }
    this.isDone = this.tiles.length === 0;
    this.changed();
  }

  private get missing(): number {
    return this.size - this.tiles.length;
  }

  private tileOf(item: Item): Tile {
    const kept = this.unsaved.get(item.id);
    this.unsaved.delete(item.id);
    const annotation = item.annotation.id ?? kept?.base.annotation ?? crypto.randomUUID();
    const session = this.sessionOf({
      ...{ item: item.id, campaign: this.campaign, annotation },
      remote: remoteOf(item.annotation),
    });
    if (kept) session.restore(kept);
    return { item, session };
  }

  private sessionOf(seed: Session["seed"]): Session {
    const session = new Session(seed, this.journal, (payload, { leaving }) =>
      sendAnnotation(payload, { leaving, held: [], onNext: null }),
    );
    session.subscribe(() => this.settle(session));
    return session;
  }

  /** What was handed in and is saved is forgotten; what was not taken comes back to the page. */
  private settle(session: Session): void {
    const tile = this.behind.find((one) => one.session === session);
    const { status } = session;
    if (tile && (!session.isSubmitted || status.kind === "conflict")) {
      this.behind = this.behind.filter((one) => one !== tile);
      this.tiles = [tile, ...this.tiles];
      this.isDone = false;
      this.returned = "reason" in status ? status.reason : null;
    } else if (tile && session.pending === 0) {
      this.behind = this.behind.filter((one) => one !== tile);
      session.dispose();
    }
    this.changed();
  }

  private adopt(work: Unsaved): void {
    const { base } = work;
    const remote = { revision: base.revision, shapes: base.shapes, state: "draft" as const };
    const session = this.sessionOf({ ...base, remote });
    this.orphans.push(session);
    session.restore(work);
  }

  private release({ item, session }: Tile): void {
    session.dispose();
    void releaseItem(item.id).catch(() => undefined);
  }

  private beat(): void {
    for (const { item } of this.tiles) void heartbeatItem(item.id).catch(() => undefined);
  }

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}
