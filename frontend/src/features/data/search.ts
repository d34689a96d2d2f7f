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
  | "ordering"
  | "sample"
  | "similar"
  | "region";

export type DataSearch = { [K in Texts]?: string | undefined } & { view?: "stats" | undefined };

export const ORDERINGS = ["imported_at", "-imported_at", "name", "-size_bytes", "size_bytes"] as const;
export const STATES = ["unlabeled", "draft", "labeled", "reviewed", "rejected"] as const;
export const SPLITS = ["train", "val", "test", "none"] as const;
export const DEFAULT_ORDERING = "imported_at";

/** The filters as the API wants them. */
export function filtersOf(search: DataSearch): SampleFilters {
  const { q, label, state, split, finding, ordering, similar, region } = search;
  const near = { similar_to: similar, region };
  return { text: q, label, state, split, finding, ordering: ordering ?? DEFAULT_ORDERING, ...near };
}

/** Whether anything is filtered out. */
export function isFiltered({ q, label, state, split, finding, similar, region }: DataSearch): boolean {
  return Boolean(q ?? label ?? state ?? split ?? finding ?? similar ?? region);
}

export type SearchChange = Readonly<DataSearch>;

/** The view of the gallery, which is its address, and the way to change it. */
export function useDataSearch(): [
  search: DataSearch,
  change: (changes: SearchChange, replace?: boolean) => void,
] {
  const project = useProjectId();
  const search: DataSearch = useSearch({ from: ROUTE });
  const navigate = useNavigate();
  const change = (changes: SearchChange, replace = true) =>
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
  similar: undefined,
  region: undefined,
} as const satisfies SearchChange;
