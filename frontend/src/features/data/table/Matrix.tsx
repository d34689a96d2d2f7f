import type { CSSProperties } from "react";
import { useT } from "@/i18n";
import { formatNumber } from "@/i18n/format";
import { cx } from "@/ui";
import styles from "./tables.module.css";

interface MatrixProps {
  title: string;
  indexes: readonly number[];
  matrix: readonly (readonly (number | null)[])[];
  names: ReadonlyMap<number, string>;
}

/** How much each two of some columns have to do with each other. */
export function Matrix({ title, indexes, matrix, names }: MatrixProps) {
  const t = useT("tables");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.matrixScroll} tabIndex={0} role="group" aria-label={title}>
      <table className={styles.matrix}>
        <caption className="muted small">{title}</caption>
        <thead>
          <tr>
            <td />
            {indexes.map((index) => (
              <th key={index} scope="col" title={names.get(index)}>
                {names.get(index)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {indexes.map((index, row) => (
            <tr key={index}>
              <th scope="row" title={names.get(index)}>
                {names.get(index)}
              </th>
              {indexes.map((other, at) => {
                const value = matrix[row]?.[at] ?? null;
                const said = value === null ? "–" : formatNumber(value, 2);
                return (
                  <td
                    key={other}
                    className={cx(value === null && "muted")}
                    style={tint(value)}
                    title={t("pairs", {
                      one: names.get(index) ?? "",
                      other: names.get(other) ?? "",
                      value: said,
                    })}
                  >
                    {said}
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

/** The stronger, the fuller: one hue upwards, the warm one downwards, always under readable ink. */
function tint(value: number | null): CSSProperties {
  if (value === null) return {};
  const hue = value < 0 ? "var(--heat-bad)" : "var(--heat)";
  return { background: `rgb(${hue} / ${(Math.abs(value) * 0.4).toFixed(3)})` };
}
