import { queryOptions } from "@tanstack/react-query";
import { campaignQuery } from "./campaigns";
import { asAppError } from "./errors";
import { http } from "./http";
import { queryClient } from "./query";
import type { ItemSample, PageOf, Shape } from "./types";

export type ExampleKind = "good" | "bad";

/** A sample with the marks it had, as one that is answered as it shall be, or as it shall not. */
export interface Example {
  id: string;
  kind: ExampleKind;
  note: string;
  sample: ItemSample;
  shapes: Shape[];
}

/** A version of a guideline; `newest` is the one in force, 0 where none was written. */
export interface Guideline {
  number: number;
  newest: number;
  text: string;
  examples: Example[];
  author: string | null;
  written_at: string | null;
}

export interface GuidelineVersion {
  number: number;
  author: string;
  written_at: string;
  examples: number;
}

export interface GuidelineInput {
  /** The version it was made from. */
  base: number;
  text: string;
  examples: { id: string; kind: ExampleKind; note: string }[];
}

/** The guideline in force, or an older version. */
export const guidelineQuery = (campaign: string, number?: number) =>
  queryOptions({
    queryKey: ["campaign", campaign, "guideline", number ?? "newest"],
    queryFn: ({ signal }) =>
      http.get<Guideline>(`campaigns/${campaign}/guideline/`, number ? { number } : undefined, signal),
  });

export const guidelineVersionsQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["campaign", campaign, "guideline", "versions"],
    queryFn: ({ signal }) =>
      http.get<PageOf<GuidelineVersion>>(`campaigns/${campaign}/guideline/versions/`, { limit: 100 }, signal),
  });

/** Save the next version; where somebody else was quicker, theirs is fetched, so that it can be compared. */
export async function writeGuideline(campaign: string, input: GuidelineInput): Promise<Guideline> {
  try {
    return await noteGuideline(
      campaign,
      await http.put<Guideline>(`campaigns/${campaign}/guideline/`, input),
    );
  } catch (error) {
    if (asAppError(error).code === "stale_revision")
      await queryClient.invalidateQueries({ queryKey: ["campaign", campaign] });
    throw error;
  }
}

/** Show an answer as it is now, last of all examples. */
export async function addExample(
  campaign: string,
  item: string,
  kind: ExampleKind,
  note: string,
): Promise<Guideline> {
  const body = { item, kind, note };
  return noteGuideline(
    campaign,
    await http.post<Guideline>(`campaigns/${campaign}/guideline/examples/`, body),
  );
}

async function noteGuideline(campaign: string, guideline: Guideline): Promise<Guideline> {
  queryClient.setQueryData(guidelineQuery(campaign).queryKey, guideline);
  await queryClient.invalidateQueries({ queryKey: guidelineVersionsQuery(campaign).queryKey });
  await queryClient.invalidateQueries({ queryKey: campaignQuery(campaign).queryKey, exact: true });
  return guideline;
}
