import { type RefObject, useEffect, useRef, useState } from "react";
import { useHotkeys } from "@/hotkeys/scope";
import type { RowSelection } from "./useRowSelection";

interface RowKeys {
  scroller: RefObject<HTMLElement | null>;
  count: number;
  enabled: boolean;
  selection: RowSelection;
  idAt: (index: number) => number | undefined;
  /** Bring a row into sight. */
  onShow: (index: number) => void;
  onDelete: () => void;
}

/**
 * The keys of rows: arrows go from box to box, with Shift they choose, Space is the box's own.
 * The row that Tab leads to.
 */
export function useRowKeys(keys: RowKeys): number {
  const { scroller, count, enabled, selection, idAt, onShow, onDelete } = keys;
  const [reach, setReach] = useState(0);
  const wanted = useRef<number | null>(null);
  // A row that was out of sight is in the document only after it was scrolled to.
  useEffect(() => {
    if (wanted.current === null) return;
    const box = scroller.current?.querySelector<HTMLElement>(`[data-row-check="${wanted.current}"]`);
    if (!box) return;
    box.focus({ preventScroll: true });
    wanted.current = null;
  });
  const step = (by: number, isTaking: boolean) => {
    const from = reachedRow();
    if (from === null) return false;
    const to = Math.min(Math.max(from + by, 0), count - 1);
    if (isTaking && !selection.isAll) selection.take([from, to].flatMap((index) => idAt(index) ?? []));
    wanted.current = to;
    onShow(to);
    setReach(to);
  };
  const hasChosen = selection.isAll || selection.count > 0;
  useHotkeys(
    "rows",
    {
      rowUp: () => step(-1, false),
      rowDown: () => step(1, false),
      takeUp: () => step(-1, true),
      takeDown: () => step(1, true),
      deleteRows: () => (hasChosen ? onDelete() : false),
      clearRows: () => (hasChosen ? selection.clear() : false),
    },
    enabled,
  );
  return reach;
}

/** The row whose box the keyboard is on. */
function reachedRow(): number | null {
  const at =
    document.activeElement instanceof HTMLElement ? document.activeElement.dataset.rowCheck : undefined;
  return at === undefined ? null : Number(at);
}
