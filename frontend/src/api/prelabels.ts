import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { isOpen } from "./jobs";
import { queryClient } from "./query";
import type { Job } from "./types";

/** Named like a model: the labeled samples that are most like one say what it is. */
export const NEIGHBORS = "neighbors";

/** Named like a model: the language model of the operator reads the texts. */
export const LANGUAGE_MODEL = "language";

export interface PrelabelModel {
  /** `nanodet`, `neighbors`, `language`, or the id of a version. */
  readonly model: string;
  readonly title: string;
  readonly classes: readonly string[];
  /** Classes of the model that are called like one here. */
  readonly suggested: Readonly<Record<string, string>>;
  readonly ready: boolean;
}

export interface PrelabelFigures {
  readonly answered: number;
  readonly accepted: number;
  readonly changed: number;
  readonly rejected: number;
  readonly added: number;
  readonly acceptance_rate: number | null;
  readonly seconds_saved: number | null;
}

export interface PrelabelRun {
  readonly id: string;
  readonly model: string | null;
  readonly title: string;
  /** How many rules said it; 0: a model did. */
  readonly rules: number;
  readonly samples: number;
  readonly job: Job | null;
  readonly figures: PrelabelFigures;
}

export interface Prelabels {
  readonly models: readonly PrelabelModel[];
  readonly runs: readonly PrelabelRun[];
}

export interface PrelabelInput {
  readonly model: string;
  readonly mapping: Readonly<Record<string, string>>;
  readonly threshold: number;
  readonly control: number;
}

/** The models that may be asked, and the runs with what people made of them. */
export const prelabelsQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["prelabels", campaign],
    queryFn: ({ signal }) => http.get<Prelabels>(`campaigns/${campaign}/prelabels/`, undefined, signal),
    refetchInterval: (query) =>
      query.state.data?.runs.some(({ job }) => job !== null && isOpen(job)) ? 2_000 : false,
  });

export async function startPrelabels(campaign: string, input: PrelabelInput): Promise<void> {
  await http.post(`campaigns/${campaign}/prelabels/`, input);
  await queryClient.invalidateQueries({ queryKey: prelabelsQuery(campaign).queryKey });
}
