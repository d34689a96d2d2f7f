import { queryOptions } from "@tanstack/react-query";
import type { Stuck } from "./browse";
import { http } from "./http";
import { noteJob } from "./jobs";
import { pagesOf } from "./query";
import type { Job } from "./types";

/** A version as a merge speaks of it. */
export interface MergeVersion {
  version: string;
  number: number;
  name: string;
  dataset: string;
  dataset_name: string;
}

/** A class there, and what it becomes here unless somebody says otherwise: a class id, or `new`. */
export interface ProposedClass {
  id: string;
  name: string;
  name_zh: string;
  to: string;
  why: "origin" | "name" | "new";
}

export interface MergeProposal {
  base: MergeVersion | null;
  classes: ProposedClass[];
  /** The words of the target column of a table. */
  here: { id: string; name: string; name_zh: string }[] | null;
}

export type Side = "ours" | "theirs";

export interface Merge {
  id: string;
  dataset: string;
  source: MergeVersion;
  base: MergeVersion | null;
  mapping: Record<string, string>;
  removals: boolean;
  counts: Partial<Record<MergeCount, number>>;
  state: "planning" | "planned" | "failed" | "doing" | "done" | "undoing" | "undone";
  edit: string | null;
  /** The side that wins where nothing was chosen; null until it is done. */
  policy: Side | null;
  /** The last job that did it or took it back. */
  edit_job: { id: string; is_open: boolean } | null;
  undoable: boolean;
  /** Why it can be taken back no more, though it is done. */
  stuck: Stuck;
  job: string | null;
}

export type MergeCount =
  | "added"
  | "taken"
  | "same"
  | "stays"
  | "stays_removed"
  | "removed"
  | "conflicts"
  | "missing_there"
  | "both_changed"
  | "both_said"
  | "removed_here"
  | "removed_there"
  | "columns_added"
  | "columns_removed";

/** What a finished merge, or its way back, says. */
export type MergeResult = Partial<
  Record<
    | MergeCount
    | "changed"
    | "ours"
    | "theirs"
    | "unseen"
    | "set_aside"
    | "in_work"
    | "gone_purged"
    | "gone_bytes"
    | "restored",
    number
  >
> & { edit?: string; kept?: number };

export interface SaidClass {
  name: string;
  name_zh: string;
  count: number;
}

export interface MergeConflict {
  id: number;
  kind: "both_changed" | "both_said" | "removed_here" | "removed_there";
  name: string;
  sample: string | null;
  other: string | null;
  thumb_url: string | null;
  excerpt: string;
  base: SaidClass[];
  ours: SaidClass[];
  theirs: SaidClass[];
  choice: "" | Side;
}

export const proposalQuery = (dataset: string, version: string) =>
  queryOptions({
    queryKey: ["merge-proposal", dataset, version],
    queryFn: ({ signal }) =>
      http.get<MergeProposal>(`datasets/${dataset}/merges/proposal/`, { version }, signal),
    staleTime: 0,
  });

export const mergeQuery = (id: string) =>
  queryOptions({
    queryKey: ["merge", id],
    queryFn: ({ signal }) => http.get<Merge>(`merges/${id}/`, undefined, signal),
  });

export const conflictsPages = (merge: string) =>
  pagesOf<MergeConflict>(["merge", merge, "conflicts"], `merges/${merge}/conflicts/`, { limit: 50 });

export async function branchVersion(version: string, name: string): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`versions/${version}/branches/`, { name });
  noteJob(job);
  return job;
}

/** Look at what would change; the job's result is the merge. */
export async function planMerge(
  dataset: string,
  order: { version: string; classes: Record<string, string>; removals: boolean },
): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`datasets/${dataset}/merges/`, order);
  noteJob(job);
  return job;
}

/** Say which side is right; of all conflicts without names. */
export function chooseConflicts(merge: string, choice: Side, conflicts?: readonly number[]): Promise<Merge> {
  return http.post<Merge>(`merges/${merge}/choices/`, conflicts ? { choice, conflicts } : { choice });
}

export async function applyMerge(merge: string, policy: Side): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`merges/${merge}/apply/`, { policy });
  noteJob(job);
  return job;
}
