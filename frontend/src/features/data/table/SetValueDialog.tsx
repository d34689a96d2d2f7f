import { type FormEvent, useState } from "react";
import type { Table, TableColumn } from "@/api/tables";
import { useT } from "@/i18n";
import { Button, Dialog, SelectField, SwitchField } from "@/ui";
import { typedOf } from "./cells";
import { ValueField } from "./FilterDialog";
import styles from "./tables.module.css";

export interface SetValueProps {
  table: Table;
  count: number;
  onSet: (params: { column: string; value: string; empty: boolean }) => Promise<void>;
  onClose: () => void;
}

/** One value in a column of all chosen rows, or none. */
export function SetValueDialog({ table, count, onSet, onClose }: SetValueProps) {
  const t = useT("tables");
  const ui = useT("ui");
  const [column, setColumn] = useState<TableColumn | undefined>(table.columns[0]);
  const [text, setText] = useState(firstOf(column));
  const [isEmpty, setIsEmpty] = useState(false);
  const [busy, setBusy] = useState(false);
  const isFit = column !== undefined && (isEmpty || isValue(text, column));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!column || !isFit) return;
    setBusy(true);
    await onSet({ column: column.name, value: isEmpty ? "" : said(text, column), empty: isEmpty });
    setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("setValueTitle", { count })}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{ui("cancel")}</Button>
          <Button type="submit" form="table-set" variant="primary" loading={busy} disabled={!isFit}>
            {t("setValueDo")}
          </Button>
        </>
      }
    >
      <form id="table-set" className={styles.form} onSubmit={submit}>
        <SelectField
          label={t("column")}
          value={column ? String(column.index) : null}
          options={table.columns.map(({ index, name }) => ({ value: String(index), label: name }))}
          onChange={(next) => {
            const chosen = table.columns.find(({ index }) => String(index) === next);
            setColumn(chosen);
            setText(firstOf(chosen));
          }}
        />
        <SwitchField label={t("setMissing")} checked={isEmpty} onChange={setIsEmpty} />
        {column && !isEmpty ? (
          <ValueField key={column.index} column={column} op="eq" text={text} onChange={setText} isFree />
        ) : null}
      </form>
    </Dialog>
  );
}

function firstOf(column: TableColumn | undefined): string {
  return column?.kind === "boolean" ? "true" : "";
}

export function isValue(text: string, column: TableColumn): boolean {
  return text.trim() !== "" && typedOf(text, column.kind, "eq") !== undefined;
}

/** A number as the column writes it: the server reads the value as it reads a file. */
export function said(text: string, { kind, params }: TableColumn): string {
  if (kind !== "number") return text;
  return params.decimal === "," ? text.replace(".", ",") : text.replace(",", ".");
}
