import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useEvents } from "@/api/events";
import { cancelJob, isImport, isOpen, jobQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { JobSubject } from "@/app/JobSubject";
import { JobProgress } from "@/app/JobsTray";
import { jobText } from "@/app/jobWords";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatDuration } from "@/i18n/format";
import { Button, CodeBlock, Facts, LinkButton, Page, PageHeader, Panel, Stack, Time } from "@/ui";
import { JobState } from "./JobsPage";
import styles from "./jobs.module.css";
import { secondsOf } from "./jobTimes";

export function JobPage() {
  const { job: id } = useParams({ from: "/app/jobs/$job" });
  const query = useQuery(jobQuery(id));
  const lines = useLog(id);
  return (
    <QueryState query={query}>
      {(job) => (
        <Page>
          <Head job={job} />
          <Stack>
            {isOpen(job) ? <Running job={job} /> : null}
            <Failed job={job} />
            <FactPanel job={job} />
            {lines.length > 0 ? <Log lines={lines} /> : null}
            <Result job={job} />
          </Stack>
        </Page>
      )}
    </QueryState>
  );
}

/** Lines that the job says while the page is open. */
function useLog(id: string): readonly string[] {
  const client = useQueryClient();
  const [lines, setLines] = useState<readonly string[]>([]);
  useEvents([`job:${id}`], ({ type, body }) => {
    const { text } = body;
    if (type === "log" && typeof text === "string") setLines((old) => [...old.slice(-499), text]);
    else void client.invalidateQueries({ queryKey: jobQuery(id).queryKey });
  });
  return lines;
}

function Head({ job }: { job: Job }) {
  const t = useT("jobs");
  return (
    <PageHeader
      title={jobText(job)}
      badge={<JobState job={job} />}
      actions={
        <>
          <Elsewhere job={job} />
          {isOpen(job) ? (
            <Button onClick={() => void act(() => cancelJob(job.id))}>{t("cancel")}</Button>
          ) : null}
        </>
      }
    />
  );
}

/** The page where this job's outcome is looked at. */
function Elsewhere({ job }: { job: Job }) {
  const t = useT("jobs");
  const { project } = job;
  if (!project) return null;
  if (isImport(job)) {
    return (
      <LinkButton to="/p/$project/data/import/$job" params={{ project, job: job.id }}>
        {t("goTo_import")}
      </LinkButton>
    );
  }
  const run = job.run ?? job.result?.run;
  if (typeof run === "string") {
    return (
      <LinkButton to="/p/$project/runs/$run" params={{ project, run }}>
        {t("goTo_run")}
      </LinkButton>
    );
  }
  return (
    <LinkButton to="/p/$project" params={{ project }}>
      {t("goTo_project")}
    </LinkButton>
  );
}

function Running({ job }: { job: Job }) {
  const t = useT("jobs");
  return (
    <Panel title={t("progress")}>
      {job.state === "queued" ? <p className="muted">{t("waiting")}</p> : <JobProgress job={job} />}
    </Panel>
  );
}

function Failed({ job }: { job: Job }) {
  const t = useT("jobs");
  if (!job.error) return null;
  return (
    <Panel title={t("failedWhy")} tone="bad">
      {jobErrorText(job.error)}
    </Panel>
  );
}

function FactPanel({ job }: { job: Job }) {
  const t = useT("jobs");
  const took = secondsOf(job);
  const rows = [
    ...(job.subject ? [{ key: "subject", label: t("subject"), value: <JobSubject job={job} /> }] : []),
    { key: "created", label: t("created"), value: <Time iso={job.created_at} /> },
    ...(job.started_at
      ? [{ key: "started", label: t("started"), value: <Time iso={job.started_at} /> }]
      : []),
    ...(job.finished_at
      ? [{ key: "finished", label: t("finished"), value: <Time iso={job.finished_at} /> }]
      : []),
    ...(took === null ? [] : [{ key: "took", label: t("took"), value: formatDuration(took) }]),
    { key: "attempts", label: t("attempts"), value: job.attempts },
    { key: "id", label: t("jobId"), value: <code>{job.id}</code> },
  ];
  return (
    <Panel title={t("details")}>
      <Facts rows={rows} />
    </Panel>
  );
}

function Log({ lines }: { lines: readonly string[] }) {
  const t = useT("jobs");
  return (
    <Panel title={t("log")} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className={styles.log} tabIndex={0}>
        {lines.join("\n")}
      </pre>
    </Panel>
  );
}

function Result({ job }: { job: Job }) {
  const t = useT("jobs");
  if (!job.result || Object.keys(job.result).length === 0) return null;
  return (
    <Panel title={t("result")}>
      <CodeBlock label={t("result")} code={JSON.stringify(job.result, null, 2)} />
    </Panel>
  );
}
