import { Link, useParams } from "@tanstack/react-router";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Panel } from "@/ui";
import { cellText, mistakesOf } from "./figures";
import styles from "./reports.module.css";

/** What is confused most often, each leading to its pictures. */
export function Mistakes({
  evaluation,
}: {
  evaluation: { confusion: { labels: string[]; matrix: number[][] } };
}) {
  const t = useT("reports");
  const { project, version } = useParams({ from: "/app/p/$project/reports/$version" });
  const { labels, matrix } = evaluation.confusion;
  const mistakes = mistakesOf(matrix);
  return (
    <Panel title={t("worstConfusions")}>
      {mistakes.length === 0 ? <p className="muted">{t("worstNone")}</p> : null}
      <ul className={styles.mistakes}>
        {mistakes.map(({ truth, predicted, count }) => (
          <li key={cellText(truth, predicted)}>
            <Link
              to="/p/$project/reports/$version"
              params={{ project, version }}
              search={(old) => ({ ...old, cell: cellText(truth, predicted) })}
              resetScroll={false}
            >
              {t("cellTitle", { truth: labels[truth] ?? "", predicted: labels[predicted] ?? "" })}
            </Link>
            <span className="num muted">{formatCount(count)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
