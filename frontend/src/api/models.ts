import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { noteJob } from "./jobs";
import { pagesOf, queryClient } from "./query";
import type { Job, PageOf, TaskType } from "./types";

export type Alias = "champion" | "challenger";

export interface Parity {
  passed: boolean;
  top1_agreement?: number;
  max_difference?: number;
  samples?: number;
}

export interface Lineage {
  run?: { id: string; name: string } | null;
  dataset_version?: { id: string; number: number; name: string } | null;
}

export interface ModelVersion {
  id: string;
  model: string;
  number: number;
  run: string | null;
  dataset_version: string | null;
  task: TaskType;
  labels: string[];
  signature: Record<string, unknown>;
  metrics: Record<string, number>;
  parity: Parity | null;
  size_bytes: number;
  sha256: string;
  licence: string;
  lineage: Lineage | null;
  created_at: string;
}

export interface Model {
  id: string;
  project: string;
  name: string;
  task: TaskType;
  versions_count: number;
  aliases: Partial<Record<Alias, string>>;
  latest: ModelVersion | null;
  created_at?: string;
}

export const modelsPages = (project: string) => pagesOf<Model>(["models", project], "models/", { project });

export const modelQuery = (id: string) =>
  queryOptions({
    queryKey: ["model", id],
    queryFn: ({ signal }) => http.get<Model>(`models/${id}/`, undefined, signal),
  });

export const modelVersionsPages = (model: string) =>
  pagesOf<ModelVersion>(["model", model, "versions"], `models/${model}/versions/`);

export const modelVersionQuery = (id: string) =>
  queryOptions({
    queryKey: ["model-version", id],
    queryFn: ({ signal }) => http.get<ModelVersion>(`model-versions/${id}/`, undefined, signal),
  });

/** Give the version a name that others rely on; refused when it did not pass parity. */
export async function setAlias(model: string, alias: Alias, version: string): Promise<void> {
  await http.put(`models/${model}/aliases/${alias}/`, { version });
  await queryClient.invalidateQueries({ queryKey: ["model", model] });
  await queryClient.invalidateQueries({ queryKey: ["models"] });
}

export async function exportModel(version: string): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`model-versions/${version}/exports/`, { target: "onnx" });
  noteJob(job);
  return job;
}

export interface Interval {
  value: number;
  low: number | null;
  high: number | null;
}

export interface ClassFigures {
  label: string;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  support: number;
}

export interface Evaluation {
  id: string;
  split: string;
  count: number;
  metrics: Record<string, Interval | number>;
  confusion: { labels: string[]; matrix: number[][] };
  per_class: ClassFigures[];
  log_loss?: number | null;
  calibration_error?: number | null;
  parity?: Parity | null;
  dataset_version?: string;
  created_at: string;
}

export const evaluationsQuery = (version: string) =>
  queryOptions({
    queryKey: ["model-version", version, "evaluations"],
    queryFn: async ({ signal }) =>
      (await http.get<PageOf<Evaluation>>(`model-versions/${version}/evaluations/`, { limit: 20 }, signal))
        .results,
  });

export interface EvaluatedSample {
  sample: string | { id: string; name: string };
  name?: string;
  thumb_url: string;
  truth: string | number | null;
  predicted: string | number | null;
  score: number | null;
}

export const cellPages = (evaluation: string, cell: string) =>
  pagesOf<EvaluatedSample>(["evaluation", evaluation, "samples"], `evaluations/${evaluation}/samples/`, {
    cell,
    limit: 60,
  });
