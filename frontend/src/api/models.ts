import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import type { Interval, Metrics } from "./metrics";
import { pagesOf, queryClient } from "./query";
import type { JobState, PageOf, Sample, TaskType } from "./types";

export type { Interval, Metrics } from "./metrics";

export type Alias = "champion" | "challenger";

export interface Parity {
  ok: boolean;
  split?: string;
  count?: number;
  top1_agreement?: number;
  max_score_diff?: number;
}

export interface ModelVersion {
  id: string;
  model: string;
  model_name: string;
  project: string;
  number: number;
  run: string | null;
  dataset_version: string | null;
  task: TaskType;
  labels: string[];
  metrics: Metrics;
  parity: Parity | null;
  parity_ok: boolean;
  deployable: boolean;
  size_bytes: number;
  sha256: string;
  licence: string;
  aliases: Alias[];
  download_url: string;
  created_at: string;
  created_by: string | null;
}

export type ModelVersionBrief = Pick<ModelVersion, "id" | "number" | "metrics" | "parity_ok" | "created_at">;

export interface Model {
  id: string;
  project: string;
  name: string;
  task: TaskType;
  versions_count: number;
  aliases: Partial<Record<Alias, string>>;
  latest: ModelVersionBrief | null;
  created_at: string;
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

export interface ClassFigures {
  label: string;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  support: number;
}

export interface EvaluationBrief {
  id: string;
  dataset_version: string;
  split: string;
  state: JobState;
  count: number;
  metrics: Record<string, Interval | number>;
  created_at: string;
}

/** The report's parts are missing until the evaluation is done. */
export interface Evaluation extends EvaluationBrief {
  confusion?: { labels: string[]; matrix: number[][] };
  per_class?: ClassFigures[];
  log_loss?: number | null;
  calibration_error?: number | null;
  parity: Parity | null;
}

export const evaluationsQuery = (version: string) =>
  queryOptions({
    queryKey: ["model-version", version, "evaluations"],
    queryFn: async ({ signal }) =>
      (
        await http.get<PageOf<EvaluationBrief>>(
          `model-versions/${version}/evaluations/`,
          { limit: 50 },
          signal,
        )
      ).results,
  });

export const evaluationQuery = (id: string) =>
  queryOptions({
    queryKey: ["evaluation", id],
    queryFn: ({ signal }) => http.get<Evaluation>(`evaluations/${id}/`, undefined, signal),
  });

export interface EvaluatedSample {
  id: number;
  /** Absent when the sample was deleted since. */
  sample: Sample | null;
  thumb_url: string | null;
  truth_label: string;
  predicted_label: string;
  score: number;
}

export const cellPages = (evaluation: string, cell: string) =>
  pagesOf<EvaluatedSample>(["evaluation", evaluation, "samples"], `evaluations/${evaluation}/samples/`, {
    cell,
    limit: 60,
  });
