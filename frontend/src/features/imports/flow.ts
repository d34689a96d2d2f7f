import { useSyncExternalStore } from "react";
import { type AppError, asAppError } from "@/api/errors";
import { type ReadingOptions, type RemoteSource, startImport } from "@/api/imports";
import { uploadFile } from "@/api/uploads";
import type { PathFile } from "@/ui";
import { forgetFiles, keepFiles, keptFiles } from "./kept";
import { packed } from "./pack";

export interface Part {
  file: File;
  uploadId: string | null;
  sentBytes: number;
}

export type Phase = "choose" | "reading" | "packing" | "sending" | "stopped" | "sent";

/** Where an import into one data set stands, from files to uploads. It lives outside the page, which may be left. */
export interface Flow {
  phase: Phase;
  done: number;
  total: number;
  parts: readonly Part[];
  /** Set instead of parts when the server is to fetch the data itself. */
  remote: RemoteSource | null;
  /** Jobs that look inside without writing, one for each part. */
  previews: readonly string[];
  error: AppError | null;
}

export type Options = Omit<ReadingOptions, "dry_run">;

const EMPTY: Flow = {
  phase: "choose",
  done: 0,
  total: 0,
  parts: [],
  remote: null,
  previews: [],
  error: null,
};
const flows = new Map<string, Flow>();
const stops = new Map<string, AbortController>();
const looks = new Map<string, number>();
const listeners = new Set<() => void>();

function flowOf(dataset: string): Flow {
  return flows.get(dataset) ?? EMPTY;
}

function change(dataset: string, changes: Partial<Flow>): void {
  flows.set(dataset, { ...flowOf(dataset), ...changes });
  for (const notify of listeners) notify();
}

function changePart(dataset: string, index: number, changes: Partial<Part>): void {
  change(dataset, {
    parts: flowOf(dataset).parts.map((part, at) => (at === index ? { ...part, ...changes } : part)),
  });
}

function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  return () => listeners.delete(notify);
}

/** The flow of a data set, live. */
export function useFlow(dataset: string): Flow {
  return useSyncExternalStore(subscribe, () => flowOf(dataset));
}

/** Show that a dropped folder is being walked. */
export function noteReading(dataset: string): void {
  change(dataset, { ...EMPTY, phase: "reading" });
}

/** Pack, send, and look inside. */
export async function takeFiles(
  dataset: string,
  files: readonly PathFile[],
  options: Options,
): Promise<void> {
  if (files.length === 0) return change(dataset, EMPTY);
  change(dataset, { ...EMPTY, phase: "packing", total: files.length });
  try {
    const archives = await packed(files, (done, total) => change(dataset, { done, total }));
    await keepFiles({ dataset, files: archives });
    change(dataset, {
      phase: "sending",
      parts: archives.map((file) => ({ file, uploadId: null, sentBytes: 0 })),
    });
  } catch (error) {
    return change(dataset, { phase: "stopped", error: asAppError(error) });
  }
  await sendParts(dataset, options);
}

/** Look inside what lies elsewhere. */
export async function takeRemote(dataset: string, remote: RemoteSource, options: Options): Promise<void> {
  change(dataset, { ...EMPTY, phase: "sent", remote });
  await lookInside(dataset, options);
}

/** Send what has not been sent; parts that broke off go on where the server's bytes end. */
export async function sendParts(dataset: string, options: Options): Promise<void> {
  const stop = new AbortController();
  stops.get(dataset)?.abort();
  stops.set(dataset, stop);
  change(dataset, { phase: "sending", error: null });
  try {
    for (const [index, part] of flowOf(dataset).parts.entries()) {
      if (!part.uploadId) await sendPart(dataset, index, part.file, stop.signal);
    }
    change(dataset, { phase: "sent" });
    await lookInside(dataset, options);
  } catch (error) {
    if (!stop.signal.aborted) change(dataset, { phase: "stopped", error: asAppError(error) });
  }
}

async function sendPart(dataset: string, index: number, file: File, signal: AbortSignal): Promise<string> {
  const onProgress = (sentBytes: number) => changePart(dataset, index, { sentBytes });
  const uploadId = await uploadFile(file, { onProgress, signal });
  changePart(dataset, index, { uploadId, sentBytes: file.size });
  return uploadId;
}

/** Begin a job for every part; an upload that the server no longer has is sent again. */
async function jobForParts(dataset: string, options: Options, isDryRun: boolean): Promise<string[]> {
  const { remote } = flowOf(dataset);
  if (remote) return [(await startImport(dataset, { ...options, ...remote, dry_run: isDryRun })).id];
  const jobs: string[] = [];
  for (const [index, part] of flowOf(dataset).parts.entries()) {
    const begin = (uploadId: string) =>
      startImport(dataset, { ...options, upload_id: uploadId, dry_run: isDryRun });
    const again = async () => begin(await sendPart(dataset, index, part.file, new AbortController().signal));
    const job = part.uploadId
      ? await begin(part.uploadId).catch((error: unknown) =>
          asAppError(error).status === 404 ? again() : Promise.reject(error),
        )
      : await again();
    jobs.push(job.id);
  }
  return jobs;
}

/** Ask for a rehearsal of every part. */
export async function lookInside(dataset: string, options: Options): Promise<void> {
  const run = begun(dataset);
  change(dataset, { previews: [], error: null });
  try {
    const previews = await jobForParts(dataset, options, true);
    if (looks.get(dataset) === run) change(dataset, { previews });
  } catch (error) {
    if (looks.get(dataset) === run) change(dataset, { phase: "stopped", error: asAppError(error) });
  }
}

/** Of the rehearsals asked for only the last one is shown, whichever is answered first. */
function begun(dataset: string): number {
  const run = (looks.get(dataset) ?? 0) + 1;
  looks.set(dataset, run);
  return run;
}

/** Import for good; the jobs that do it. */
export async function importParts(dataset: string, options: Options): Promise<string[]> {
  const jobs = await jobForParts(dataset, options, false);
  await discard(dataset);
  return jobs;
}

/** Begin anew. */
export async function discard(dataset: string): Promise<void> {
  stops.get(dataset)?.abort();
  begun(dataset);
  change(dataset, EMPTY);
  await forgetFiles(dataset);
}

/** After a reload: take up an upload that was under way. */
export async function takeUp(dataset: string, options: Options): Promise<void> {
  if (flowOf(dataset).phase !== "choose") return;
  const files = await keptFiles(dataset);
  if (files.length === 0 || flowOf(dataset).phase !== "choose") return;
  change(dataset, { phase: "sending", parts: files.map((file) => ({ file, uploadId: null, sentBytes: 0 })) });
  await sendParts(dataset, options);
}
