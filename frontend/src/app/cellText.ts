import type { Cell, Kind } from "@/api/tables";
import { translator } from "@/i18n";
import { formatNumber } from "@/i18n/format";

const DAY = "T00:00:00";

/** A cell as people read it; "" for a missing one. */
export function cellText(cell: Cell | undefined, kind: Kind): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "boolean") return translator("tables")(cell ? "yes" : "no");
  if (typeof cell === "number") return formatNumber(cell, Math.abs(cell) < 1 ? 6 : 4);
  return kind === "datetime" ? momentText(cell) : cell;
}

/** `2024-01-31` or `2024-01-31 10:30:00`: in a table, dates are compared down the column. */
export function momentText(iso: string): string {
  return iso.endsWith(DAY) ? iso.slice(0, -DAY.length) : iso.replace("T", " ");
}
