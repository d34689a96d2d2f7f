import { type FormEvent, useState } from "react";
import type { Op, TableColumn } from "@/api/tables";
import { useT } from "@/i18n";
import { Button, Dialog, SelectField, TextField } from "@/ui";
import { opsOf, takesValue, typedOf } from "./cells";
import styles from "./tables.module.css";
import type { View } from "./useView";

/** One more condition about a column. */
export function FilterDialog({
  column,
  view,
  onClose,
}: {
  column: TableColumn;
  view: View;
  onClose: () => void;
}) {
  const t = useT("tables");
  const ui = useT("ui");
  const ops = opsOf(column.kind);
  const [op, setOp] = useState<Op>(ops[0] ?? "eq");
  const [text, setText] = useState(column.kind === "boolean" ? "true" : "");
  const value = takesValue(op) ? typedOf(text, column.kind, op) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (value === undefined) return;
    view.addCondition({ column: column.index, op, ...(takesValue(op) ? { value } : {}) });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("filterTitle", { name: column.name })}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{ui("cancel")}</Button>
          <Button type="submit" form="table-filter" variant="primary" disabled={value === undefined}>
            {t("apply")}
          </Button>
        </>
      }
    >
      <form id="table-filter" className={styles.form} onSubmit={submit}>
        <SelectField
          label={t("condition")}
          value={op}
          options={ops.map((one) => ({ value: one, label: t(`op_${one}`) }))}
          onChange={(next) => next && setOp(next)}
        />
        {takesValue(op) ? <ValueField column={column} op={op} text={text} onChange={setText} /> : null}
      </form>
    </Dialog>
  );
}

interface ValueFieldProps {
  column: TableColumn;
  op: Op;
  text: string;
  onChange: (text: string) => void;
  /** Any value can be typed, not only one of those that are there. */
  isFree?: boolean;
}

/** A value of a column, as its kind is written. */
export function ValueField({ column, op, text, onChange, isFree = false }: ValueFieldProps) {
  const t = useT("tables");
  const words = column.kind === "category" && op !== "contains" ? (column.statistics.top ?? []) : [];
  if (column.kind === "boolean")
    return (
      <SelectField
        label={t("value")}
        value={text}
        options={[
          { value: "true", label: t("yes") },
          { value: "false", label: t("no") },
        ]}
        onChange={(next) => next && onChange(next)}
      />
    );
  const isListed = !isFree && words.length > 0 && words.length === column.statistics.distinct;
  if (isListed)
    return (
      <SelectField
        label={t("value")}
        value={text || null}
        options={words.map((one) => ({ value: one.value, label: one.value }))}
        onChange={(next) => onChange(next ?? "")}
      />
    );
  const placeholder = column.kind === "datetime" ? "2024-01-31" : "";
  return (
    <TextField label={t("value")} value={text} onChange={onChange} placeholder={placeholder} autoFocus />
  );
}
