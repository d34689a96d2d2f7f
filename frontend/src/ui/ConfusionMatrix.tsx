import type { CSSProperties } from "react";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import styles from "./ConfusionMatrix.module.css";
import { cx } from "./cx";

export interface ConfusionMatrixProps {
  labels: readonly string[];
  /** `matrix[truth][predicted]` counts. */
  matrix: readonly (readonly number[])[];
  selected?: readonly [truth: number, predicted: number] | null;
  onSelect: (truth: number, predicted: number) => void;
  caption: string;
}

/** A table of buttons: each cell opens the pictures behind its figure. One hue for right, a warm one for wrong. */
export function ConfusionMatrix({ labels, matrix, selected, onSelect, caption }: ConfusionMatrixProps) {
  const t = useT("ui");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={caption}>
      <table className={styles.matrix}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className={styles.corner}>
              {t("truth")} ↓ / {t("predicted")} →
            </th>
            {labels.map((name) => (
              <th key={name} scope="col" title={name}>
                <span>{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, truth) => {
            const total = row.reduce((sum, count) => sum + count, 0);
            const name = labels[truth] ?? String(truth);
            return (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                {row.map((count, predicted) => {
                  const predictedName = labels[predicted] ?? String(predicted);
                  const chosen = selected?.[0] === truth && selected[1] === predicted;
                  const share = total > 0 ? count / total : 0;
                  const tint = truth === predicted ? "var(--heat)" : "var(--heat-bad)";
                  const style: CSSProperties =
                    count > 0 ? { background: `rgb(${tint} / ${(0.08 + share * 0.34).toFixed(3)})` } : {};
                  return (
                    <td key={predictedName}>
                      <button
                        type="button"
                        style={style}
                        className={cx(styles.cell, chosen && styles.chosen, "num")}
                        aria-pressed={chosen}
                        aria-label={t("matrixCell", { count, truth: name, predicted: predictedName })}
                        onClick={() => onSelect(truth, predicted)}
                      >
                        {count === 0 ? "·" : formatCount(count)}
                      </button>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
