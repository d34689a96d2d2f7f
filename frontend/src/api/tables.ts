import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { noteJob } from "./jobs";
import { queryClient } from "./query";
import type { Job } from "./types";

export const KINDS = ["number", "category", "text", "datetime", "boolean", "id"] as const;
export type Kind = (typeof KINDS)[number];

export interface ColumnStatistics {
  count?: number;
  missing?: number;
  misfits?: number;
  distinct?: number;
  min?: number | string;
  max?: number | string;
  mean?: number | null;
  std?: number | null;
  zeros?: number;
  quantiles?: Record<"p05" | "p25" | "p50" | "p75" | "p95", number>;
  bins?: number[];
  top?: { value: string; count: number }[];
  length?: { min: number; mean: number; max: number };
}

export interface TableColumn {
  index: number;
  name: string;
  kind: Kind;
  reason: { code?: string; fits?: number; of?: number; distinct?: number; format?: string };
  params: { decimal?: string; format?: string };
  statistics: ColumnStatistics;
}

export interface MissingMap {
  columns: number[];
  /** Of the rows that lack one of two columns, the share that lacks both. */
  together: (number | null)[][];
  patterns: { columns: number[]; rows: number }[];
  /** Rows that lack none of the columns, and rows whose pattern is not listed. */
  whole: number;
  more: number;
}

export interface Associations {
  rows?: number;
  numbers?: number[];
  pearson?: (number | null)[][];
  categories?: number[];
  cramers_v?: (number | null)[][];
  /** Which columns rows lack together; absent from descriptions of an older release. */
  missing?: MissingMap;
}

export interface Table {
  dataset: string;
  revision: number;
  target: number | null;
  rows: number;
  bytes: number;
  is_described: boolean;
  columns: TableColumn[];
  associations: Associations;
}

export type Cell = string | number | boolean | null;

export interface TableRow {
  id: number;
  cells: Cell[];
  /** Texts that their column could not take, by the number of the column. */
  misfits: Record<string, string>;
}

export interface RowsPage {
  results: TableRow[];
  columns: number[];
  count: number;
  revision: number;
}

export const OPS = ["eq", "ne", "lt", "le", "gt", "ge", "contains", "missing", "filled", "misfit"] as const;
export type Op = (typeof OPS)[number];

/** A test of the cells of one column. */
export interface CellCondition {
  column: number;
  op: Op | "outside" | "in";
  value?: Cell | Cell[];
}

/** A test of rows: those with these ids, or those that say what another row says. */
export interface RowCondition {
  op: "row" | "copied";
  value?: number[];
}

export type Condition = CellCondition | RowCondition;

export const ROWS_PAGE = 100;

export const tableQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["dataset", dataset, "table"],
    queryFn: ({ signal }) => http.get<Table>(`datasets/${dataset}/table/`, undefined, signal),
  });

/** One page of rows; `revision` makes a page of another state of the table another page. */
export const rowsQuery = (
  dataset: string,
  revision: number,
  view: { sort: string | undefined; filter: string | undefined },
  page: number,
) =>
  queryOptions({
    queryKey: ["table-rows", dataset, revision, view, page],
    queryFn: ({ signal }) =>
      http.get<RowsPage>(
        `datasets/${dataset}/table/rows/`,
        { ...view, limit: ROWS_PAGE, offset: page * ROWS_PAGE },
        signal,
      ),
    staleTime: 60_000,
    placeholderData: page === 0 ? keepPreviousData : undefined,
  });

/** Have a column read as another kind; a job does it. */
export async function retypeColumn(dataset: string, index: number, kind: Kind): Promise<Job> {
  const { job } = await http.patch<{ job: Job }>(`datasets/${dataset}/table/columns/${index}/`, { kind });
  noteJob(job);
  return job;
}

export async function renameColumn(dataset: string, index: number, name: string): Promise<void> {
  await http.patch(`datasets/${dataset}/table/columns/${index}/`, { name });
  await queryClient.invalidateQueries({ queryKey: ["dataset", dataset] });
}

/** Choose the column that is to be predicted. */
export async function chooseTarget(dataset: string, target: number | null): Promise<void> {
  const table = await http.patch<Table>(`datasets/${dataset}/table/`, { target });
  queryClient.setQueryData(tableQuery(dataset).queryKey, table);
  await queryClient.invalidateQueries({ queryKey: ["dataset", dataset] });
}
