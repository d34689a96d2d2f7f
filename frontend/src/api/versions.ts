import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { noteJob } from "./jobs";
import { pagesOf } from "./query";
import type { Kind, TableRow } from "./tables";
import type { Job } from "./types";

export type SplitStrategy = "random" | "stratified" | "group" | "time" | "given";

export interface VersionClass {
  id: string;
  index: number;
  name: string;
  name_zh?: string;
  count?: number;
  train?: number;
  val?: number;
  test?: number;
}

export interface Augmentation {
  recipe: string;
  name: string;
  revision: number;
  copies: number;
  seed: number;
}

export type BalanceMethod = "smote" | "copies" | "weights";

/** How rare classes of a table were made up for; what a row of each class weighs. */
export interface Balance {
  method: BalanceMethod;
  share: number;
  neighbors: number;
  seed: number;
  made: number;
  weights: Record<string, number>;
}

export type BalanceOrder = Pick<Balance, "method" | "share" | "neighbors" | "seed">;

export interface BalancePreview {
  classes: { name: string; before: number; after: number; weight: number | null }[];
  made: number;
  rows: { before: number; after: number };
}

export interface DatasetVersion {
  id: string;
  dataset: string;
  number: number;
  name: string;
  split: { strategy?: SplitStrategy; train?: number; val?: number; test?: number; seed?: number };
  seed: number;
  filter: Record<string, unknown>;
  content_hash: string;
  counts: { samples: number; train?: number; val?: number; test?: number; objects?: number };
  classes: VersionClass[];
  warnings?: { code: string; count?: number; params?: Record<string, unknown> }[];
  /** The version this one was made from, and how. */
  parent: string | null;
  augmentation: Augmentation | Balance | null;
  created_at: string;
  created_by: string | null;
}

export interface VersionInput {
  name: string;
  /** What to do with files that lie in a bucket. */
  outside: "copy" | "keep";
  split: {
    strategy: SplitStrategy;
    train: number;
    val: number;
    test: number;
    seed: number;
    keep_alike: boolean;
    lock_test: boolean;
    /** The version whose test split is kept as it is. */
    test_of: string | null;
  };
  filter: Record<string, unknown>;
}

export const versionsPages = (dataset: string) =>
  pagesOf<DatasetVersion>(["versions", dataset], `datasets/${dataset}/versions/`);

export const versionQuery = (id: string) =>
  queryOptions({
    queryKey: ["version", id],
    queryFn: ({ signal }) => http.get<DatasetVersion>(`versions/${id}/`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export async function createVersion(dataset: string, input: VersionInput): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`datasets/${dataset}/versions/`, input);
  noteJob(job);
  return job;
}

export async function augmentVersion(
  version: string,
  order: { recipe: string; copies: number; seed: number },
): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`versions/${version}/augmentations/`, order);
  noteJob(job);
  return job;
}

export const balanceQuery = (version: string, { method, share }: BalanceOrder) =>
  queryOptions({
    queryKey: ["version", version, "balance", method, share],
    queryFn: ({ signal }) =>
      http.get<BalancePreview>(`versions/${version}/balances/`, { method, share }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export async function balanceVersion(version: string, order: BalanceOrder): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`versions/${version}/balances/`, order);
  noteJob(job);
  return job;
}

/** `changed`: the same sample with other content, as a cleaning makes it. */
export type DiffKind = "added" | "removed" | "changed" | "relabeled" | "moved";

interface DiffState {
  split: string;
  label: string | null;
  objects: number;
}

export interface DiffSample extends DiffState {
  id: string;
  name: string;
  /** In the older version; null for what only one of the two has. */
  was: DiffState | null;
}

export type RowChange = "added" | "removed" | "changed" | "moved";

export interface NamedTableColumn {
  index: number;
  name: string;
  kind: Kind;
}

export interface RowPair {
  before: (TableRow & { split: string }) | null;
  after: (TableRow & { split: string }) | null;
}

/** What changed between two versions of a table; `rows` are the first hundred of each, in the columns `shown`. */
export interface TableDiff {
  key: number | null;
  /** Columns that may name a row. */
  keys: NamedTableColumn[];
  columns: Record<"added" | "removed", NamedTableColumn[]> &
    Record<"renamed" | "retyped", (NamedTableColumn & { before: string })[]>;
  shown: NamedTableColumn[];
  cells: Record<string, number>;
  ambiguous: number;
  rows: Record<RowChange, RowPair[]>;
}

export interface BalancePart {
  before: number;
  after: number;
  before_share: number;
  after_share: number;
}

/** Samples that carry a class, in two versions. */
export interface ClassBalance extends Record<"all" | "train" | "val" | "test", BalancePart> {
  id: string;
  name: string;
  name_zh: string;
  change: "" | "added" | "removed" | "renamed";
}

export interface VersionDiff {
  same_content: boolean;
  counts: Record<DiffKind | RowChange, number>;
  table: TableDiff | null;
  /** The first hundred of each kind. */
  samples: Record<DiffKind, DiffSample[]>;
  classes: Record<"added" | "removed", string[]>;
  balance: ClassBalance[];
}

export const versionDiffQuery = (id: string, against: string, key?: string) =>
  queryOptions({
    queryKey: ["version", id, "diff", against, key],
    queryFn: ({ signal }) => http.get<VersionDiff>(`versions/${id}/diff/`, { against, key }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });

export async function exportVersion(version: string, format: string, includeMedia: boolean): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`versions/${version}/exports/`, {
    format,
    include_media: includeMedia,
  });
  noteJob(job);
  return job;
}

/** How many samples a restore changes or would change; `others` are those that the version does not have. */
export interface RestoreResult {
  preview?: boolean;
  edit?: string;
  changed?: number;
  returned?: number;
  relabeled?: number;
  unchanged?: number;
  gone_purged?: number;
  gone_bytes?: number;
  gone_class?: number;
  gone_cleaned?: number;
  /** Those that get back what a cleaning changed. */
  contents?: number;
  others?: number;
  others_since?: number;
  set_aside?: number;
  in_work?: number;
  /** Names of deleted classes that come back. */
  classes?: string[];
  restored?: number;
  kept?: number;
}

/** Bring the data set back to what the version holds; a preview only counts. */
export async function restoreVersion(version: string, preview: boolean, setAside: boolean): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`versions/${version}/restore/`, {
    preview,
    set_aside: setAside,
  });
  noteJob(job);
  return job;
}
