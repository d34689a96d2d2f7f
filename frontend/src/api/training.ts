import { queryOptions } from "@tanstack/react-query";
import type { Step } from "./augment";
import { http } from "./http";
import { noteJob } from "./jobs";
import type { Metrics } from "./metrics";
import { pagesOf, queryClient } from "./query";
import type { Job, JobState, TaskType } from "./types";

export type Profile = "fast" | "balanced" | "accurate";

export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  const?: unknown;
  /** What a text names: a column, a table, columns of another table. */
  format?: string;
  /** Which kinds of columns fit. */
  kinds?: string[];
  items?: JsonSchema;
}

export interface Algorithm {
  key: string;
  title: string;
  task: TaskType;
  params_schema: JsonSchema;
  /** What each preset changes. */
  profiles: Record<string, Record<string, unknown>>;
  /** How long each preset takes for the version asked about, where this machine knows by its own runs. */
  minutes: Record<string, number>;
  licence: string;
  requires: string[];
}

const fetchAlgorithms = (version: string | undefined, signal: AbortSignal) =>
  http.get<Algorithm[]>("algorithms/", { dataset_version: version }, signal);

/** Everything that is trained here. */
export const allAlgorithmsQuery = queryOptions({
  queryKey: ["algorithms"],
  queryFn: ({ signal }) => fetchAlgorithms(undefined, signal),
  staleTime: 300_000,
});

/** What trains a task, the preset first; the server lists what it has for every task. */
export const algorithmsQuery = (task: string, version?: string) =>
  queryOptions({
    queryKey: ["algorithms", task, version],
    queryFn: async ({ signal }) =>
      (await fetchAlgorithms(version, signal)).filter((one) => one.task === task),
    staleTime: version === undefined ? 300_000 : 0,
  });

export interface Run {
  id: string;
  project: string;
  name: string;
  task: TaskType;
  state: JobState;
  stage?: string;
  job: Job;
  progress: Job["progress"] | null;
  metrics: Metrics;
  model_version: string | null;
  profile: Profile;
  algorithm: string;
  params: Record<string, unknown>;
  /** As it was when the run was asked for. */
  recipe: { id: string; name: string; revision: number; steps: Step[] } | null;
  device: string | null;
  seed: number;
  error: { code: string; detail: string } | null;
  eta_s: number | null;
  dataset_version: string;
  created_by: string | null;
  created_at: string;
  started_at?: string | null;
  finished_at?: string | null;
}

export interface RunInput {
  project: string;
  dataset_version: string;
  algorithm: string;
  params: Record<string, unknown>;
  profile: Profile;
  seed: number;
  name: string;
  recipe?: string;
}

export const runsPages = (project: string) => ({
  ...pagesOf<Run>(["runs", project], "runs/", { project }),
  refetchInterval: 10_000,
});

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["run", id],
    queryFn: ({ signal }) => http.get<Run>(`runs/${id}/`, undefined, signal),
    refetchInterval: (query) => (query.state.data && isRunOpen(query.state.data) ? 3_000 : false),
  });

/** Still queued or running. */
export function isRunOpen(run: Run): boolean {
  return run.state === "queued" || run.state === "running";
}

export type MetricPoint = [step: number, value: number, at?: string];
export type MetricSeries = Record<string, MetricPoint[]>;

export const runMetricsQuery = (id: string, live: boolean) =>
  queryOptions({
    queryKey: ["run", id, "metrics"],
    queryFn: async ({ signal }) =>
      (await http.get<{ series: MetricSeries }>(`runs/${id}/metrics/`, { points: 1000 }, signal)).series,
    refetchInterval: live ? 2_000 : false,
  });

export interface LogLine {
  id: number;
  at: string;
  text: string;
}

export interface LogPage {
  results: LogLine[];
  /** The number to ask for the next lines with. */
  after: number;
}

export function readLog(id: string, after: number): Promise<LogPage> {
  return http.get<LogPage>(`runs/${id}/logs/`, { after });
}

export async function startRun(input: RunInput): Promise<string> {
  const { id, job } = await http.post<{ id: string; job: Job }>("runs/", input);
  noteJob(job);
  await queryClient.invalidateQueries({ queryKey: ["runs", input.project] });
  return id;
}

async function turnRun(id: string, verb: "cancel" | "resume"): Promise<void> {
  await http.post(`runs/${id}/${verb}/`, {});
  await queryClient.invalidateQueries({ queryKey: ["run", id] });
}

export const cancelRun = (id: string) => turnRun(id, "cancel");
export const resumeRun = (id: string) => turnRun(id, "resume");
