import type { CleanedTable } from "@/api/cleanings";
import { RowsCompared } from "@/app/RowsCompared";
import { useT } from "@/i18n";
import { Stack } from "@/ui";
import styles from "./clean.module.css";
import { PreviewFrame, type PreviewProps } from "./PreviewFrame";

/** What the steps make of the first rows: counts, then rows with the cells that change. */
export function TablePreview(props: PreviewProps) {
  const t = useT("clean");
  const rows = useT("cleanRows");
  return (
    <PreviewFrame
      {...props}
      looked={({ changed, looked_at: count }) => rows("lookedAt", { changed, count })}
      emptyText={t("rows_previewEmptyText")}
    >
      {({ table }) => (table ? <Compared table={table} /> : null)}
    </PreviewFrame>
  );
}

function Compared({ table }: { table: CleanedTable }) {
  const t = useT("clean");
  return (
    <Stack gap={12}>
      <Counts table={table} />
      <RowsCompared
        label={t("preview")}
        before={table.columns_before}
        after={table.columns}
        rows={table.rows.map((row, at) => ({ ...row, id: `${row.id} ${at}` }))}
      />
    </Stack>
  );
}

function Counts({ table }: { table: CleanedTable }) {
  const t = useT("cleanRows");
  const named = (counts: Record<string, number>, key: "cells" | "misfits") =>
    table.columns.flatMap(({ index, name }) => {
      const count = counts[String(index)];
      return count ? [t(key, { name, count })] : [];
    });
  const facts = [
    t("rowsAfter", { count: table.rows_after }),
    ...(table.rows_removed > 0 ? [t("rowsRemoved", { count: table.rows_removed })] : []),
    ...named(table.changed, "cells"),
  ];
  const misfits = named(table.misfits, "misfits");
  return (
    <Stack gap={4}>
      <p className="small">{facts.join(" · ")}</p>
      {misfits.length > 0 ? <p className={styles.warning}>{misfits.join(" · ")}</p> : null}
      {table.is_sample ? (
        <p className="muted small">{t("isSample", { count: table.rows_before, total: table.rows_total })}</p>
      ) : null}
    </Stack>
  );
}
