import { useCallback, useRef, useState } from "react";
import type { Sample } from "@/api/types";

export interface Selection {
  selected: ReadonlySet<string>;
  /** Turn one on or off; with `range`, everything since the last one as well. */
  toggle: (index: number, range: boolean) => void;
  clear: () => void;
}

/** Which samples of the list are chosen. */
export function useSelection(samples: readonly Sample[]): Selection {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<number | null>(null);
  const latest = useRef(samples);
  latest.current = samples;
  const toggle = useCallback((index: number, range: boolean) => {
    const from = range && last.current !== null ? Math.min(last.current, index) : index;
    const to = range && last.current !== null ? Math.max(last.current, index) : index;
    last.current = index;
    setSelected((old) => {
      const next = new Set(old);
      const target = latest.current[index];
      if (!target) return old;
      const isOn = !old.has(target.id);
      for (const sample of latest.current.slice(from, to + 1)) {
        if (isOn) next.add(sample.id);
        else next.delete(sample.id);
      }
      return next;
    });
  }, []);
  const clear = useCallback(() => setSelected(new Set()), []);
  return { selected, toggle, clear };
}
