import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import type { Sample } from "@/api/types";
import { cx } from "@/ui";
import styles from "./data.module.css";
import texts from "./texts.module.css";

export interface RowListProps {
  label: string;
  rowPx: number;
  samples: readonly Sample[];
  hasMore: boolean;
  isStale: boolean;
  onMore: () => void;
  children: (sample: Sample, index: number) => ReactNode;
}

/** Samples in rows of one height, of which only those in sight are in the document; ↑/↓ walk through them. */
export function RowList({ label, rowPx, samples, hasMore, isStale, onMore, children }: RowListProps) {
  const ref = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: samples.length,
    getScrollElement: () => ref.current,
    estimateSize: () => rowPx,
    overscan: 4,
    paddingEnd: 48,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last > samples.length - 30) onMore();
  }, [hasMore, last, samples.length, onMore]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.code === "ArrowDown" ? 1 : event.code === "ArrowUp" ? -1 : 0;
    const from = event.target instanceof HTMLElement ? event.target.dataset.index : undefined;
    const to = Number(from) + step;
    if (step === 0 || from === undefined || to < 0 || to >= samples.length) return;
    event.preventDefault();
    rows.scrollToIndex(to);
    requestAnimationFrame(() => {
      const next = ref.current?.querySelector(`[data-index="${to}"]`);
      if (next instanceof HTMLElement) next.focus();
    });
  };
  return (
    <div
      ref={ref}
      className={cx(styles.scroll, isStale && styles.stale)}
      onKeyDown={onKeyDown}
      role="list"
      aria-label={label}
    >
      <div className={styles.canvas} style={{ height: rows.getTotalSize() }} role="presentation">
        {visible.map(({ index, key, start }) => {
          const sample = samples[index];
          return sample ? (
            <div
              key={key}
              role="presentation"
              className={texts.place}
              style={{ transform: `translateY(${start}px)`, height: rowPx }}
            >
              {children(sample, index)}
            </div>
          ) : null;
        })}
      </div>
    </div>
  );
}
