import type { WeakFigures } from "@/api/weakRules";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { Stat } from "@/ui";
import styles from "./rules.module.css";

/** What a rule finds: its share, where others say the same or something else, how often it is right, and five places. */
export function RuleFigures({ figures, texts }: { figures: WeakFigures; texts: number }) {
  const t = useT("rules");
  const { matches, overlaps, conflicts, judged, correct } = figures;
  const ofMatches = (count: number) =>
    t("ofMatches", { count: formatCount(count), total: formatCount(matches) });
  return (
    <>
      <div className={styles.figures}>
        <Stat
          label={t("coverage")}
          value={formatPercent(figures.coverage)}
          hint={t("coverageHint", { texts: formatCount(figures.texts), total: formatCount(texts) })}
        />
        <Stat label={t("overlaps")} value={ofMatches(overlaps)} hint={t("overlapsHint")} />
        <Stat
          label={t("conflicts")}
          value={ofMatches(conflicts)}
          hint={t("conflictsHint")}
          {...(conflicts > 0 ? { tone: "warn" as const } : {})}
        />
        <Stat
          label={t("accuracy")}
          value={
            judged > 0 ? t("ofMatches", { count: formatCount(correct), total: formatCount(judged) }) : "–"
          }
          hint={judged > 0 ? t("accuracyHint") : t("accuracyNone")}
        />
      </div>
      {figures.examples.length > 0 ? (
        <ul className={styles.examples} aria-label={t("examples")} data-examples>
          {figures.examples.map((one) => (
            <li key={one.sample} lang="">
              {one.before}
              <mark>{one.match}</mark>
              {one.after}
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted small">{t("noMatch")}</p>
      )}
    </>
  );
}
