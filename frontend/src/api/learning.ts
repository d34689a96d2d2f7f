import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { queryClient } from "./query";
import type { Job } from "./types";

export interface LearningRound {
  readonly number: number;
  readonly labeled: number;
  readonly state: "freezing" | "training" | "saying" | "done" | "failed";
  /** The code of what ended it early. */
  readonly reason: string;
  readonly accuracy: { readonly value: number } | null;
  readonly run: string | null;
  readonly model_version: string | null;
  readonly job: Job | null;
}

export interface LearnedClass {
  readonly id: string;
  readonly name: string;
  readonly name_zh: string;
  readonly color: string;
  readonly labels: number;
}

export interface Learning {
  readonly on: boolean;
  readonly per_class: number;
  readonly labeled: number;
  /** So many labels begin the next round; null before the first. */
  readonly next_at: number | null;
  readonly classes: readonly LearnedClass[];
  readonly rounds: readonly LearningRound[];
}

const UNDER_WAY: readonly string[] = ["freezing", "training", "saying"];

/** Whether a task learns as it is labeled, and what came of it; asked again while it is at it. */
export const learningQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["campaign", campaign, "learning"],
    queryFn: ({ signal }) => http.get<Learning>(`campaigns/${campaign}/learning/`, undefined, signal),
    refetchInterval: ({ state: { data } }) =>
      data?.rounds.some(({ state }) => UNDER_WAY.includes(state)) ? 3_000 : data?.on ? 15_000 : false,
  });

export async function setLearning(campaign: string, on: boolean, perClass: number): Promise<void> {
  const now = await http.put<Learning>(`campaigns/${campaign}/learning/`, { on, per_class: perClass });
  queryClient.setQueryData(learningQuery(campaign).queryKey, now);
}
