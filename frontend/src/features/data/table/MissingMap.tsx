import type { MissingMap as Map_, Table } from "@/api/tables";
import { useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { cx, LinkButton, Panel, Stack } from "@/ui";
import { Matrix } from "./Matrix";
import styles from "./tables.module.css";

// A filter has at most so many conditions.
const MOST_CONDITIONS = 20;

/** Which columns rows lack at once: the sets of them with how many rows, and how two of them go together. */
export function MissingMap({ table }: { table: Table }) {
  const t = useT("tables");
  const { missing } = table.associations;
  if (!missing) return null;
  const names = new Map(table.columns.map((column) => [column.index, column.name]));
  return (
    <Panel title={t("missingMap")}>
      {missing.columns.length === 0 ? (
        <p className="muted">{t("missingNone")}</p>
      ) : (
        <Stack gap={16}>
          <p className="muted small">{t("missingText")}</p>
          <div className={styles.matrices}>
            <Patterns table={table} missing={missing} names={names} />
            {missing.columns.length > 1 ? (
              <Matrix
                title={t("missingTogether")}
                indexes={missing.columns}
                matrix={missing.together}
                names={names}
              />
            ) : null}
          </div>
          <p className="muted small">
            {t("missingWhole", { count: missing.whole })}{" "}
            {missing.more > 0 ? t("missingMore", { count: missing.more }) : ""}
          </p>
        </Stack>
      )}
    </Panel>
  );
}

interface PatternsProps {
  table: Table;
  missing: Map_;
  names: ReadonlyMap<number, string>;
}

function Patterns({ table, missing, names }: PatternsProps) {
  const t = useT("tables");
  const project = useProjectId();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.matrixScroll} tabIndex={0} role="group" aria-label={t("missingMap")}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{t("missingRows")}</th>
            {missing.columns.map((index) => (
              <th key={index} scope="col" title={names.get(index)}>
                {names.get(index)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {missing.patterns.map(({ columns, rows }) => (
            <tr key={columns.join()}>
              <th scope="row">
                <LinkButton
                  size="sm"
                  variant="quiet"
                  to="/p/$project/data"
                  params={{ project }}
                  search={{ dataset: table.dataset, rows: rowsOf(columns, missing.columns) }}
                  aria-label={t("missingPattern", {
                    count: formatCount(rows),
                    names: columns.map((index) => names.get(index) ?? "").join(", "),
                  })}
                >
                  {formatCount(rows)}
                </LinkButton>
              </th>
              {missing.columns.map((index) => {
                const isMissing = columns.includes(index);
                return (
                  <td key={index} className={cx(isMissing ? styles.lacking : styles.there)}>
                    <span className="visually-hidden">{t(isMissing ? "missingIs" : "missingNot")}</span>
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

/** The filter that shows the rows of a pattern: what is missing, and as far as there is room what is not. */
export function rowsOf(pattern: readonly number[], columns: readonly number[]): string {
  const missing = pattern.map((column) => ({ column, op: "missing" }));
  const filled = columns
    .filter((column) => !pattern.includes(column))
    .map((column) => ({ column, op: "filled" }));
  return JSON.stringify([...missing, ...filled].slice(0, MOST_CONDITIONS));
}
