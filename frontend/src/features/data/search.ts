import { useNavigate, useSearch } from "@tanstack/react-router";
import type { SampleFilters } from "@/api/samples";
import { useProjectId } from "@/app/inProject";

const ROUTE = "/app/p/$project/data";

type Texts =
  | "dataset"
  | "q"
  | "label"
  | "state"
  | "split"
  | "finding"
  | "tag"
  | "ordering"
  | "columns"
  | "sample"
  | "mark"
  | "similar"
  | "region"
  | "rows"
  | "column";

/** `q` is a filter in the filter language; `rows` is one of a table, and `column` the one that is looked at. */
export type DataSearch = { [K in Texts]?: string | undefined } & { view?: "stats" | "table" | undefined };

export const ORDERINGS = ["id", "-id", "name", "-size", "size"] as const;
export { SPLITS, STATES } from "@/app/filter/values";
export const DEFAULT_ORDERING = "id";

/** The filters as the API wants them. */
export function filtersOf(search: DataSearch): SampleFilters {
  const { q, label, state, split, finding, tag, ordering, similar, region } = search;
  const near = { similar_to: similar, region };
  return { filter: q, label, state, split, finding, tag, ordering: ordering ?? DEFAULT_ORDERING, ...near };
}

/**
 * What narrows, without the order: what a change of all matching samples is told. Nothing for a view that
 * no filter tells, of what lies near a sample.
 */
export function conditionsOf(search: DataSearch): Record<string, string> | undefined {
  const { q, label, state, split, finding, tag, similar, region } = search;
  if (similar) return undefined;
  const named = Object.entries({ filter: q, label, state, split, finding, tag, region });
  return Object.fromEntries(named.filter((pair): pair is [string, string] => Boolean(pair[1])));
}

/** Whether anything is filtered out. */
export function isFiltered({ q, label, state, split, finding, tag, similar, region }: DataSearch): boolean {
  return Boolean(q ?? label ?? state ?? split ?? finding ?? tag ?? similar ?? region);
}

/**
 * What a selection belongs to: whatever decides which samples are listed, but not their order. Another view
 * begins without any chosen, so that nothing out of sight is changed or deleted.
 */
export function selectionKey(search: DataSearch): string {
  const { ordering, ...narrowed } = filtersOf(search);
  return JSON.stringify(narrowed);
}

export type SearchChange = Readonly<DataSearch>;

/**
 * The view of the gallery, which is its address, and the way to change it. A change is a step of the
 * browser's history, unless it only continues the last one.
 */
export function useDataSearch(): [
  search: DataSearch,
  change: (changes: SearchChange, replace?: boolean) => void,
] {
  const project = useProjectId();
  const search: DataSearch = useSearch({ from: ROUTE });
  const navigate = useNavigate();
  const change = (changes: SearchChange, replace = false) =>
    void navigate({
      to: "/p/$project/data",
      params: { project },
      search: (old) => ({ ...old, ...changes }),
      replace,
      resetScroll: false,
    });
  return [search, change];
}

export const NO_FILTERS = {
  q: undefined,
  label: undefined,
  state: undefined,
  split: undefined,
  finding: undefined,
  tag: undefined,
  rows: undefined,
  column: undefined,
  similar: undefined,
  region: undefined,
} as const satisfies SearchChange;
