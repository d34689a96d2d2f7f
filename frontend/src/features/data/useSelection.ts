import { useCallback, useRef, useState } from "react";
import type { Sample } from "@/api/types";

export interface Selection {
  selected: ReadonlySet<string>;
  /** Every sample that passes the filters, also those not fetched yet. */
  isAll: boolean;
  has: (id: string) => boolean;
  /** Turn one on or off; with `range`, everything since the last one as well. */
  toggle: (index: number, range: boolean) => void;
  /** Those that are fetched, or none. */
  setFetched: (on: boolean) => void;
  selectAll: () => void;
  clear: () => void;
}

interface Kept {
  key: string;
  ids: ReadonlySet<string>;
  isAll: boolean;
}

const NONE: Kept = { key: "", ids: new Set(), isAll: false };

/** From "all" the first click goes back to what is fetched, less the one clicked on. */
function chosenOf(old: Kept, key: string, fetched: readonly Sample[]): Iterable<string> {
  if (old.key !== key) return [];
  return old.isAll ? fetched.map(({ id }) => id) : old.ids;
}

/** Which samples of the list are chosen. Another list (`key`) begins without any. */
export function useSelection(samples: readonly Sample[], key: string): Selection {
  const [kept, setKept] = useState<Kept>(NONE);
  const now = kept.key === key ? kept : NONE;
  const last = useRef<number | null>(null);
  const latest = useRef(samples);
  latest.current = samples;
  const toggle = useCallback(
    (index: number, range: boolean) => {
      const from = range && last.current !== null ? Math.min(last.current, index) : index;
      const to = range && last.current !== null ? Math.max(last.current, index) : index;
      last.current = index;
      setKept((old) => {
        const target = latest.current[index];
        if (!target) return old;
        const next = new Set(chosenOf(old, key, latest.current));
        const isOn = !next.has(target.id);
        for (const { id } of latest.current.slice(from, to + 1)) next[isOn ? "add" : "delete"](id);
        return { key, ids: next, isAll: false };
      });
    },
    [key],
  );
  const setFetched = useCallback(
    (on: boolean) =>
      setKept({ key, ids: new Set(on ? latest.current.map(({ id }) => id) : []), isAll: false }),
    [key],
  );
  return {
    selected: now.ids,
    isAll: now.isAll,
    has: (id) => now.isAll || now.ids.has(id),
    toggle,
    setFetched,
    selectAll: useCallback(() => setKept({ key, ids: new Set(), isAll: true }), [key]),
    clear: useCallback(() => setKept(NONE), []),
  };
}
