import type { Levels } from "./levels";

interface Answer {
  id: number;
  bitmaps?: ImageBitmap[];
  error?: string;
}

interface Waiting {
  resolve: (levels: Levels) => void;
  reject: (error: Error) => void;
}

let worker: Worker | null = null;
let nextId = 1;
const waiting = new Map<number, Waiting>();

function settle({ id, bitmaps, error }: Answer): void {
  const asked = waiting.get(id);
  waiting.delete(id);
  const full = bitmaps?.[0];
  if (full && bitmaps) asked?.resolve({ size: { width: full.width, height: full.height }, bitmaps });
  else asked?.reject(new Error(error ?? "the picture could not be decoded"));
}

/** Decode a picture's bytes in a worker. Rejects when they are no picture. */
export function decodeLevels(blob: Blob): Promise<Levels> {
  if (!worker) {
    worker = new Worker(new URL("./decode.worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", (event: MessageEvent<Answer>) => settle(event.data));
  }
  const id = nextId++;
  const { promise, resolve, reject } = Promise.withResolvers<Levels>();
  waiting.set(id, { resolve, reject });
  worker.postMessage({ id, blob });
  return promise;
}
