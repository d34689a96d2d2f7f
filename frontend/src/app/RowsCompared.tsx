import type { Cell, Kind, TableRow } from "@/api/tables";
import { useT } from "@/i18n";
import { cx } from "@/ui";
import { cellText } from "./cellText";
import styles from "./rowsCompared.module.css";

export interface NamedColumn {
  index: number;
  name: string;
  kind: Kind;
}

export interface ComparedRow {
  id: string;
  before: TableRow | null;
  after: TableRow | null;
  /** What else is to be said of the row, in front of its cells. */
  note?: string | undefined;
}

export interface RowsComparedProps {
  label: string;
  /** The columns of each side, in the order of its cells; a column of both has one number. */
  before: readonly NamedColumn[];
  after: readonly NamedColumn[];
  rows: readonly ComparedRow[];
}

/** Rows before and after: what a cell said is struck out beside what it says; rows that go or come stand out whole. */
export function RowsCompared({ label, before, after, rows }: RowsComparedProps) {
  const t = useT("tables");
  const old = new Map(before.map((column, at) => [column.index, { column, at }]));
  const now = new Map(after.map((column, at) => [column.index, { column, at }]));
  const columns = [...after, ...before.filter((column) => !now.has(column.index))];
  const hasNotes = rows.some((row) => row.note);
  // In a list of nothing else, marks of what came or went would only be in the way of reading.
  const isMixed = rows.some((row) => row.before && row.after);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>
      <table className={styles.table}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {hasNotes ? <th scope="col">{t("rowNote")}</th> : null}
            {columns.map((column) => {
              const state = now.has(column.index) ? (old.has(column.index) ? "" : "new") : "gone";
              return (
                <th key={column.index} scope="col" className={cx(state && styles[state])}>
                  <span className={styles.name}>{column.name}</span>
                  <span className={styles.kind}>
                    {t(`kind_${column.kind}`)}
                    {state ? ` · ${t(`column_${state}`)}` : ""}
                  </span>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={row.id}
              className={cx(isMixed && !row.after && styles.gone, isMixed && !row.before && styles.new)}
            >
              {hasNotes ? <td>{row.note}</td> : null}
              {columns.map(({ index }) => {
                const [was, is] = [textOf(row.before, old.get(index)), textOf(row.after, now.get(index))];
                return (
                  <td key={index}>
                    <CellChange was={was} is={is} isPaired={row.before !== null && row.after !== null} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Undefined where the side has no such column. */
function textOf(
  row: TableRow | null,
  place: { column: NamedColumn; at: number } | undefined,
): string | undefined {
  if (!row || !place) return undefined;
  const cell: Cell | undefined = row.cells[place.at];
  return row.misfits[String(place.column.index)] ?? cellText(cell, place.column.kind);
}

interface CellChangeProps {
  was: string | undefined;
  is: string | undefined;
  isPaired: boolean;
}

function CellChange({ was, is, isPaired }: CellChangeProps) {
  const t = useT("tables");
  const shown = (text: string) =>
    text === "" ? <span className={styles.missing}>{t("missing")}</span> : text;
  if (isPaired && was !== undefined && is !== undefined && was !== is) {
    return (
      <>
        <del>{shown(was)}</del> <ins>{shown(is)}</ins>
      </>
    );
  }
  const text = is ?? was;
  return text === undefined ? null : shown(text);
}
