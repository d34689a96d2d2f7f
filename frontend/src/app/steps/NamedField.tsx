import { useQuery } from "@tanstack/react-query";
import { tableQuery } from "@/api/tables";
import type { JsonSchema } from "@/api/training";
import { useT } from "@/i18n";
import { SelectField } from "@/ui";
import { useNamed } from "./named";
import { SeveralField } from "./SeveralField";

interface NamedProps {
  rule: JsonSchema;
  /** The other parameters of the step. */
  params: Readonly<Record<string, unknown>>;
  value: unknown;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** What a choice of a fixed list is called. */
  choiceText: (choice: string) => string;
  onChange: (value: unknown) => void;
}

/** The field of a parameter that names a column, several columns or a table. */
export function NamedField({ rule, params, value, choiceText, ...field }: NamedProps) {
  const t = useT("cleanRows");
  const { columns, tables } = useNamed();
  const there = useQuery({
    ...tableQuery(String(params.table ?? "")),
    enabled: rule.format === "columns-there" && Boolean(params.table),
  }).data;
  if (rule.type === "array") {
    const chosen = Array.isArray(value) ? value.map(String) : [];
    const from = rule.format === "columns-there" ? (there?.columns ?? []) : columns;
    const options = rule.items?.enum
      ? rule.items.enum.map((one) => ({ value: String(one), label: choiceText(String(one)) }))
      : from
          .filter((column) => !rule.kinds || rule.kinds.includes(column.kind))
          .map(({ name }) => ({ value: name, label: name }));
    return <SeveralField {...field} value={chosen} options={options} />;
  }
  const named =
    rule.format === "table"
      ? tables.map(({ id, name }) => ({ value: id, label: name }))
      : columns.map(({ name }) => ({ value: name, label: name }));
  const text = String(value ?? "");
  // A step before may have taken the column away; what was chosen has to stay readable.
  const options =
    text && !named.some((one) => one.value === text) ? [...named, { value: text, label: text }] : named;
  return (
    <SelectField
      {...field}
      value={text || null}
      placeholder={t("choose")}
      clearable
      options={options}
      onChange={(chosen) => field.onChange(chosen ?? "")}
    />
  );
}
