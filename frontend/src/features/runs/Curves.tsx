import { useMemo } from "react";
import type { MetricSeries } from "@/api/training";
import { lookup, useT } from "@/i18n";
import { formatNumber, formatPercent } from "@/i18n/format";
import { EmptyState, Panel } from "@/ui";
import { Chart } from "@/ui/Chart";
import { chartsOf, curvesOf, GROUPS, type Group, pointsOf } from "./curves";
import styles from "./runs.module.css";

const COLORS = ["#4C6EF5", "#F76707", "#12B886", "#E64980", "#15AABF", "#BE4BDB"];

/** The curves of a run, one chart a kind of figure, cursors together. */
export function Curves({ series, isLive }: { series: MetricSeries; isLive: boolean }) {
  const t = useT("runs");
  const charts = useMemo(() => chartsOf(curvesOf(series)), [series]);
  if (charts.size === 0) {
    if (!isLive) return null;
    return (
      <Panel title={t("charts")}>
        <EmptyState compact title={t("noPoints")} />
      </Panel>
    );
  }
  return (
    <div className={styles.charts}>
      {GROUPS.filter((group) => charts.has(group)).map((group) => (
        <OneChart key={group} group={group} keys={charts.get(group) ?? []} series={series} />
      ))}
    </div>
  );
}

const TITLE = {
  loss: "chart_loss",
  quality: "chart_quality",
  rate: "chart_lr",
  memory: "chart_memory",
  other: "chart_more",
} as const;

function OneChart({ group, keys, series }: { group: Group; keys: readonly string[]; series: MetricSeries }) {
  const t = useT("runs");
  const lines = useMemo(
    () =>
      keys.map((key, index) => ({
        key,
        label: lookup("runs", `series_${key}`) ?? key,
        color: COLORS[index % COLORS.length] ?? "#4C6EF5",
        points: pointsOf(series[key] ?? []),
      })),
    [keys, series],
  );
  const isShare = group === "quality";
  return (
    <Panel title={t(TITLE[group])}>
      <Chart
        label={t(TITLE[group])}
        series={lines}
        xLabel={t("step")}
        sync="run"
        heightPx={190}
        {...(isShare ? { yRange: [0, 1] as const } : {})}
        formatY={(value) =>
          isShare ? formatPercent(value, 1) : formatNumber(value, group === "rate" ? 6 : 3)
        }
      />
    </Panel>
  );
}
