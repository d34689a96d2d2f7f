import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { noteJob } from "./jobs";
import { pagesOf, queryClient } from "./query";
import type { Job } from "./types";

/** Deleted samples of one edit, those that a cleaning took out, or a deleted data set. */
export interface BinEntry {
  id: string;
  kind: "samples" | "cleaning" | "merge" | "restore" | "dataset";
  dataset: string;
  name: string;
  modality: string;
  samples: number;
  size_bytes: number;
  deleted_at: string;
  deleted_by: string;
  purge_at: string;
  may_restore: boolean;
}

/** Bytes by part, and how many days deleted things wait. */
export interface Storage {
  parts: Readonly<Record<string, number>>;
  total_bytes: number;
  /** Left in buckets, part of no other figure. */
  outside_bytes: number;
  bin_days: number;
}

export const binPages = (project: string) =>
  pagesOf<BinEntry>(["project", project, "bin"], `projects/${project}/bin/`, { limit: 50 });

export const storageQuery = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "storage"],
    queryFn: ({ signal }) => http.get<Storage>(`projects/${project}/storage/`, undefined, signal),
  });

/** Everything that may look different once something went into the bin or left it. */
export async function refreshAfterBin(): Promise<void> {
  for (const key of ["project", "datasets", "dataset", "sample", "samples", "campaigns", "campaign"])
    await queryClient.invalidateQueries({ queryKey: [key] });
}

/** Bring an entry back; a job for samples, nothing to wait for otherwise. */
export async function restoreEntry(entry: BinEntry): Promise<Job | null> {
  const answer = await http.post<{ job: Job } | undefined>(`bin/${entry.id}/restore/`, {});
  if (!answer?.job) return null;
  noteJob(answer.job);
  return answer.job;
}

/** Let entries go for good, all of them when none are named. */
export async function emptyBin(project: string, entries?: readonly string[]): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`projects/${project}/bin/empty/`, entries ? { entries } : {});
  noteJob(job);
  return job;
}
