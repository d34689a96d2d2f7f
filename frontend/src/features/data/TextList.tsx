import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, memo, useEffect, useMemo, useRef } from "react";
import type { LabelClass, Sample } from "@/api/types";
import { classText } from "@/app/classWords";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { cx, Tag } from "@/ui";
import styles from "./data.module.css";
import type { GalleryProps } from "./Gallery";
import texts from "./texts.module.css";

const ROW_PX = 84;
const CLASSES_SHOWN = 3;

/** Texts in rows: their beginning, classes and state; only those in sight are in the document. */
export function TextList({ dataset, samples, hasMore, isStale, onMore, selection, onOpen }: GalleryProps) {
  const t = useT("data");
  const ref = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: samples.length,
    getScrollElement: () => ref.current,
    estimateSize: () => ROW_PX,
    overscan: 4,
    paddingEnd: 48,
  });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last > samples.length - 30) onMore();
  }, [hasMore, last, samples.length, onMore]);
  const classes = useMemo(() => new Map(dataset.label_schema.classes.map((one) => [one.id, one])), [dataset]);
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
      aria-label={t("text_gallery")}
    >
      <div className={styles.canvas} style={{ height: rows.getTotalSize() }} role="presentation">
        {visible.map(({ index, key, start }) => {
          const sample = samples[index];
          return sample ? (
            <div
              key={key}
              role="presentation"
              className={texts.place}
              style={{ transform: `translateY(${start}px)`, height: ROW_PX }}
            >
              <TextRow
                sample={sample}
                index={index}
                classes={classes}
                isSelected={selection.has(sample.id)}
                onToggle={selection.toggle}
                onOpen={onOpen}
              />
            </div>
          ) : null;
        })}
      </div>
    </div>
  );
}

interface TextRowProps {
  sample: Sample;
  index: number;
  classes: ReadonlyMap<string, LabelClass>;
  isSelected: boolean;
  onToggle: (index: number, range: boolean) => void;
  onOpen: (sample: Sample) => void;
}

const TextRow = memo(function TextRow({
  sample,
  index,
  classes,
  isSelected,
  onToggle,
  onOpen,
}: TextRowProps) {
  const t = useT("data");
  const state = t(`state_${sample.state}`);
  const onClick = (event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) onToggle(index, event.shiftKey);
    else onOpen(sample);
  };
  const carried = sample.labels.flatMap((id) => classes.get(id) ?? []);
  const { excerpt = "", characters = 0 } = sample.payload;
  return (
    <div role="listitem" className={cx(texts.row, isSelected && texts.chosen)}>
      <input
        type="checkbox"
        className={texts.check}
        checked={isSelected}
        aria-label={t("selectTile", { name: sample.name })}
        onChange={() => undefined}
        onClick={(event) => onToggle(index, event.shiftKey)}
      />
      <button type="button" className={texts.open} data-index={index} onClick={onClick}>
        <span className={texts.excerpt} dir="auto">
          {excerpt || t("textBlank")}
        </span>
        <span className={texts.meta}>
          {carried.slice(0, CLASSES_SHOWN).map((one) => (
            <Tag key={one.id} color={one.color}>
              {classText(one)}
            </Tag>
          ))}
          {carried.length > CLASSES_SHOWN ? (
            <span>+{formatCount(carried.length - CLASSES_SHOWN)}</span>
          ) : null}
          {carried.length === 0 || sample.state !== "labeled" ? <span>{state}</span> : null}
          <span className={texts.name}>{sample.name}</span>
          <span className="num">{t("characters", { count: characters })}</span>
        </span>
      </button>
    </div>
  );
});
