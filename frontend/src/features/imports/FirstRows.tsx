import type { ColumnKind } from "@/api/imports";
import { useT } from "@/i18n";
import { type Column, DataTable } from "@/ui";
import styles from "./imports.module.css";

const ROWS = 6;
const COLUMNS = 12;

interface FirstRowsProps {
  columns?: readonly ColumnKind[] | undefined;
  rows?: readonly (readonly (string | null)[])[] | undefined;
}

/** The first rows of a table as they would come in. */
export function FirstRows({ columns = [], rows = [] }: FirstRowsProps) {
  const t = useT("imports");
  if (columns.length === 0 || rows.length === 0) return null;
  const shown = rows.slice(0, ROWS).map((cells, at) => ({ at, cells }));
  const heads: Column<(typeof shown)[number]>[] = columns.slice(0, COLUMNS).map((column, at) => ({
    key: column.name,
    header: column.name,
    cell: (row) => <span className={styles.cell}>{row.cells[at] ?? "–"}</span>,
  }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.problems} tabIndex={0} role="group" aria-label={t("firstRows")}>
      <DataTable label={t("firstRows")} columns={heads} rows={shown} rowKey={(row) => String(row.at)} />
    </div>
  );
}
