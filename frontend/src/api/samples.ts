import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { http, type Query } from "./http";
import { noteJob } from "./jobs";
import { pagesOf } from "./query";
import type { Job, PageOf, Sample, SampleRevision } from "./types";

export interface SampleFilters {
  label?: string | undefined;
  state?: string | undefined;
  split?: string | undefined;
  finding?: string | undefined;
  tag?: string | undefined;
  filter?: string | undefined;
  /** Only the nearest of this sample, the nearest first. */
  similar_to?: string | undefined;
  /** Only what lies within this polygon of the map. */
  region?: string | undefined;
  ordering?: string | undefined;
}

export const SAMPLE_PAGE = 200;

export const samplesPages = (dataset: string, filters: SampleFilters) => ({
  ...pagesOf<Sample>(["samples", dataset], `datasets/${dataset}/samples/`, {
    ...filters,
    limit: SAMPLE_PAGE,
  }),
  placeholderData: keepPreviousData,
});

/** How many samples pass these filters; asked apart from the pictures so that they never wait for it. */
export const sampleCountQuery = (dataset: string, filters: SampleFilters) =>
  queryOptions({
    queryKey: ["samples", dataset, "count", filters],
    queryFn: async ({ signal }) => {
      const query: Query = { ...filters, limit: 1, count: 1 };
      const page = await http.get<PageOf<Sample>>(`datasets/${dataset}/samples/`, query, signal);
      return page.count ?? 0;
    },
    placeholderData: keepPreviousData,
  });

/** The same to the end, which may take a moment: what a change of all of them will meet. */
export const exactCountQuery = (dataset: string, filters: SampleFilters) =>
  queryOptions({
    queryKey: ["samples", dataset, "exactly", filters],
    queryFn: async ({ signal }) => {
      const query: Query = { ...filters, limit: 1, count: "exact" };
      return (await http.get<PageOf<Sample>>(`datasets/${dataset}/samples/`, query, signal)).count ?? 0;
    },
  });

export const sampleQuery = (id: string) =>
  queryOptions({
    queryKey: ["sample", id],
    queryFn: ({ signal }) => http.get<Sample>(`samples/${id}/`, undefined, signal),
  });

/** What was said of it, the newest first; asked anew with every revision. */
export const historyPages = ({ id, annotation }: Sample) =>
  pagesOf<SampleRevision>(["sample", id, "history", annotation?.revision ?? 0], `samples/${id}/history/`, {
    limit: 10,
  });

/** A bar of a histogram; it reaches to where the next one begins. */
export interface SizeBin {
  from_px: number;
  to_px: number;
  count: number;
}

export interface Statistics {
  classes: { id: string; name: string; count: number; objects?: number }[];
  states: Record<string, number>;
  splits: Record<string, number>;
  sizes: Record<string, SizeBin[]>;
  media_types?: Record<string, number>;
  /** Samples by frames a second, of recordings. */
  rates?: Record<string, number>;
}

export const statisticsQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["dataset", dataset, "statistics"],
    queryFn: ({ signal }) => http.get<Statistics>(`datasets/${dataset}/statistics/`, undefined, signal),
  });

/** Samples by value under the filters, each kind without its own; `partial` kinds have at least so many. */
export interface SampleFacets {
  state: Record<string, number>;
  split: Record<string, number>;
  label: Record<string, number>;
  finding: Record<string, number>;
  tag: Record<string, number>;
  partial: readonly string[];
}

export const facetsQuery = (dataset: string, filters: SampleFilters) =>
  queryOptions({
    queryKey: ["samples", dataset, "facets", filters],
    queryFn: ({ signal }) =>
      http.get<SampleFacets>(`datasets/${dataset}/facets/`, { ...filters, ordering: undefined }, signal),
    placeholderData: keepPreviousData,
  });

export interface TagCount {
  tag: string;
  samples: number;
}

/** The tags of a data set, the most used first. */
export const tagsQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["samples", dataset, "tags"],
    queryFn: async ({ signal }) =>
      (await http.get<{ results: TagCount[] }>(`datasets/${dataset}/tags/`, undefined, signal)).results,
  });

export interface Finding {
  code: string;
  severity: "error" | "warning" | "info";
  count: number;
  params: Record<string, unknown>;
  remedy: string;
  checked_at: string | null;
  /** Null where the finding is not about pictures that are here: about classes, or files left out. */
  samples_url: string | null;
}

interface Findings extends PageOf<Finding> {
  checked_at: string | null;
  changed_since: boolean;
}

const findingsAnswer = (dataset: string) => ({
  queryKey: ["dataset", dataset, "findings"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    http.get<Findings>(`datasets/${dataset}/findings/`, undefined, signal),
});

export const findingsQuery = (dataset: string) =>
  queryOptions({ ...findingsAnswer(dataset), select: ({ results }: Findings) => results });

/** When the checks last ran, also if they found nothing; null if they never did. */
export const checkedAtQuery = (dataset: string) =>
  queryOptions({ ...findingsAnswer(dataset), select: ({ checked_at }: Findings) => checked_at });

/** Whether the data is another than when the checks last ran. */
export const changedSinceQuery = (dataset: string) =>
  queryOptions({ ...findingsAnswer(dataset), select: ({ changed_since }: Findings) => changed_since });

/** Look at every sample again for duplicates, leaks, broken files and thin classes. */
/** Run the checks; a table is compared with the version `against`, or with its newest. */
export async function startQualityChecks(dataset: string, against: string | null = null): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`datasets/${dataset}/quality-checks/`, { against });
  noteJob(job);
  return job;
}
