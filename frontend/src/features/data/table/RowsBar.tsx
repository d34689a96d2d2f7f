import { IconPencil, IconTrash } from "@tabler/icons-react";
import { startCleaning } from "@/api/cleanings";
import type { Table } from "@/api/tables";
import type { Job } from "@/api/types";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, ConfirmDialog } from "@/ui";
import { SetValueDialog } from "./SetValueDialog";
import styles from "./tables.module.css";
import type { RowSelection } from "./useRowSelection";

export type RowsAsked = "delete" | "set" | null;

export interface RowsBarProps {
  table: Table;
  /** How many rows the filter takes. */
  total: number;
  isFiltered: boolean;
  selection: RowSelection;
  asked: RowsAsked;
  onAsk: (asked: RowsAsked) => void;
  onJob: (job: Job) => void;
}

/** In place of the tools while rows are chosen: what can be done with them. */
export function RowsBar({ table, total, isFiltered, selection, asked, onAsk, onJob }: RowsBarProps) {
  const t = useT("tables");
  const count = selection.isAll ? total : selection.count;
  const start = (op: string, params: Record<string, unknown>) =>
    act(async () => {
      const rows = JSON.stringify(selection.conditions);
      onJob(await startCleaning(table.dataset, [{ op, params: { rows, ...params } }], "", ""));
      selection.clear();
    });
  return (
    <div className={styles.toolbar} data-selection>
      <strong aria-live="polite">{t("selectedRows", { count })}</strong>
      {isFiltered && !selection.isAll && total > count ? (
        <Button size="sm" variant="quiet" onClick={selection.selectAll}>
          {t("selectAllRows", { count: total })}
        </Button>
      ) : null}
      {selection.isFull ? <span className="muted small">{t("selectedMost")}</span> : null}
      <span className={styles.spacer} />
      <Button icon={<IconPencil size={16} />} onClick={() => onAsk("set")}>
        {t("setValue")}
      </Button>
      <Button icon={<IconTrash size={16} />} onClick={() => onAsk("delete")}>
        {t("deleteRows")}
      </Button>
      <Button onClick={selection.clear}>{t("clearSelection")}</Button>
      {asked === "set" ? (
        <SetValueDialog
          table={table}
          count={count}
          onSet={async (params) => {
            if (await start("set_cells", params)) onAsk(null);
          }}
          onClose={() => onAsk(null)}
        />
      ) : null}
      <ConfirmDialog
        open={asked === "delete"}
        onClose={() => onAsk(null)}
        onConfirm={() => start("drop_rows", {})}
        title={t("deleteRowsTitle", { count })}
        confirm={t("deleteRows")}
      >
        {t("deleteRowsText")}
      </ConfirmDialog>
    </div>
  );
}
