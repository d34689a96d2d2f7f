import { useQuery } from "@tanstack/react-query";
import { type BalancePart, type ClassBalance, type DatasetVersion, versionDiffQuery } from "@/api/versions";
import { classText } from "@/app/classWords";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { Badge } from "@/ui";
import styles from "./versions.module.css";

const PARTS = ["all", "train", "val", "test"] as const;
const TONES = { added: "ok", removed: "warn", renamed: "info" } as const;

/** How often each class stands in both versions, in all and in each split. */
export function ClassChanges({ version, against }: { version: DatasetVersion; against: string }) {
  const t = useT("versions");
  const diff = useQuery(versionDiffQuery(version.id, against)).data;
  if (!diff || diff.same_content || diff.balance.length === 0) return null;
  const most = Math.max(0.001, ...diff.balance.flatMap(({ all }) => [all.before_share, all.after_share]));
  return (
    <section>
      <h3 id="class-changes">{t("balanceChanges")}</h3>
      <p className="muted small">{t("balanceChangesText")}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={styles.list} tabIndex={0} role="group" aria-labelledby="class-changes">
        <table className={styles.balance}>
          <thead>
            <tr>
              <th scope="col">{t("classes")}</th>
              <th scope="col" className={styles.wide}>
                <span className="visually-hidden">{t("balanceShare")}</span>
              </th>
              {PARTS.map((part) => (
                <th key={part} scope="col">
                  {t(part === "all" ? "balanceAll" : part)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {diff.balance.map((row) => (
              <Row key={row.id} row={row} most={most} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ row, most }: { row: ClassBalance; most: number }) {
  const t = useT("versions");
  return (
    <tr>
      <th scope="row">
        {classText(row)}{" "}
        {row.change ? <Badge tone={TONES[row.change]}>{t(`class_${row.change}`)}</Badge> : null}
      </th>
      <td aria-hidden>
        <span className={styles.pair}>
          <span className={styles.was} style={{ width: `${(100 * row.all.before_share) / most}%` }} />
          <span className={styles.is} style={{ width: `${(100 * row.all.after_share) / most}%` }} />
        </span>
      </td>
      {PARTS.map((part) => (
        <td key={part}>
          <Part part={row[part]} />
        </td>
      ))}
    </tr>
  );
}

function Part({ part }: { part: BalancePart }) {
  const isSame = part.before === part.after && part.before_share === part.after_share;
  return (
    <span className={styles.was_is}>
      <span>
        {isSame ? formatCount(part.after) : `${formatCount(part.before)} → ${formatCount(part.after)}`}
      </span>
      <span className="muted small">
        {isSame
          ? formatPercent(part.after_share)
          : `${formatPercent(part.before_share)} → ${formatPercent(part.after_share)}`}
      </span>
    </span>
  );
}
