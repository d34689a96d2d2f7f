import { http } from "./http";
import { noteJob } from "./jobs";
import { pagesOf } from "./query";
import type { Job } from "./types";

export interface ImportProblem {
  code: string;
  where: string;
  detail: string;
}

export interface ImportColumn {
  role: string;
  column: string;
  why: string;
}

export interface ColumnKind {
  name: string;
  kind: string;
}

export interface ImportResult {
  created: number;
  duplicates: number;
  annotated: number;
  skipped: number;
  /** Samples that were here already and got a tag. */
  tagged: number;
  problems: Record<string, number>;
  problem_samples: ImportProblem[];
  format?: string;
  modality?: string;
  reason?: string;
  /** Formats that would read the same files too. */
  also?: string[];
  classes?: string[];
  /** The columns that were read from a table, and why these. */
  columns?: ImportColumn[];
  /** Of a table: what its columns hold. */
  kinds?: ColumnKind[];
  /** Of a rehearsed table: its first rows as text. */
  rows?: (string | null)[][];
  dry_run?: boolean;
}

export interface ImportBatch {
  id: string;
  dataset: string;
  job: string | null;
  format: string;
  source_name: string;
  options?: { dry_run?: boolean; tags?: readonly string[] };
  result: ImportResult | null;
  created_at: string;
}

/** A bucket of an S3-compatible server; without a key it is read anonymously. */
export interface BucketSource {
  endpoint: string;
  bucket: string;
  prefix: string;
  region: string;
  key_id: string;
  secret: string;
  /** Whether the bytes of pictures and recordings are copied, or stay in the bucket. */
  keep: "copy" | "reference";
}

export interface SqlQuery {
  query: string;
  limit: number;
}

/** A server of a database; the password is stored sealed and forgotten when the rows have arrived. */
export interface SqlServer extends SqlQuery {
  driver: "postgresql" | "mysql";
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  tls: "verify" | "require" | "off";
}

/** A query on a server, or on an uploaded SQLite file. */
export type SqlSource = SqlServer | (SqlQuery & { driver: "sqlite"; upload_id: string });

export type RemoteSource = { url: string } | { s3: BucketSource } | { sql: SqlSource };

export type ImportOptions = ({ upload_id: string } | RemoteSource) & ReadingOptions;

/** How what was sent is read. */
export interface ReadingOptions {
  format: string;
  on_problem: "skip" | "abort";
  group_by: "none" | "folder" | "prefix";
  /** The column of a table for a role, by its name or number. */
  columns?: Record<string, string>;
  /** For every sample that comes in or is here already. */
  tags?: readonly string[];
  dry_run: boolean;
}

export const importsPages = (dataset: string) =>
  pagesOf<ImportBatch>(["imports", dataset], `datasets/${dataset}/imports/`, { limit: 20 });

/** Begin an import, or with `dry_run` only read and count. */
export async function startImport(dataset: string, options: ImportOptions): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`datasets/${dataset}/imports/`, options);
  noteJob(job);
  return job;
}

export type SyncEvery = "hour" | "day" | "week";

/** A bucket whose new objects come in by the clock. */
export interface BucketSync {
  id: string;
  bucket: Omit<BucketSource, "secret">;
  every: SyncEvery;
  tags: readonly string[];
  paused: boolean;
  next_run_at: string | null;
  last: {
    job: string;
    state: string;
    error: { code: string; detail: string } | null;
    created: number;
    finished_at: string | null;
  } | null;
}

export const syncsPages = (dataset: string) =>
  pagesOf<BucketSync>(["dataset", dataset, "syncs"], `datasets/${dataset}/syncs/`, { limit: 20 });

/** Keep a bucket in sync; the first run begins at once. */
export async function createSync(
  dataset: string,
  s3: BucketSource,
  every: SyncEvery,
  tags: readonly string[],
): Promise<void> {
  await http.post(`datasets/${dataset}/syncs/`, { s3, every, tags });
}

export async function changeSync(id: string, paused: boolean): Promise<void> {
  await http.patch(`syncs/${id}/`, { paused });
}

export async function deleteSync(id: string): Promise<void> {
  await http.delete(`syncs/${id}/`);
}

export async function runSync(id: string): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`syncs/${id}/run/`, {});
  noteJob(job);
  return job;
}
