import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import type { KeyboardEvent, MouseEvent, ReactNode } from "react";
import { useT } from "@/i18n";
import { Button } from "./Button";
import { cx } from "./cx";
import { Skeleton } from "./states";
import styles from "./Table.module.css";
import { CheckboxField } from "./ToggleField";

export interface Column<R> {
  key: string;
  header: ReactNode;
  cell: (row: R) => ReactNode;
  align?: "left" | "right";
  /** The name the API's `ordering` knows; the header becomes a button. */
  sort?: string;
  /** A share of the width; others take what they need. */
  grow?: boolean;
  width?: number;
}

export interface DataTableProps<R> {
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[] | undefined;
  rowKey: (row: R) => string;
  /** Names a row for screen readers where it can be selected or opened. */
  rowName?: (row: R) => string;
  onOpen?: (row: R) => void;
  empty?: ReactNode;
  ordering?: string;
  onOrdering?: (ordering: string) => void;
  selected?: ReadonlySet<string>;
  onSelected?: (keys: ReadonlySet<string>) => void;
  hasMore?: boolean;
  loadingMore?: boolean;
  onMore?: () => void;
}

/** A table of one resource: keyset pages, ordering by the server, rows that open with a click or Enter. */
export function DataTable<R>(props: DataTableProps<R>) {
  const { rows, empty, columns, label, hasMore, onMore, loadingMore } = props;
  const t = useT("ui");
  if (!rows)
    return (
      <div className={styles.loading}>
        <Skeleton lines={5} height={24} />
      </div>
    );
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={label}>
        <thead>
          <tr>
            {props.onSelected ? <SelectAllCell {...props} rows={rows} /> : null}
            {columns.map((column) => (
              <HeaderCell key={column.key} column={column} {...pick(props)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <BodyRow key={props.rowKey(row)} row={row} table={props} />
          ))}
        </tbody>
      </table>
      {hasMore ? (
        <div className={styles.more}>
          <Button {...(onMore ? { onClick: onMore } : {})} loading={loadingMore ?? false}>
            {t("loadMore")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function pick<R>({ ordering, onOrdering }: DataTableProps<R>) {
  return { ordering, onOrdering };
}

interface HeaderCellProps<R> {
  column: Column<R>;
  ordering: string | undefined;
  onOrdering: ((ordering: string) => void) | undefined;
}

function HeaderCell<R>({ column, ordering, onOrdering }: HeaderCellProps<R>) {
  const { sort } = column;
  const rising = ordering === sort;
  const falling = ordering === `-${sort}`;
  const sorted = rising ? "ascending" : falling ? "descending" : undefined;
  return (
    <th
      scope="col"
      aria-sort={sort ? (sorted ?? "none") : undefined}
      className={cx(column.align === "right" && styles.right, column.grow && styles.grow)}
      style={column.width ? { width: column.width } : undefined}
    >
      {sort && onOrdering ? (
        <button type="button" className={styles.sort} onClick={() => onOrdering(rising ? `-${sort}` : sort)}>
          {column.header}
          {rising ? <IconArrowUp size={14} /> : null}
          {falling ? <IconArrowDown size={14} /> : null}
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}

function SelectAllCell<R>({
  rows,
  rowKey,
  selected,
  onSelected,
}: DataTableProps<R> & { rows: readonly R[] }) {
  const t = useT("ui");
  const count = selected?.size ?? 0;
  return (
    <th className={styles.check}>
      <CheckboxField
        label={t("selectAll")}
        hideLabel
        checked={rows.length > 0 && count === rows.length}
        indeterminate={count > 0 && count < rows.length}
        onChange={(on) => onSelected?.(new Set(on ? rows.map(rowKey) : []))}
      />
    </th>
  );
}

function BodyRow<R>({ row, table }: { row: R; table: DataTableProps<R> }) {
  const t = useT("ui");
  const { onOpen, rowKey, rowName, selected, onSelected, columns } = table;
  const key = rowKey(row);
  const isTight = columns.some((column) => column.grow);
  const isSelected = selected?.has(key) ?? false;
  const toggle = (on: boolean) => {
    const next = new Set(selected);
    if (on) next.add(key);
    else next.delete(key);
    onSelected?.(next);
  };
  const onClick = (event: MouseEvent) => {
    if (event.target instanceof Element && event.target.closest("a,button,input,label")) return;
    onOpen?.(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && event.target === event.currentTarget) onOpen?.(row);
  };
  return (
    <tr
      className={cx(onOpen && styles.open, isSelected && styles.selected)}
      {...(onOpen ? { tabIndex: 0, onClick, onKeyDown, "aria-label": rowName?.(row) } : {})}
    >
      {onSelected ? (
        <td className={styles.check}>
          <CheckboxField
            label={t("selectRow", { name: rowName?.(row) ?? key })}
            hideLabel
            checked={isSelected}
            onChange={toggle}
          />
        </td>
      ) : null}
      {columns.map((column) => (
        <td
          key={column.key}
          className={cx(
            column.align === "right" && styles.right,
            isTight && !column.grow && styles.tight,
            "num",
          )}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}
