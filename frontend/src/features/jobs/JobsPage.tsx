import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { meQuery } from "@/api/auth";
import { cancelJob, isOpen, jobsPages } from "@/api/jobs";
import { rowsOf } from "@/api/query";
import type { Job } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { JobSubject, subjectText } from "@/app/JobSubject";
import { JOB_TONE, JobProgress } from "@/app/JobsTray";
import { jobText, sourceOf } from "@/app/jobWords";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatDuration } from "@/i18n/format";
import {
  Badge,
  Button,
  type Column,
  DataTable,
  EmptyState,
  Page,
  PageHeader,
  Panel,
  SegmentedField,
  Time,
} from "@/ui";
import styles from "./jobs.module.css";
import { secondsOf } from "./jobTimes";

const FILTERS = [
  { value: "", word: "all" },
  { value: "queued,running", word: "filterOpen" },
  { value: "failed", word: "filterFailed" },
  { value: "succeeded", word: "filterDone" },
] as const;

export function JobsPage() {
  const t = useT("jobs");
  const navigate = useNavigate();
  const { state } = useSearch({ from: "/app/jobs" });
  const query = useInfiniteQuery(jobsPages(state));
  const memberships = useQuery(meQuery).data?.memberships ?? [];
  const projects = new Map(memberships.map((one) => [one.project, one.project_name]));
  return (
    <Page>
      <PageHeader
        title={t("title")}
        description={t("subtitle")}
        actions={
          <SegmentedField
            label={t("filterState")}
            value={state ?? ""}
            options={FILTERS.map(({ value, word }) => ({ value, label: t(word) }))}
            onChange={(value) =>
              void navigate({ to: "/jobs", search: { state: value || undefined }, replace: true })
            }
          />
        }
      />
      <QueryState query={query}>
        {(data) => (
          <Panel flush>
            <DataTable
              label={t("title")}
              columns={columnsOf(t, projects)}
              rows={rowsOf(data)}
              rowKey={(job) => job.id}
              rowName={(job) => [jobText(job), subjectText(job), sourceOf(job)].filter(Boolean).join(" ")}
              onOpen={(job) => void navigate({ to: "/jobs/$job", params: { job: job.id } })}
              empty={<EmptyState title={t("emptyTitle")}>{t("emptyText")}</EmptyState>}
              hasMore={query.hasNextPage}
              loadingMore={query.isFetchingNextPage}
              onMore={() => void query.fetchNextPage()}
            />
          </Panel>
        )}
      </QueryState>
    </Page>
  );
}

function columnsOf(t: ReturnType<typeof useT<"jobs">>, projects: ReadonlyMap<string, string>): Column<Job>[] {
  return [
    {
      key: "kind",
      header: t("kind"),
      cell: (job) => (
        <span className={styles.what}>
          <strong className={styles.kind}>{jobText(job)}</strong>
          {sourceOf(job) ? <span className={styles.source}>{sourceOf(job)}</span> : null}
        </span>
      ),
    },
    {
      key: "subject",
      header: t("subject"),
      cell: (job) => <JobSubject job={job} className={styles.subject} />,
    },
    {
      key: "project",
      header: t("project"),
      cell: (job) => <span className={styles.project}>{projects.get(job.project ?? "") ?? ""}</span>,
    },
    { key: "state", header: t("state"), cell: (job) => <JobState job={job} /> },
    { key: "progress", header: t("progress"), grow: true, cell: (job) => <HowFar job={job} /> },
    {
      key: "started",
      header: t("started"),
      cell: (job) => (
        <span className={styles.kind}>
          <Time iso={job.started_at ?? job.created_at} />
        </span>
      ),
    },
    { key: "took", header: t("took"), align: "right", cell: (job) => <Took job={job} /> },
    {
      key: "cancel",
      header: <span className="visually-hidden">{t("cancel")}</span>,
      align: "right",
      cell: (job) => <Cancel job={job} />,
    },
  ];
}

/** The state as a badge. */
export function JobState({ job }: { job: Job }) {
  const app = useT("app");
  return (
    <Badge tone={JOB_TONE[job.state]} dot>
      {app(`jobState_${job.state}`)}
    </Badge>
  );
}

function HowFar({ job }: { job: Job }) {
  if (isOpen(job)) return <JobProgress job={job} />;
  return job.error ? <span className={styles.why}>{jobErrorText(job.error)}</span> : null;
}

function Took({ job }: { job: Job }) {
  const seconds = secondsOf(job);
  return seconds === null ? null : <span className={styles.kind}>{formatDuration(seconds)}</span>;
}

function Cancel({ job }: { job: Job }) {
  const t = useT("jobs");
  if (!isOpen(job)) return null;
  return (
    <Button
      size="sm"
      disabled={job.cancel_requested ?? false}
      onClick={() => void act(() => cancelJob(job.id))}
    >
      {job.cancel_requested ? t("cancelling") : t("cancel")}
    </Button>
  );
}
