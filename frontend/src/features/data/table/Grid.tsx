import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useMemo, useRef } from "react";
import { type Kind, ROWS_PAGE, rowsQuery, type Table, type TableColumn, type TableRow } from "@/api/tables";
import type { Dataset } from "@/api/types";
import { cellText } from "@/app/cellText";
import { useMay } from "@/app/inProject";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { cx } from "@/ui";
import { HeaderCell } from "./HeaderCell";
import type { Asked } from "./TableView";
import styles from "./tables.module.css";
import { useRowKeys } from "./useRowKeys";
import type { RowSelection } from "./useRowSelection";
import type { View } from "./useView";

const ROW_PX = 30;
const HEAD_PX = 96;
const NUMBER_PX = 96;
const COLUMN_PX = 168;
/** Browsers draw no element higher than some 17 million pixels. */
const MAX_ROWS = 500_000;

export interface GridProps {
  dataset: Dataset;
  table: Table;
  view: View;
  total: number;
  isStale: boolean;
  selection: RowSelection;
  onDelete: () => void;
  onAsk: (asked: Asked) => void;
  onLook: (column: TableColumn) => void;
  onRetype: (column: TableColumn, kind: Kind) => void;
}

/** Rows and columns of which only those in sight are in the document, whatever the table's size. */
export function Grid(props: GridProps) {
  const { dataset, table, view, total, isStale, selection, onAsk, onLook, onRetype } = props;
  const t = useT("tables");
  const mayCurate = useMay("curate_project");
  const scroller = useRef<HTMLDivElement>(null);
  const count = Math.min(total, MAX_ROWS);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: table.columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => COLUMN_PX,
    overscan: 2,
    scrollMargin: NUMBER_PX,
  });
  const seen = rows.getVirtualItems();
  const lanes = across.getVirtualItems();
  const rowAt = useRows(dataset.id, table, view, seen.at(0)?.index ?? 0, seen.at(-1)?.index ?? 0);
  const reach = useRowKeys({
    scroller,
    count,
    enabled: mayCurate,
    selection,
    idAt: (index) => rowAt(index)?.id,
    onShow: (index) => rows.scrollToIndex(index),
    onDelete: props.onDelete,
  });
  const reached = seen.some((item) => item.index === reach) ? reach : seen.at(0)?.index;
  const width = NUMBER_PX + table.columns.length * COLUMN_PX;
  const shown = lanes.flatMap((lane) => {
    const column = table.columns[lane.index];
    return column ? [{ column, at: lane.index }] : [];
  });
  return (
    <>
      <div
        ref={scroller}
        className={cx(styles.scroll, isStale && styles.stale)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="group"
        aria-label={t("table")}
      >
        <div
          role="table"
          aria-label={t("table")}
          aria-rowcount={total + 1}
          aria-colcount={table.columns.length + 1}
          style={{ width, height: HEAD_PX + count * ROW_PX, position: "relative" }}
        >
          <div role="rowgroup" className={styles.head} style={{ height: HEAD_PX }}>
            {/* biome-ignore lint/a11y/useFocusableInteractive: the rows of a table are read, not operated */}
            <div role="row" aria-rowindex={1} style={{ position: "relative", height: "100%" }}>
              {/* biome-ignore lint/a11y/useFocusableInteractive: the rows of a table are read, not operated */}
              <div role="columnheader" className={styles.rowNumber} style={{ width: NUMBER_PX }}>
                {t("row")}
              </div>
              {shown.map(({ column, at }) => (
                <HeaderCell
                  key={column.index}
                  dataset={dataset.id}
                  column={column}
                  position={at}
                  isTarget={table.target === column.index}
                  view={view}
                  style={{ left: NUMBER_PX + at * COLUMN_PX, width: COLUMN_PX }}
                  onAsk={onAsk}
                  onLook={onLook}
                  onRetype={onRetype}
                />
              ))}
            </div>
          </div>
          <div role="rowgroup">
            {seen.map((item) => (
              <Line
                key={item.key}
                index={item.index}
                row={rowAt(item.index)}
                columns={shown}
                target={table.target}
                selection={mayCurate ? selection : null}
                isReached={item.index === reached}
              />
            ))}
          </div>
        </div>
      </div>
      {total > MAX_ROWS ? (
        <p className={cx(styles.chips, "muted small")}>{t("rowsCapped", { count: MAX_ROWS })}</p>
      ) : null}
    </>
  );
}

/** The pages in sight, fetched as they come into sight. */
function useRows(dataset: string, table: Table, view: View, from: number, to: number) {
  const first = Math.floor(from / ROWS_PAGE);
  const pages = Array.from({ length: Math.floor(to / ROWS_PAGE) - first + 1 }, (_, at) => first + at);
  const answers = useQueries({
    queries: pages.map((page) => rowsQuery(dataset, table.revision, view.query, page)),
  });
  return (index: number): TableRow | undefined =>
    answers[Math.floor(index / ROWS_PAGE) - first]?.data?.results[index % ROWS_PAGE];
}

interface LineProps {
  index: number;
  row: TableRow | undefined;
  columns: readonly { column: TableColumn; at: number }[];
  target: number | null;
  /** Null for who may not change rows. */
  selection: RowSelection | null;
  /** Whether Tab leads to this row. */
  isReached: boolean;
}

function Line({ index, row, columns, target, selection, isReached }: LineProps) {
  const t = useT("tables");
  const isChosen = row !== undefined && selection?.has(row.id) === true;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the rows of a table are read, not operated
    <div
      role="row"
      aria-rowindex={index + 2}
      className={cx(styles.row, isChosen && styles.chosenRow)}
      style={{ top: HEAD_PX + index * ROW_PX, height: ROW_PX }}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: the rows of a table are read, not operated */}
      <div role="rowheader" className={styles.rowNumber} style={{ width: NUMBER_PX }}>
        {row && selection ? (
          <input
            type="checkbox"
            data-row-check={index}
            tabIndex={isReached ? 0 : -1}
            checked={isChosen}
            disabled={selection.isAll}
            aria-label={t("selectRow", { number: formatCount(row.id) })}
            onChange={() => undefined}
            onClick={(event) => selection.toggle(index, row.id, event.shiftKey)}
          />
        ) : null}
        <span>{row ? formatCount(row.id) : ""}</span>
      </div>
      {columns.map(({ column, at }) => (
        <Cell key={column.index} column={column} at={at} row={row} isTarget={column.index === target} />
      ))}
    </div>
  );
}

interface CellProps {
  column: TableColumn;
  at: number;
  row: TableRow | undefined;
  isTarget: boolean;
}

const Cell = memo(function Cell({ column, at, row, isTarget }: CellProps) {
  const t = useT("tables");
  const style = useMemo(() => ({ left: NUMBER_PX + at * COLUMN_PX, width: COLUMN_PX }), [at]);
  const value = row?.cells[at] ?? null;
  const misfit = value === null ? row?.misfits[column.index] : undefined;
  const text = misfit ?? cellText(value, column.kind);
  const isMissing = row !== undefined && value === null && misfit === undefined;
  return (
    <div
      role="cell"
      className={cx(
        styles.cell,
        column.kind === "number" && styles.number,
        isTarget && styles.target,
        misfit !== undefined && styles.misfit,
        isMissing && styles.missing,
      )}
      style={style}
      title={misfit === undefined ? text : t("misfit", { text: misfit })}
    >
      {isMissing ? <span title={t("missing")}>–</span> : text}
    </div>
  );
});
