import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { noteJob } from "./jobs";
import type { Job } from "./types";

/** A bucket that samples refer to. */
export interface ReferenceSource {
  id: string;
  endpoint: string;
  bucket: string;
  region: string;
  key_id: string;
  count: number;
  size_bytes: number;
}

export type ReferenceState = "gone" | "changed" | "denied" | "unreachable";

export interface ReferenceCheck {
  job: string;
  state: string;
  error: { code: string; detail: string } | null;
  result: {
    checked: number;
    reachable: number;
    examples: { key: string; state: ReferenceState }[];
  } | null;
  finished_at: string | null;
}

/** What of a data set lies in buckets. */
export interface References {
  count: number;
  size_bytes: number;
  sources: ReferenceSource[];
  check: ReferenceCheck | null;
}

export const referencesQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["dataset", dataset, "references"],
    queryFn: ({ signal }) => http.get<References>(`datasets/${dataset}/references/`, undefined, signal),
  });

async function noted(answer: Promise<{ job: Job }>): Promise<Job> {
  const { job } = await answer;
  noteJob(job);
  return job;
}

export const checkReferences = (dataset: string) =>
  noted(http.post(`datasets/${dataset}/references/check/`, {}));

export const checkVersionReferences = (version: string) =>
  noted(http.post(`versions/${version}/references/check/`, {}));

export async function changeBucketKey(id: string, key_id: string, secret: string): Promise<void> {
  await http.patch(`bucket-sources/${id}/`, { key_id, secret });
}
