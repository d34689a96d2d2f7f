import type { Shapes, Step } from "./model";

/** What the server last confirmed of an item, and what is to become of it. */
export interface JournalBase {
  readonly item: string;
  readonly campaign: string;
  readonly annotation: string;
  readonly revision: number;
  readonly shapes: Shapes;
  readonly intent: "draft" | "submitted";
  readonly seconds: number;
}

export interface JournalEntry {
  readonly item: string;
  readonly seq: number;
  readonly step: Step;
}

/** Work of one item that the server has not confirmed. */
export interface Unsaved {
  readonly base: JournalBase;
  readonly entries: readonly JournalEntry[];
}

const DB_NAME = "studio-annotator";
const DB_VERSION = 1;

/** What a session needs of a journal. */
export interface SessionJournal {
  putBase(base: JournalBase): Promise<void>;
  append(entry: JournalEntry, base?: JournalBase): Promise<void>;
  acknowledge(base: JournalBase, seq: number, isComplete: boolean): Promise<void>;
}

/**
 * Every operation, on the device before the next frame; erased only when the server has acknowledged it.
 * One database per person, so that a shared machine never mixes two people's work.
 */
export class Journal implements SessionJournal {
  private readonly opened: Promise<IDBDatabase>;

  constructor(person: string, factory: IDBFactory = indexedDB) {
    this.opened = open(factory, `${DB_NAME}:${person}`);
  }

  /** Remember where an item stands at the server before its first operation, or that it shall be submitted. */
  async putBase(base: JournalBase): Promise<void> {
    const db = await this.opened;
    await finished(write(db, ["bases"], (store) => store("bases").put(base)));
  }

  /** Add one operation, the first with its base. The promise is fulfilled once it is on the device. */
  async append(entry: JournalEntry, base?: JournalBase): Promise<void> {
    const db = await this.opened;
    await finished(
      write(db, ["bases", "steps"], (store) => {
        if (base) store("bases").put(base);
        store("steps").put(entry);
      }),
    );
  }

  /** The server has everything up to `seq`: forget it, and remember the new base. */
  async acknowledge(base: JournalBase, seq: number, isComplete: boolean): Promise<void> {
    const db = await this.opened;
    await finished(
      write(db, ["bases", "steps"], (store) => {
        store("steps").delete(IDBKeyRange.bound([base.item, 0], [base.item, seq]));
        if (isComplete) store("bases").delete(base.item);
        else store("bases").put(base);
      }),
    );
  }

  /** Everything not confirmed, by item, operations in order. */
  async unsaved(): Promise<Unsaved[]> {
    const db = await this.opened;
    const transaction = db.transaction(["bases", "steps"]);
    const bases = all<JournalBase>(transaction.objectStore("bases"));
    const steps = all<JournalEntry>(transaction.objectStore("steps"));
    const [found, entries] = await Promise.all([bases, steps]);
    return found
      .map((base) => ({ base, entries: entries.filter((entry) => entry.item === base.item) }))
      .filter((work) => work.entries.length > 0 || work.base.intent === "submitted");
  }

  async close(): Promise<void> {
    (await this.opened).close();
  }
}

function open(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  const request = factory.open(name, DB_VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("bases", { keyPath: "item" });
    request.result.createObjectStore("steps", { keyPath: ["item", "seq"] });
  };
  return result(request);
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the device's storage refused"));
  });
}

function all<T>(store: IDBObjectStore): Promise<T[]> {
  const request: IDBRequest<T[]> = store.getAll();
  return result(request);
}

function write(
  db: IDBDatabase,
  stores: string[],
  fill: (store: (name: string) => IDBObjectStore) => void,
): IDBTransaction {
  const transaction = db.transaction(stores, "readwrite");
  fill((name) => transaction.objectStore(name));
  transaction.commit();
  return transaction;
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the device's storage refused"));
  });
}
