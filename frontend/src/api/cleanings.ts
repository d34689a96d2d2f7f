import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { MovedShape } from "./augment";
import { http } from "./http";
import { noteJob } from "./jobs";
import { pagesOf, queryClient } from "./query";
import type { TableRow } from "./tables";
import type { JsonSchema } from "./training";
import type { Job } from "./types";
import type { NamedTableColumn } from "./versions";

/** What a step may be, as the server describes it. */
export interface StepOperator {
  key: string;
  group: string;
  params_schema: JsonSchema;
}

export interface PlainStep {
  op: string;
  params: Readonly<Record<string, unknown>>;
}

export type CleaningState = "queued" | "running" | "applied" | "undoing" | "undone" | "failed";

export interface CleaningRecipe {
  version: number;
  steps: PlainStep[];
}

export interface Cleaning {
  id: string;
  dataset: string;
  name: string;
  recipe: CleaningRecipe;
  filter: string;
  again_of: string | null;
  state: CleaningState;
  counts: Readonly<Record<string, number>>;
  problems: { sample: string; name: string; code: string }[];
  job: string | null;
  created_by: string;
  created_at: string;
  undoable: boolean;
}

/** A part of a text and what it became. */
export interface TextPiece {
  old: string;
  new: string;
}

/** A sample before and after; which members there are depends on the modality. */
export interface CleanedSample {
  sample: string;
  name: string;
  state: "changed" | "unchanged" | "problem";
  problem?: string;
  lost?: number;
  pieces?: TextPiece[];
  is_cut?: boolean;
  before?: CleanedPicture;
  after?: CleanedPicture;
}

export interface CleanedPicture {
  /** A `data:` address. */
  picture: string;
  width: number;
  height: number;
  /** The size was guessed from what is shown. */
  approximate: boolean;
  /** The size of what is shown, of which the shapes are. */
  shown: [number, number];
  format: string;
  shapes: MovedShape[];
}

export interface CleanedRow {
  id: number | null;
  state: "same" | "changed" | "removed" | "new";
  before: TableRow | null;
  after: TableRow | null;
}

/** What a recipe does to a table, counted on its first rows. */
export interface CleanedTable {
  rows_before: number;
  rows_after: number;
  rows_removed: number;
  rows_changed: number;
  rows_total: number;
  is_sample: boolean;
  columns_before: NamedTableColumn[];
  columns: NamedTableColumn[];
  /** Changed cells by the number of their column. */
  changed: Record<string, number>;
  misfits: Record<string, number>;
  rows: CleanedRow[];
}

export interface ChosenExample {
  id: string;
  name: string;
  thumb_url: string | null;
}

/** What a step that chooses would take out of the samples that reach it. */
export interface ChosenCount {
  step: number;
  to: "bin" | "train" | "val" | "test";
  /** Null where only the checks can tell and none have run. */
  count: number | null;
  total: number;
  /** Else it is the most there can be. */
  exact: boolean;
  /** The first of what a check names; none of what only applying it tells. */
  examples: ChosenExample[];
}

export interface CleaningPreview {
  looked_at: number;
  changed: number;
  took_ms: number;
  results: CleanedSample[];
  /** Of every step that chooses, in order; tables have none. */
  chosen?: ChosenCount[];
  table?: CleanedTable;
}

export const cleaningOperatorsQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["cleanings", "operators", dataset],
    queryFn: ({ signal }) =>
      http.get<StepOperator[]>(`datasets/${dataset}/cleaning-operators/`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

const recipeOf = (steps: readonly PlainStep[]) => ({ version: 1, steps });

/** What the steps make of twelve samples; the last answer stays on screen until the next is here. */
export const cleaningPreviewQuery = (dataset: string, steps: readonly PlainStep[], filter: string) =>
  queryOptions({
    queryKey: ["cleanings", "preview", dataset, steps, filter],
    queryFn: ({ signal }) =>
      http.post<CleaningPreview>(
        `datasets/${dataset}/cleanings/preview/`,
        { recipe: recipeOf(steps), filter },
        { signal },
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 30_000,
    retry: false,
  });

export const cleaningsPages = (dataset: string) => ({
  ...pagesOf<Cleaning>(["dataset", dataset, "cleanings"], `datasets/${dataset}/cleanings/`, {}),
});

async function noted(dataset: string, answer: Promise<{ job: Job }>): Promise<Job> {
  const { job } = await answer;
  noteJob(job);
  await queryClient.invalidateQueries({ queryKey: ["dataset", dataset, "cleanings"] });
  return job;
}

export const startCleaning = (dataset: string, steps: readonly PlainStep[], filter: string, name: string) =>
  noted(dataset, http.post(`datasets/${dataset}/cleanings/`, { recipe: recipeOf(steps), filter, name }));

export const undoCleaning = ({ id, dataset }: Pick<Cleaning, "id" | "dataset">) =>
  noted(dataset, http.post(`cleanings/${id}/undo/`, {}));

/** The same recipe on what was imported since. */
export const againCleaning = ({ id, dataset }: Cleaning) =>
  noted(dataset, http.post(`cleanings/${id}/again/`, {}));
