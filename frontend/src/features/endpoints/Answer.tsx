import type { PredictAnswer } from "@/api/endpoints";
import { useT } from "@/i18n";
import { formatNumber, formatPercent } from "@/i18n/format";
import { CodeBlock, Progress, Row, Stack } from "@/ui";
import styles from "./endpoints.module.css";

const SHOWN = 6;

/** What the endpoint said: the label, how sure, and the runners-up. */
export function Answer({ answer }: { answer: PredictAnswer }) {
  const t = useT("endpoints");
  const [prediction] = answer.predictions;
  const scores = [...(prediction?.scores ?? [])].sort((a, b) => b.score - a.score).slice(0, SHOWN);
  return (
    <Stack gap={12}>
      <Row justify="between" wrap>
        <strong className={styles.label}>{prediction?.label ?? "–"}</strong>
        {prediction?.score === undefined ? null : (
          <span className="num">{t("sure", { percent: formatPercent(prediction.score) })}</span>
        )}
      </Row>
      <ul className={styles.scores}>
        {scores.map(({ label, score }) => (
          <li key={label}>
            <span className="ellipsis">{label}</span>
            <Progress value={score} label={label} />
            <span className="num muted">{formatPercent(score)}</span>
          </li>
        ))}
      </ul>
      <span className="muted small num">
        {t("tookMs", { ms: formatNumber(answer.latency_ms, 1) })} ·{" "}
        {t("byVersion", { version: String(answer.model_version).slice(0, 8) })}
      </span>
      <details>
        <summary>{t("rawAnswer")}</summary>
        <CodeBlock label={t("rawAnswer")} code={JSON.stringify(answer, null, 2)} />
      </details>
    </Stack>
  );
}
