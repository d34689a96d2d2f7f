import type { UseQueryResult } from "@tanstack/react-query";
import type { CleanedTable, CleaningPreview } from "@/api/cleanings";
import { QueryState } from "@/app/QueryState";
import { RowsCompared } from "@/app/RowsCompared";
import { useT } from "@/i18n";
import { EmptyState, Panel, Stack } from "@/ui";
import styles from "./clean.module.css";

interface PreviewProps {
  hasSteps: boolean;
  /** A field of a step has to be mended first. */
  isFaulty: boolean;
  query: UseQueryResult<CleaningPreview>;
}

/** What the steps make of the first rows: counts, then rows with the cells that change. */
export function TablePreview({ hasSteps, isFaulty, query }: PreviewProps) {
  const t = useT("clean");
  const rows = useT("cleanRows");
  return (
    <Panel
      title={t("preview")}
      actions={
        hasSteps && !isFaulty && query.data ? (
          <span className={styles.took} aria-live="polite">
            {rows("lookedAt", { changed: query.data.changed, count: query.data.looked_at })}
          </span>
        ) : null
      }
    >
      {hasSteps && isFaulty ? (
        <EmptyState compact title={t("faultyTitle")}>
          {t("faultyText")}
        </EmptyState>
      ) : hasSteps ? (
        <QueryState query={query} compact>
          {({ table }) => (table ? <Compared table={table} /> : null)}
        </QueryState>
      ) : (
        <EmptyState compact title={t("previewEmptyTitle")}>
          {t("rows_previewEmptyText")}
        </EmptyState>
      )}
    </Panel>
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
