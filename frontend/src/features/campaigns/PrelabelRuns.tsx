import { Link } from "@tanstack/react-router";
import { isOpen } from "@/api/jobs";
import { NEIGHBORS, type PrelabelRun } from "@/api/prelabels";
import { useT } from "@/i18n";
import { formatCount, formatDuration, formatPercent } from "@/i18n/format";
import { DataTable, Panel, Progress } from "@/ui";

/** The runs so far, the newest first, with what people made of what they said. */
export function PrelabelRuns({ runs }: { runs: readonly PrelabelRun[] }) {
  const t = useT("campaigns");
  return (
    <Panel title={t("prelabelRuns")} flush>
      <DataTable
        label={t("prelabelRuns")}
        rows={runs}
        rowKey={(row) => row.id}
        columns={[
          { key: "model", header: t("prelabelBy"), cell: (row) => <Standing run={row} />, grow: true },
          {
            key: "samples",
            header: t("pictures"),
            align: "right",
            cell: (row) => formatCount(row.samples),
          },
          {
            key: "answered",
            header: t("prelabelAnswered"),
            align: "right",
            cell: (row) => formatCount(row.figures.answered),
          },
          {
            key: "rate",
            header: t("prelabelRate"),
            align: "right",
            cell: ({ figures }) => (
              <span title={t("prelabelCounts", { ...figures })}>
                {figures.acceptance_rate === null ? "–" : formatPercent(figures.acceptance_rate)}
              </span>
            ),
          },
          {
            key: "saved",
            header: t("prelabelSaved"),
            align: "right",
            cell: ({ figures }) => <Saved seconds={figures.seconds_saved} />,
          },
        ]}
      />
    </Panel>
  );
}

function Standing({ run }: { run: PrelabelRun }) {
  const t = useT("campaigns");
  const { model, rules, job } = run;
  const byModel = model === NEIGHBORS ? t("prelabelNeighbors") : run.title;
  const title = rules > 0 ? t("prelabelRulesOf", { count: rules }) : byModel;
  if (!job) return <>{title}</>;
  const { done, total } = job.progress;
  return (
    <>
      <Link to="/jobs/$job" params={{ job: job.id }}>
        {title}
      </Link>
      {isOpen(job) ? (
        <Progress value={total ? done / total : null} label={t("prelabelRunning", { title })} />
      ) : null}
      {job.state === "failed" ? (
        <span className="muted small"> {job.error?.detail ?? t("prelabelFailed")}</span>
      ) : null}
    </>
  );
}

/** Less time a sample, or more. */
function Saved({ seconds }: { seconds: number | null }) {
  const t = useT("campaigns");
  if (seconds === null) return <span title={t("prelabelSavedUnknown")}>–</span>;
  const time = formatDuration(Math.abs(seconds));
  return <>{seconds < 0 ? t("prelabelSlower", { time }) : time}</>;
}
