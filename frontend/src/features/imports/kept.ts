const DATABASE = "studio-imports";
const STORE = "files";
const KEEP_BYTES = 2 * 1024 ** 3;

/** Whether files are remembered at all; of too many bytes the browser keeps none. */
export function isKept(files: readonly Pick<File, "size">[]): boolean {
  return files.reduce((sum, file) => sum + file.size, 0) <= KEEP_BYTES;
}

/** The files of an upload that had not ended when the page closed. */
export interface Kept {
  dataset: string;
  files: File[];
}

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "dataset" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function inStore<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((done, failed) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });
  } finally {
    database.close();
  }
}

/** Remember files until their import has begun; too large ones are not, and have to be chosen again. */
export async function keepFiles(kept: Kept): Promise<void> {
  if (!isKept(kept.files)) return;
  await inStore("readwrite", (store) => store.put(kept)).catch(() => undefined);
}

/** The files remembered for this data set. */
export async function keptFiles(dataset: string): Promise<File[]> {
  const kept: Kept | undefined = await inStore<Kept | undefined>("readonly", (store) =>
    store.get(dataset),
  ).catch(() => undefined);
  return kept?.files ?? [];
}

export async function forgetFiles(dataset: string): Promise<void> {
  await inStore("readwrite", (store) => store.delete(dataset)).catch(() => undefined);
}
