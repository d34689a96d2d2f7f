import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, memo, useEffect, useMemo, useRef, useState } from "react";
import type { Dataset, LabelClass, Sample } from "@/api/types";
import { classText } from "@/app/classWords";
import { useT } from "@/i18n";
import { cx } from "@/ui";
import styles from "./data.module.css";
import type { Selection } from "./useSelection";

const TILE_PX = 156;
const GAP_PX = 8;
const CAPTION_PX = 28;
const PADDING_PX = 16;

export interface GalleryProps {
  dataset: Dataset;
  samples: readonly Sample[];
  hasMore: boolean;
  isStale: boolean;
  onMore: () => void;
  selection: Selection;
  onOpen: (sample: Sample) => void;
}

function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [ref, width] as const;
}

/** Pictures in rows, of which only those in sight are in the document, whatever the data set's size. */
export function Gallery({ dataset, samples, hasMore, isStale, onMore, selection, onOpen }: GalleryProps) {
  const t = useT("data");
  const [ref, width] = useWidth();
  const inner = Math.max(0, width - 2 * PADDING_PX);
  const columns = Math.max(2, Math.floor((inner + GAP_PX) / (TILE_PX + GAP_PX)));
  const side = Math.max(80, Math.floor((inner - GAP_PX * (columns - 1)) / columns));
  const rowPx = side + CAPTION_PX + GAP_PX;
  const rows = useVirtualizer({
    count: width > 0 ? Math.ceil(samples.length / columns) : 0,
    getScrollElement: () => ref.current,
    estimateSize: () => rowPx,
    overscan: 1,
    paddingStart: PADDING_PX,
    paddingEnd: 48,
  });
  useEffect(() => {
    if (rowPx > 0) rows.measure();
  }, [rows, rowPx]);
  const visible = rows.getVirtualItems();
  const lastRow = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastRow * columns > samples.length - columns * 8) onMore();
  }, [hasMore, lastRow, columns, samples.length, onMore]);
  const classes = useMemo(() => new Map(dataset.label_schema.classes.map((one) => [one.id, one])), [dataset]);
  const onKeyDown = useArrowKeys(ref, columns, samples.length, (index) =>
    rows.scrollToIndex(Math.floor(index / columns)),
  );
  return (
    <div
      ref={ref}
      className={cx(styles.scroll, isStale && styles.stale)}
      onKeyDown={onKeyDown}
      role="list"
      aria-label={t("gallery")}
    >
      <div className={styles.canvas} style={{ height: rows.getTotalSize() }} role="presentation">
        {visible.map((row) => (
          <div
            key={row.key}
            role="presentation"
            className={styles.row}
            style={{
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, ${side}px)`,
              height: rowPx - GAP_PX,
            }}
          >
            {samples.slice(row.index * columns, (row.index + 1) * columns).map((sample, column) => {
              const index = row.index * columns + column;
              return (
                <Tile
                  key={sample.id}
                  sample={sample}
                  index={index}
                  label={classes.get(sample.labels[0] ?? "")}
                  more={sample.labels.length - 1}
                  isSelected={selection.has(sample.id)}
                  onToggle={selection.toggle}
                  onOpen={onOpen}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

interface TileProps {
  sample: Sample;
  index: number;
  label: LabelClass | undefined;
  more: number;
  isSelected: boolean;
  onToggle: (index: number, range: boolean) => void;
  onOpen: (sample: Sample) => void;
}

const Tile = memo(function Tile({ sample, index, label, more, isSelected, onToggle, onOpen }: TileProps) {
  const t = useT("data");
  const state = t(`state_${sample.state}`);
  const onClick = (event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) onToggle(index, event.shiftKey);
    else onOpen(sample);
  };
  return (
    <div role="listitem" className={cx(styles.tile, isSelected && styles.chosen)}>
      <button
        type="button"
        className={styles.picture}
        data-index={index}
        onClick={onClick}
        aria-label={t("tile", { name: sample.name, state })}
      >
        {sample.thumb_url ? (
          <img src={sample.thumb_url} alt="" loading="lazy" decoding="async" draggable={false} />
        ) : null}
      </button>
      <input
        type="checkbox"
        className={styles.check}
        checked={isSelected}
        aria-label={t("selectTile", { name: sample.name })}
        onChange={() => undefined}
        onClick={(event) => onToggle(index, event.shiftKey)}
      />
      <span
        className={cx(styles.caption, !label && styles.unlabeled)}
        style={{ "--class": label?.color ?? "transparent" }}
        title={sample.name}
        data-state={sample.state}
      >
        {label ? `${classText(label)}${more > 0 ? ` +${more}` : ""}` : state}
      </span>
    </div>
  );
});

const STEPS: Readonly<Record<string, (columns: number) => number>> = {
  ArrowLeft: () => -1,
  ArrowRight: () => 1,
  ArrowUp: (columns) => -columns,
  ArrowDown: (columns) => columns,
};

/** Arrow keys walk from picture to picture, also to those not yet in the document. */
function useArrowKeys(
  ref: { current: HTMLDivElement | null },
  columns: number,
  count: number,
  reveal: (index: number) => void,
) {
  return (event: KeyboardEvent) => {
    const step = STEPS[event.code]?.(columns);
    const from = event.target instanceof HTMLElement ? event.target.dataset.index : undefined;
    if (step === undefined || from === undefined) return;
    const to = Number(from) + step;
    if (to < 0 || to >= count) return;
    event.preventDefault();
    reveal(to);
    requestAnimationFrame(() => {
      const next = ref.current?.querySelector(`[data-index="${to}"]`);
      if (next instanceof HTMLElement) next.focus();
    });
  };
}
