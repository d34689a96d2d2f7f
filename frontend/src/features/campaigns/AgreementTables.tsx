import type { ReactNode } from "react";
import type { Agreement, AgreementCell, Figure } from "@/api/consensus";
import { classText } from "@/app/classWords";
import { useLanguage, useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { Stack, Swatch } from "@/ui";
import styles from "./agreement.module.css";
import { figureText, intervalText, isOpen, pairsByNames, shadeOf } from "./figures";

interface Side {
  key: string;
  name: string;
  color?: string;
}

interface Content {
  figure: Figure;
  kappa?: Figure | null;
  /** In how many samples they differ, where it is known. */
  differing?: number;
  opens: AgreementCell;
}

interface TableProps {
  caption: string;
  corner: string;
  rows: readonly Side[];
  columns: readonly Side[];
  /** The last row is about everybody. */
  hasTotal?: boolean;
  cell: (row: Side, column: Side) => Content | null;
  open: AgreementCell;
  onOpen: (cell: AgreementCell) => void;
}

/** A table of shares, darker where people agree more, each with its figure; a press opens what is behind it. */
function AgreementTable({ caption, corner, rows, columns, hasTotal, cell, open, onOpen }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={caption}>
      <table className={styles.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map((column) => (
              <th key={column.key} scope="col" title={column.name}>
                {column.color ? <Swatch color={column.color} /> : null} {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={row.key} className={hasTotal && at === rows.length - 1 ? styles.all : undefined}>
              <th scope="row" title={row.name}>
                {row.name}
              </th>
              {columns.map((column) => {
                const content = cell(row, column);
                return (
                  <td key={column.key}>
                    {content ? (
                      <Cell
                        content={content}
                        names={`${row.name}, ${column.name}`}
                        isOpen={isOpen(open, content.opens)}
                        onOpen={() => onOpen(content.opens)}
                      />
                    ) : (
                      <span className={styles.none}>–</span>
                    )}
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

interface CellProps {
  content: Content;
  names: string;
  isOpen: boolean;
  onOpen: () => void;
}

const share = (value: number) => formatPercent(value, 0);

function Cell({ content: { figure, kappa, differing }, names, isOpen: isPressed, onOpen }: CellProps) {
  const t = useT("agreement");
  if (figure.value === null) return <span className={styles.none}>–</span>;
  const value = share(figure.value);
  const between = intervalText(figure, share);
  const others = kappa?.value == null ? "" : `κ ${figureText("kappa", kappa.value)}`;
  const differ = differing === undefined ? "" : t("differing", { count: differing });
  const whole = [names, value, between, others, differ].filter(Boolean).join(", ");
  return (
    <button
      type="button"
      className={`${styles.cell} num`}
      style={{ background: shadeOf(figure.value) }}
      aria-pressed={isPressed}
      aria-label={whole}
      title={whole}
      onClick={onOpen}
    >
      <span>{value}</span>
      <small>{others || between}</small>
    </button>
  );
}

interface TablesProps {
  agreement: Agreement;
  open: AgreementCell;
  onOpen: (cell: AgreementCell) => void;
}

const sideOf = (name: string): Side => ({ key: name, name });

/** Each two people: how far they agree. */
export function PeopleTable({ agreement, open, onOpen }: TablesProps) {
  const t = useT("agreement");
  const people = agreement.people.map(sideOf);
  const pairOf = pairsByNames(agreement.pairs);
  return (
    <Listed shown={people.length} total={agreement.people_total} words="peopleShown">
      <AgreementTable
        caption={t("people")}
        corner={t("person")}
        rows={people}
        columns={people}
        open={open}
        onOpen={onOpen}
        cell={(row, column) => {
          const pair = pairOf(row.key, column.key);
          if (!pair) return null;
          const { agreement: figure, kappa, differing } = pair;
          return { figure, kappa, differing, opens: { a: row.key, b: column.key } };
        }}
      />
    </Listed>
  );
}

const EVERYBODY = "";

/** Each person and class: how far they agree with all others. */
export function ClassesTable({ agreement, open, onOpen }: TablesProps) {
  const t = useT("agreement");
  useLanguage();
  const columns = agreement.classes.map((one) => ({
    key: one.id,
    name: classText(one),
    ...(one.color ? { color: one.color } : {}),
  }));
  const ofAll = new Map(agreement.classes.map((one) => [one.id, one.agreement]));
  const ofPerson = new Map(agreement.people_classes.map((one) => [`${one.person}\n${one.label}`, one]));
  const rows = [...agreement.people.map(sideOf), { key: EVERYBODY, name: t("everybody") }];
  return (
    <Listed shown={columns.length} total={agreement.classes_total} words="classesShown">
      <AgreementTable
        caption={t("classes")}
        corner={t("person")}
        rows={rows}
        columns={columns}
        hasTotal
        open={open}
        onOpen={onOpen}
        cell={({ key: person }, { key: label }) => {
          if (person === EVERYBODY) {
            const figure = ofAll.get(label);
            return figure ? { figure, opens: { label } } : null;
          }
          const one = ofPerson.get(`${person}\n${label}`);
          return one
            ? { figure: one.agreement, differing: one.differing, opens: { a: person, label } }
            : null;
        }}
      />
    </Listed>
  );
}

interface ListedProps {
  shown: number;
  total: number;
  words: "peopleShown" | "classesShown";
  children: ReactNode;
}

/** A table, and how many it leaves out. */
function Listed({ shown, total, words, children }: ListedProps) {
  const t = useT("agreement");
  return (
    <Stack gap={8}>
      {children}
      {shown < total ? <p className="muted small">{t(words, { shown, total })}</p> : null}
    </Stack>
  );
}
