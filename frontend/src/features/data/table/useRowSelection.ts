import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { type Condition, ROWS_PAGE, rowsQuery, type Table } from "@/api/tables";
import { act } from "@/app/act";
import type { View } from "./useView";

/** A change of more rows is told by a filter, not by their ids. */
export const MOST_NAMED = 10_000;

export interface RowSelection {
  /** How many are named; of all that match nobody counts here. */
  count: number;
  /** Every row that passes the filter, also those that were never in sight. */
  isAll: boolean;
  isFull: boolean;
  has: (id: number) => boolean;
  /** Turn one on or off; with `range`, everything since the last one as well. */
  toggle: (index: number, id: number, range: boolean) => void;
  /** Turn these on. */
  take: (ids: readonly number[]) => void;
  selectAll: () => void;
  clear: () => void;
  /** The filter that takes what is chosen. */
  conditions: readonly Condition[];
}

interface Kept {
  key: string;
  ids: ReadonlySet<number>;
  isAll: boolean;
}

const NONE: Kept = { key: "", ids: new Set(), isAll: false };

/** Which rows of a table are chosen. Another order, filter or state of the table begins without any. */
export function useRowSelection(table: Table, view: View): RowSelection {
  const client = useQueryClient();
  const key = JSON.stringify([table.dataset, table.revision, view.query]);
  const [kept, setKept] = useState<Kept>(NONE);
  const [isFull, setIsFull] = useState(false);
  const now = kept.key === key ? kept : NONE;
  const last = useRef<{ key: string; index: number } | null>(null);
  // Keys that repeat come faster than renders.
  const latest = useRef(kept);
  latest.current = kept;
  const set = (ids: readonly number[], isOn: boolean) => {
    const old = latest.current;
    const next = changedBy(old.key === key && !old.isAll ? old.ids : [], ids, isOn);
    setIsFull(next === null);
    if (next === null) return;
    latest.current = { key, ids: next, isAll: false };
    setKept(latest.current);
  };
  const between = async (from: number, to: number): Promise<number[]> => {
    const pages = Array.from(
      { length: Math.floor(to / ROWS_PAGE) - Math.floor(from / ROWS_PAGE) + 1 },
      (_, at) => Math.floor(from / ROWS_PAGE) + at,
    );
    const answers = await Promise.all(
      pages.map((page) => client.fetchQuery(rowsQuery(table.dataset, table.revision, view.query, page))),
    );
    const first = Math.floor(from / ROWS_PAGE) * ROWS_PAGE;
    return answers
      .flatMap((answer) => answer.results)
      .slice(from - first, to - first + 1)
      .map((row) => row.id);
  };
  const toggle = (index: number, id: number, range: boolean) => {
    const isOn = !now.ids.has(id);
    const from = last.current?.key === key ? last.current.index : index;
    last.current = { key, index };
    if (!range || from === index) return set([id], isOn);
    if (Math.abs(from - index) >= MOST_NAMED) return setIsFull(true);
    void act(async () => set(await between(Math.min(from, index), Math.max(from, index)), isOn));
  };
  return {
    count: now.ids.size,
    isAll: now.isAll,
    isFull,
    has: (id) => now.isAll || now.ids.has(id),
    toggle,
    take: (ids) => set(ids, true),
    selectAll: () => setKept({ key, ids: new Set(), isAll: true }),
    clear: () => setKept(NONE),
    conditions: now.isAll ? view.conditions : [{ op: "row", value: [...now.ids].sort((a, b) => a - b) }],
  };
}

/** The ids with these on or off; null where that would be more than can be named. */
export function changedBy(
  old: Iterable<number>,
  ids: readonly number[],
  isOn: boolean,
): ReadonlySet<number> | null {
  const next = new Set(old);
  for (const id of ids) next[isOn ? "add" : "delete"](id);
  return next.size > MOST_NAMED ? null : next;
}
