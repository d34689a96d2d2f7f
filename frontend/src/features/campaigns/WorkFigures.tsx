import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Agreement, agreementQuery } from "@/api/consensus";
import type { Campaign } from "@/api/types";
import { type Overview, RECENT_ANSWERS } from "@/api/work";
import { useT } from "@/i18n";
import { formatCount, formatDuration, formatNumber, formatPercent } from "@/i18n/format";
import { Stat, StatRow } from "@/ui";
import { formatDay } from "./day";
import { figureText, intervalText } from "./figures";

export interface WorkProps {
  campaign: Campaign;
  overview: Overview;
}

/** The figures of a task in one row. */
export function WorkFigures({ campaign, overview }: WorkProps) {
  const t = useT("workload");
  const { answers, median_seconds: seconds, rework_rate: rework } = overview;
  const isTogether = campaign.consensus.method !== "none" && campaign.may.review;
  return (
    <StatRow>
      <Stat
        label={t("left")}
        value={formatCount(overview.left)}
        hint={t("ofTotal", { count: overview.counts.total })}
      />
      <Expected overview={overview} />
      <Stat
        label={t("median")}
        value={seconds === null ? "–" : formatDuration(seconds)}
        hint={answers ? t("medianHint", { count: Math.min(answers, RECENT_ANSWERS) }) : t("noAnswers")}
      />
      <Stat
        label={t("rework")}
        value={rework === null ? "–" : formatPercent(rework)}
        hint={
          answers
            ? t("reworkHint", { count: overview.sent_back, total: answers, fixed: overview.fixed })
            : t("noAnswers")
        }
      />
      {isTogether ? <Agreed campaign={campaign} /> : null}
      <Stat label={t("questions")} value={formatCount(overview.questions)} />
    </StatRow>
  );
}

/** The day of the end with its interval, or that nothing can be said of it. */
function Expected({ overview: { forecast, left, due_state: due } }: { overview: Overview }) {
  const t = useT("workload");
  if (left === 0) return <Stat label={t("expected")} value={t("allDone")} tone="ok" />;
  if (!forecast) return <Stat label={t("expected")} value="–" hint={t("tooLittle")} />;
  const { earliest, latest, per_day: pace } = forecast;
  const interval = latest
    ? t("between", { earliest: formatDay(earliest), latest: formatDay(latest) })
    : t("noLatest", { earliest: formatDay(earliest) });
  const tones = { late: "bad", at_risk: "warn", on_time: "ok" } as const;
  const tone = due === "late" || due === "at_risk" || due === "on_time" ? { tone: tones[due] } : {};
  return (
    <Stat
      label={t("expected")}
      value={formatDay(forecast.done_on)}
      hint={`${interval} · ${t("perDay", { count: formatNumber(pace ?? 0, 1) })}`}
      {...tone}
    />
  );
}

function Agreed({ campaign }: { campaign: Campaign }) {
  const t = useT("workload");
  const figures: Partial<Agreement["figures"]> = useQuery(agreementQuery(campaign.id)).data?.figures ?? {};
  const name = figures.f1 ? "f1" : "observed";
  const figure = figures[name];
  const text = (value: number) => figureText(name, value);
  return (
    <Stat
      label={
        <Link
          to="/p/$project/agreement/$campaign"
          params={{ project: campaign.project, campaign: campaign.id }}
        >
          {t("agreement")}
        </Link>
      }
      value={figure?.value == null ? "–" : text(figure.value)}
      hint={figure ? intervalText(figure, text) : undefined}
    />
  );
}
