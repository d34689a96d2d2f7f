import type { Grid } from "@/api/embeddings";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import styles from "./explore.module.css";

/** Counts on a square as shades; the darkest is the fullest cell. `across` and `along` name the first edge. */
export function HeatGrid({
  grid,
  label,
  across,
  along,
}: {
  grid: Grid;
  label: string;
  across: string;
  along: string;
}) {
  const t = useT("explore");
  const { side, counts } = grid;
  const most = Math.max(1, ...counts);
  const total = counts.reduce((sum, one) => sum + one, 0);
  const at = counts.indexOf(most);
  const percent = (cell: number) => Math.round(((cell + 0.5) / side) * 100);
  const text = t("heatText", { count: total, x: percent(at % side), y: percent(Math.floor(at / side)) });
  return (
    <figure className={styles.heat}>
      <svg viewBox={`0 0 ${side} ${side}`} role="img" aria-label={`${label}. ${text}`}>
        {counts.map((count, cell) =>
          count > 0 ? (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
              key={cell}
              x={cell % side}
              y={Math.floor(cell / side)}
              width={1}
              height={1}
              style={{ fillOpacity: 0.12 + 0.88 * Math.sqrt(count / most) }}
            >
              <title>{formatCount(count)}</title>
            </rect>
          ) : null,
        )}
      </svg>
      <figcaption className="muted small">
        {along} ↑ · ← {across}. {text}
      </figcaption>
    </figure>
  );
}
