import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEvents } from "@/api/events";
import { figureOf } from "@/api/metrics";
import { isRunOpen, type MetricSeries, type Run, runMetricsQuery, runQuery } from "@/api/training";
import { QueryState } from "@/app/QueryState";
import { lookup, useT } from "@/i18n";
import { formatDuration, formatNumber, formatPercent } from "@/i18n/format";
import { Page, PageHeader, Panel, Progress, Row, Split, Stack, Stat, StatRow } from "@/ui";
import { Curves } from "./Curves";
import { bestOf, lastOf } from "./curves";
import { LogPanel } from "./LogPanel";
import { RunActions } from "./RunActions";
import { RunFacts } from "./RunFacts";
import { RunState } from "./RunState";

export function RunPage() {
  const { run: id } = useParams({ from: "/app/p/$project/runs/$run" });
  const query = useQuery(runQuery(id));
  return <QueryState query={query}>{(run) => <OneRun key={run.id} run={run} />}</QueryState>;
}

function OneRun({ run }: { run: Run }) {
  const isLive = isRunOpen(run);
  const series = useQuery(runMetricsQuery(run.id, isLive)).data ?? {};
  const topic = `job:${run.job.id}`;
  useLive(run.id, isLive ? topic : null);
  return (
    <Page>
      <PageHeader
        title={run.name}
        badge={<RunState run={run} />}
        description={lookup("runs", `preset_${run.profile}`)}
        actions={<RunActions run={run} />}
      />
      <Trouble run={run} />
      {isLive ? <HowFar run={run} /> : null}
      <Figures run={run} series={series} />
      <Split side={<RunFacts run={run} />}>
        <Stack>
          <Curves series={series} isLive={isLive} />
          <LogPanel run={run.id} topic={topic} isLive={isLive} />
        </Stack>
      </Split>
    </Page>
  );
}

/** New points and states as the stream tells of them, at most every half second. */
function useLive(run: string, topic: string | null): void {
  const client = useQueryClient();
  useEvents(topic ? [topic] : [], ({ type }) => {
    if (type === "metric")
      void client.invalidateQueries(
        { queryKey: runMetricsQuery(run, true).queryKey },
        { cancelRefetch: false },
      );
    else if (type !== "log")
      void client.invalidateQueries(
        { queryKey: runQuery(run).queryKey, exact: true },
        { cancelRefetch: false },
      );
  });
}

function Trouble({ run }: { run: Run }) {
  const t = useT("runs");
  if (run.state === "cancelled") {
    return (
      <Panel title={t("cancelledTitle")} tone="warn">
        {t("cancelledText")}
      </Panel>
    );
  }
  if (run.state !== "failed" || !run.error) return null;
  const { code, detail } = run.error;
  return (
    <Panel title={t("failedTitle")} tone="bad">
      <Stack gap={4}>
        <p>{lookup("runs", `cause_${code}`) ?? detail}</p>
        <p className="mono">{detail}</p>
      </Stack>
    </Panel>
  );
}

function HowFar({ run }: { run: Run }) {
  const t = useT("runs");
  const { progress } = run;
  if (run.state === "queued") {
    return (
      <Panel title={t("waiting")}>
        <Stack gap={8}>
          <Progress value={null} label={t("waiting")} />
          <p className="muted small">{t("waitingText")}</p>
        </Stack>
      </Panel>
    );
  }
  const stage = lookup("runs", `stage_${run.stage}`) ?? t("state_running");
  if (!progress?.total) {
    return (
      <Panel title={stage}>
        <Progress value={null} label={stage} />
      </Panel>
    );
  }
  const unit = lookup("runs", `unit_${progress.unit}`) ?? progress.unit;
  return (
    <Panel title={stage}>
      <Row gap={16}>
        <Progress value={progress.done / progress.total} label={t("progress")} />
        <span className="num">{t("epochOf", { done: progress.done, total: progress.total, unit })}</span>
      </Row>
    </Panel>
  );
}

function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : formatPercent(value);
}

function Figures({ run, series }: { run: Run; series: MetricSeries }) {
  const t = useT("runs");
  const eta = run.eta_s ?? run.progress?.eta_s ?? null;
  const memory = lastOf(series, "memory_mb");
  const hint = figureOf(run.metrics, "accuracy") === null ? t("metricHint_val") : t("metricHint_test");
  return (
    <StatRow>
      <Stat
        label={t("bestAccuracy")}
        value={percent(figureOf(run.metrics, "accuracy") ?? bestOf(series, "accuracy"))}
        hint={hint}
      />
      <Stat
        label={t("bestF1")}
        value={percent(figureOf(run.metrics, "macro_f1") ?? bestOf(series, "macro_f1"))}
        hint={hint}
      />
      {isRunOpen(run) ? (
        <Stat label={t("eta")} value={eta === null ? "–" : eta < 1 ? t("etaSoon") : formatDuration(eta)} />
      ) : (
        <Stat label={t("took")} value={tookText(run)} />
      )}
      <Stat label={t("device")} value={run.device?.toUpperCase() ?? "–"} />
      {memory === null ? null : <Stat label={t("memory")} value={`${formatNumber(memory / 1000, 1)} GB`} />}
    </StatRow>
  );
}

function tookText({ started_at: start, finished_at: end }: Run): string {
  return start && end ? formatDuration((Date.parse(end) - Date.parse(start)) / 1000) : "–";
}
