export const COLUMNS = [
  "name",
  "label",
  "state",
  "split",
  "size",
  "pixels",
  "objects",
  "findings",
  "tags",
  "imported",
  "group",
] as const;
export type ColumnKey = (typeof COLUMNS)[number];

const FIRST: readonly ColumnKey[] = ["name", "label", "state", "split", "size", "imported"];

/** The name by which the API sorts a column; the others have none. */
export const SORTS: Readonly<Partial<Record<ColumnKey, string>>> = {
  name: "name",
  size: "size",
  imported: "imported_at",
};

/** The columns an address names, in the table's own order; the name is always there. */
export function columnsOf(text: string | undefined): readonly ColumnKey[] {
  if (text === undefined) return FIRST;
  const wanted = new Set(text.split(","));
  return COLUMNS.filter((key) => key === "name" || wanted.has(key));
}

/** How an address names them; nothing for what is shown anyway. */
export function columnsText(columns: readonly ColumnKey[]): string | undefined {
  const text = COLUMNS.filter((key) => columns.includes(key)).join(",");
  return text === FIRST.join(",") ? undefined : text;
}
