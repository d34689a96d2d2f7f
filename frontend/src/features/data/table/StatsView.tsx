import type { Table, TableColumn } from "@/api/tables";
import { momentText } from "@/app/cellText";
import { useT } from "@/i18n";
import { formatCount, formatNumber, formatPercent } from "@/i18n/format";
import { Badge, Button, Panel, Stack } from "@/ui";
import { Matrix } from "./Matrix";
import { MissingMap } from "./MissingMap";
import styles from "./tables.module.css";

/** All columns in figures, and how they go together. */
export function StatsView({ table, onColumn }: { table: Table; onColumn: (column: TableColumn) => void }) {
  const t = useT("tables");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={t("view_stats")}>
      <div className={styles.stats}>
        <Panel flush>
          <div className={styles.matrixScroll}>
            <table className={styles.statTable}>
              <thead>
                <tr>
                  <th scope="col">{t("column")}</th>
                  <th scope="col">{t("kind")}</th>
                  {(["missingCount", "distinct", "min", "mean", "max"] as const).map((word) => (
                    <th key={word} scope="col" className={styles.right}>
                      {t(word)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.columns.map((column) => (
                  <ColumnRow
                    key={column.index}
                    column={column}
                    isTarget={column.index === table.target}
                    onOpen={() => onColumn(column)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        </Panel>
        <Together table={table} />
        <MissingMap table={table} />
      </div>
    </div>
  );
}

interface ColumnRowProps {
  column: TableColumn;
  isTarget: boolean;
  onOpen: () => void;
}

function ColumnRow({ column, isTarget, onOpen }: ColumnRowProps) {
  const t = useT("tables");
  const { missing = 0, count = 0, distinct = 0, min, max, mean } = column.statistics;
  const edge = (value: number | string | undefined) =>
    value === undefined ? "" : typeof value === "number" ? formatNumber(value) : momentText(value);
  return (
    <tr>
      <th scope="row">
        <Button size="sm" variant="quiet" onClick={onOpen}>
          {column.name}
        </Button>
        {isTarget ? <Badge tone="accent">{t("target")}</Badge> : null}
      </th>
      <td>{t(`kind_${column.kind}`)}</td>
      <td className={styles.right}>
        {missing > 0 ? `${formatCount(missing)} (${formatPercent(missing / Math.max(1, count))})` : "0"}
      </td>
      <td className={styles.right}>{formatCount(distinct)}</td>
      <td className={styles.right}>{edge(min)}</td>
      <td className={styles.right}>{typeof mean === "number" ? formatNumber(mean) : ""}</td>
      <td className={styles.right}>{edge(max)}</td>
    </tr>
  );
}

function Together({ table }: { table: Table }) {
  const t = useT("tables");
  const { numbers = [], pearson = [], categories = [], cramers_v: cramers = [], rows } = table.associations;
  const names = new Map(table.columns.map((column) => [column.index, column.name]));
  const hasAny = numbers.length > 1 || categories.length > 1;
  return (
    <Panel title={t("associations")}>
      {hasAny ? (
        <Stack gap={16}>
          <p className="muted small">{t("associationsOf", { count: rows ?? 0 })}</p>
          <div className={styles.matrices}>
            {numbers.length > 1 ? (
              <Matrix title={t("pearson")} indexes={numbers} matrix={pearson} names={names} />
            ) : null}
            {categories.length > 1 ? (
              <Matrix title={t("cramers")} indexes={categories} matrix={cramers} names={names} />
            ) : null}
          </div>
        </Stack>
      ) : (
        <p className="muted">{t("noPairs")}</p>
      )}
    </Panel>
  );
}
