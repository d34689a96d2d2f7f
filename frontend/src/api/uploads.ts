import { AppError } from "./errors";
import { API, send } from "./http";

const CHUNK_BYTES = 8 * 1024 * 1024;
const TUS = { "Tus-Resumable": "1.0.0" } as const;
const ATTEMPTS = 5;

export interface UploadOptions {
  onProgress?: (sentBytes: number, totalBytes: number) => void;
  signal?: AbortSignal;
}

function fingerprint(file: File): string {
  return `studio.upload:${file.name}:${file.size}:${file.lastModified}`;
}

function base64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
}

async function create(file: File, signal: AbortSignal | undefined): Promise<string> {
  const response = await send("POST", "uploads/", {
    headers: {
      ...TUS,
      "Upload-Length": String(file.size),
      "Upload-Metadata": `filename ${base64(file.name)}`,
    },
    ...(signal ? { signal } : {}),
  });
  const location = response.headers.get("Location");
  if (!location)
    throw new AppError({
      code: "upload_failed",
      status: response.status,
      detail: "the server named no upload",
    });
  return new URL(location, window.location.origin).pathname;
}

async function offsetOf(path: string): Promise<number> {
  const response = await fetch(path, { method: "HEAD", headers: TUS, credentials: "same-origin" });
  return response.ok ? Number(response.headers.get("Upload-Offset") ?? 0) : -1;
}

async function locate(file: File, signal: AbortSignal | undefined): Promise<[path: string, offset: number]> {
  const known = localStorage.getItem(fingerprint(file));
  if (known) {
    const offset = await offsetOf(known);
    if (offset >= 0) return [known, offset];
  }
  const path = await create(file, signal);
  localStorage.setItem(fingerprint(file), path);
  return [path, 0];
}

async function sendChunk(
  path: string,
  file: File,
  offset: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const chunk = file.slice(offset, offset + CHUNK_BYTES);
  const response = await send("PATCH", path, {
    body: chunk,
    headers: { ...TUS, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
    ...(signal ? { signal } : {}),
  });
  return Number(response.headers.get("Upload-Offset") ?? offset + chunk.size);
}

/** Send a file in pieces that survive a lost connection and a closed tab. Answers the upload's id. */
export async function uploadFile(file: File, { onProgress, signal }: UploadOptions = {}): Promise<string> {
  let [path, offset] = await locate(file, signal);
  let failures = 0;
  onProgress?.(offset, file.size);
  while (offset < file.size) {
    try {
      offset = await sendChunk(path, file, offset, signal);
      failures = 0;
      onProgress?.(offset, file.size);
    } catch (error) {
      failures += 1;
      const isFinal =
        !(error instanceof AppError) || (!error.isTransient && error.status !== 409) || failures >= ATTEMPTS;
      if (isFinal) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** failures));
      offset = Math.max(0, await offsetOf(path).catch(() => offset));
    }
  }
  localStorage.removeItem(fingerprint(file));
  return path.replace(new RegExp(`^${API}/uploads/`), "").replace(/\/$/, "");
}
