import type { Cell, CellCondition, Condition, Kind, Op, RowCondition, TableColumn } from "@/api/tables";
import { cellText } from "@/app/cellText";
import { translator } from "@/i18n";

/** Which tests make sense for a kind. */
export function opsOf(kind: Kind): Op[] {
  if (kind === "number" || kind === "datetime")
    return ["ge", "le", "gt", "lt", "eq", "ne", "missing", "filled", "misfit"];
  if (kind === "boolean") return ["eq", "missing", "filled", "misfit"];
  return ["eq", "ne", "contains", "missing", "filled"];
}

export function takesValue(op: CellCondition["op"]): boolean {
  return op !== "missing" && op !== "filled" && op !== "misfit";
}

/** What was typed, as the column's kind has it; undefined when it is none. */
export function typedOf(text: string, kind: Kind, op: Op): Cell | undefined {
  if (op === "contains") return text || undefined;
  if (kind === "number") {
    const value = Number(text.replace(",", "."));
    return text.trim() !== "" && Number.isFinite(value) ? value : undefined;
  }
  if (kind === "boolean") return text === "true";
  if (kind === "datetime")
    return /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?$/.test(text) ? text : undefined;
  return text;
}

/** The filter in the address; anything else than a filter of these columns is none. */
export function conditionsOf(text: string | undefined, columns: readonly TableColumn[]): Condition[] {
  if (!text) return [];
  try {
    const found: unknown = JSON.parse(text);
    if (!Array.isArray(found)) return [];
    return found.filter(
      (one: Condition) =>
        isOfRows(one) || columns.some((column) => column.index === (one as CellCondition | null)?.column),
    );
  } catch {
    return [];
  }
}

/** Whether it is about rows as a whole; those name no column. */
function isOfRows(condition: Condition | null): condition is RowCondition {
  return condition?.op === "row" || condition?.op === "copied";
}

export function conditionText(condition: Condition, columns: readonly TableColumn[]): string {
  const t = translator("tables");
  if (isOfRows(condition))
    return condition.op === "copied" ? t("op_copied") : t("op_row", { count: condition.value?.length ?? 0 });
  const column = columns.find((one) => one.index === condition.column);
  if (!column) return "";
  const values = [condition.value ?? []].flat().map((value) => cellText(value, column.kind));
  const said = takesValue(condition.op) ? ` ${values.join(condition.op === "outside" ? " – " : ", ")}` : "";
  return `${column.name} ${t(`op_${condition.op}`)}${said}`;
}

/** The sort in the address, `-3`: the number of a column, downwards. */
export function sortOf(text: string | undefined): { index: number; isDown: boolean } | null {
  const match = /^(-?)(\d{1,7})$/.exec(text ?? "");
  return match ? { index: Number(match[2]), isDown: match[1] === "-" } : null;
}
