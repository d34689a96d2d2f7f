import type { Condition, TableColumn } from "@/api/tables";
import { useDataSearch } from "../search";
import { conditionsOf, sortOf } from "./cells";

/** What of the table is shown, which is the page's address. */
export function useView(columns: readonly TableColumn[]) {
  const [search, change] = useDataSearch();
  const conditions = conditionsOf(search.rows, columns);
  const known = sortOf(search.ordering);
  const sort = known && columns.some((column) => column.index === known.index) ? known : null;
  const setConditions = (next: readonly Condition[]) =>
    change({ rows: next.length > 0 ? JSON.stringify(next) : undefined });
  return {
    conditions,
    sort,
    query: {
      sort: sort ? `${sort.isDown ? "-" : ""}${sort.index}` : undefined,
      filter: conditions.length > 0 ? JSON.stringify(conditions) : undefined,
    },
    setConditions,
    addCondition: (condition: Condition) => setConditions([...conditions, condition]),
    setSort: (next: { index: number; isDown: boolean } | null) =>
      change({ ordering: next ? `${next.isDown ? "-" : ""}${next.index}` : undefined }),
  };
}

export type View = ReturnType<typeof useView>;
