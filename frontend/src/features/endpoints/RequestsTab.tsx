import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Endpoint, type EndpointMetrics, endpointMetricsQuery } from "@/api/endpoints";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatCount, formatNumber, formatPercent } from "@/i18n/format";
import { EmptyState, Panel, Stack, Stat, StatRow } from "@/ui";
import { Chart } from "@/ui/Chart";
import styles from "./endpoints.module.css";
import { hourOf } from "./hour";

/** The last hour: how many, how fast, how many failed, on one time axis. */
export function RequestsTab({ endpoint }: { endpoint: Endpoint }) {
  const query = useQuery(endpointMetricsQuery(endpoint.id));
  return <QueryState query={query}>{(metrics) => <Figures metrics={metrics} />}</QueryState>;
}

function Figures({ metrics }: { metrics: EndpointMetrics }) {
  const t = useT("endpoints");
  const ms = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : t("ms", { value: formatNumber(value, 1) });
  const { requests, errors, refused = 0, latency } = metrics;
  return (
    <Stack>
      <p className="muted small">{t("last60")}</p>
      <StatRow>
        <Stat label={t("total")} value={formatCount(requests)} />
        <Stat
          label={t("errors")}
          value={formatCount(errors)}
          hint={requests > 0 ? t("errorShare", { percent: formatPercent(errors / requests, 2) }) : undefined}
          tone={errors > 0 ? "bad" : "neutral"}
        />
        <Stat label={t("refused")} value={formatCount(refused)} hint={t("refusedText")} />
        <Stat label={t("p50")} value={ms(latency.p50)} />
        <Stat label={t("p95")} value={ms(latency.p95)} />
        <Stat label={t("p99")} value={ms(latency.p99)} />
      </StatRow>
      {metrics.per_minute.length === 0 ? (
        <EmptyState compact title={t("noTraffic")} />
      ) : (
        <Curves metrics={metrics} />
      )}
    </Stack>
  );
}

/** Distances of marks in seconds: whole minutes. */
const MINUTES = [60, 300, 600, 900, 1_800];
/** There is no half of a request. */
const WHOLE = [1, 2, 5]
  .flatMap((digit) => [0, 1, 2, 3, 4, 5, 6, 7].map((zeros) => digit * 10 ** zeros))
  .sort((a, b) => a - b);
const LEAST_REQUESTS = 4;
const LEAST_MS = 1;

function minuteText(seconds: number): string {
  return new Date(seconds * 1000).toTimeString().slice(0, 5);
}

function Curves({ metrics }: { metrics: EndpointMetrics }) {
  const t = useT("endpoints");
  const { traffic, latency, range } = useMemo(() => {
    const hour = hourOf(metrics);
    return {
      range: hour.range,
      traffic: [
        { key: "requests", label: t("total"), color: "#4C6EF5", points: hour.requests },
        { key: "errors", label: t("errors"), color: "#FA5252", points: hour.errors },
      ],
      latency: [
        { key: "p50", label: t("p50"), color: "#12B886", points: hour.p50 },
        { key: "p95", label: t("p95"), color: "#F76707", points: hour.p95 },
      ],
    };
  }, [metrics, t]);
  return (
    <div className={styles.charts}>
      <Panel title={t("perMinute")}>
        <Chart
          label={t("perMinute")}
          series={traffic}
          xLabel={t("when")}
          sync="endpoint"
          xRange={range}
          xSteps={MINUTES}
          yLeast={LEAST_REQUESTS}
          ySteps={WHOLE}
          formatX={minuteText}
          formatY={(value) => formatNumber(value, 0)}
        />
      </Panel>
      <Panel title={t("latency")}>
        <Chart
          label={t("latency")}
          series={latency}
          xLabel={t("when")}
          sync="endpoint"
          xRange={range}
          xSteps={MINUTES}
          yLeast={LEAST_MS}
          formatX={minuteText}
          formatY={(value) => formatNumber(value, 1)}
        />
      </Panel>
    </div>
  );
}
