import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, memo, type ReactNode, useEffect, useMemo, useRef } from "react";
import type { Sample } from "@/api/types";
import { classText } from "@/app/classWords";
import { TagChips } from "@/app/TagChips";
import { findingText } from "@/app/words";
import { lookup, useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { cx, Time } from "@/ui";
import { type ColumnKey, columnsOf, SORTS } from "./columns";
import type { GalleryProps } from "./Gallery";
import styles from "./table.module.css";

const ROW_PX = 44;

export interface SampleTableProps extends GalleryProps {
  columns: string | undefined;
  ordering: string;
  onOrdering: (ordering: string) => void;
}

/** Samples as rows, of which only those in sight are in the document. Headers that can, sort. */
export function SampleTable(props: SampleTableProps) {
  const { dataset, samples, hasMore, isStale, onMore, selection, onOpen } = props;
  const t = useT("data");
  const ref = useRef<HTMLDivElement>(null);
  const columns = props.columns;
  const shown = columnsOf(columns);
  const hasPictures = dataset.modality !== "text";
  const rows = useVirtualizer({
    count: samples.length,
    getScrollElement: () => ref.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const visible = rows.getVirtualItems();
  const lastRow = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastRow > samples.length - 60) onMore();
  }, [hasMore, lastRow, samples.length, onMore]);
  const names = useMemo(
    () => new Map(dataset.label_schema.classes.map((one) => [one.id, classText(one)])),
    [dataset],
  );
  const isEvery = samples.length > 0 && samples.every(({ id }) => selection.has(id));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
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
      role="region"
      aria-label={t("table")}
      onKeyDown={onKeyDown}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the keyboard
      tabIndex={0}
    >
      <table
        className={styles.table}
        aria-label={t("gallery")}
        aria-rowcount={hasMore ? -1 : samples.length + 1}
      >
        <thead className={styles.head}>
          <tr aria-rowindex={1}>
            <th scope="col" className={styles.check}>
              <input
                type="checkbox"
                aria-label={t("selectFetched")}
                checked={isEvery}
                onChange={(event) => selection.setFetched(event.currentTarget.checked)}
              />
            </th>
            {hasPictures ? (
              <th scope="col" className={styles.picture}>
                <span className="visually-hidden">{t("sample")}</span>
              </th>
            ) : (
              <th scope="col" className={styles.beginning}>
                {t("column_text")}
              </th>
            )}
            {shown.map((key) => (
              <Header key={key} column={key} ordering={props.ordering} onOrdering={props.onOrdering} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Gap px={visible[0]?.start ?? 0} />
          {visible.map(({ index }) => {
            const sample = samples[index];
            return sample ? (
              <Line
                key={sample.id}
                sample={sample}
                index={index}
                columns={columns}
                names={names}
                isSelected={selection.has(sample.id)}
                onToggle={selection.toggle}
                onOpen={onOpen}
              />
            ) : null;
          })}
          <Gap px={rows.getTotalSize() - (visible.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
    </div>
  );
}

/** Stands for the rows that are not in the document. */
function Gap({ px }: { px: number }) {
  if (px <= 0) return null;
  return (
    <tr>
      <td style={{ height: px, padding: 0 }} />
    </tr>
  );
}

interface HeaderProps {
  column: ColumnKey;
  ordering: string;
  onOrdering: (ordering: string) => void;
}

/** With Shift the column sorts what the ones before leave equal. */
function Header({ column, ordering, onOrdering }: HeaderProps) {
  const t = useT("data");
  const sort = SORTS[column];
  const order = ordering.split(",");
  const rises = order.includes(sort ?? "");
  const falls = order.includes(`-${sort}`);
  if (!sort) return <th scope="col">{t(`column_${column}`)}</th>;
  const next = rises ? `-${sort}` : sort;
  const onClick = (event: MouseEvent) => {
    const others = order.filter((one) => one.replace("-", "") !== sort && one.replace("-", "") !== "id");
    onOrdering(event.shiftKey ? [...others, next].slice(-3).join(",") : next);
  };
  return (
    <th scope="col" aria-sort={rises ? "ascending" : falls ? "descending" : "none"} data-column={column}>
      <button type="button" className={styles.sort} onClick={onClick} title={t("sortHint")}>
        {t(`column_${column}`)}
        {rises ? <IconArrowUp size={14} /> : null}
        {falls ? <IconArrowDown size={14} /> : null}
      </button>
    </th>
  );
}

interface LineProps {
  sample: Sample;
  index: number;
  columns: string | undefined;
  names: ReadonlyMap<string, string>;
  isSelected: boolean;
  onToggle: (index: number, range: boolean) => void;
  onOpen: (sample: Sample) => void;
}

const Line = memo(function Line({ sample, index, columns, names, isSelected, onToggle, onOpen }: LineProps) {
  const t = useT("data");
  const cell = useCells(sample, names);
  return (
    <tr aria-rowindex={index + 2} className={cx(styles.line, isSelected && styles.chosen)}>
      <td>
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={t("selectTile", { name: sample.name })}
          onChange={() => undefined}
          onClick={(event) => onToggle(index, event.shiftKey)}
        />
      </td>
      {sample.modality !== "text" ? (
        <td>
          <div className={styles.thumb}>
            {sample.thumb_url ? <img src={sample.thumb_url} alt="" loading="lazy" decoding="async" /> : null}
          </div>
        </td>
      ) : (
        <td className={styles.cell} dir="auto">
          {sample.payload.excerpt || <span className="muted">{t("textBlank")}</span>}
        </td>
      )}
      {columnsOf(columns).map((key) => (
        <td key={key} className={styles.cell}>
          {key === "name" ? (
            <button
              type="button"
              className={styles.name}
              data-index={index}
              title={sample.name}
              onClick={() => onOpen(sample)}
            >
              {sample.name}
            </button>
          ) : (
            cell(key)
          )}
        </td>
      ))}
    </tr>
  );
});

function useCells(sample: Sample, names: ReadonlyMap<string, string>): (key: ColumnKey) => ReactNode {
  const t = useT("data");
  const split = sample.split === "" ? "none" : sample.split;
  return (key) => {
    switch (key) {
      case "label":
        return sample.labels.map((id) => names.get(id) ?? "").join(", ");
      case "state":
        return t(`state_${sample.state}`);
      case "split":
        return lookup("data", `split_${split}`) ?? split;
      case "size":
        return formatBytes(sample.size_bytes);
      case "pixels":
        return sample.payload.width === undefined ? "" : `${sample.payload.width} × ${sample.payload.height}`;
      case "objects":
        return sample.annotation?.shapes.length ?? 0;
      case "findings":
        return sample.findings.map((code) => findingText(sample.modality, code)).join(", ");
      case "tags":
        return <TagChips tags={sample.tags} isShort />;
      case "imported":
        return <Time iso={sample.imported_at} />;
      case "group":
        return sample.group;
      default:
        return sample.name;
    }
  };
}
