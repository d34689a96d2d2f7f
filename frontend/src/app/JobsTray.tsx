import { IconSubtask, IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useEvents } from "@/api/events";
import { cancelJob, isOpen, recentJobsQuery } from "@/api/jobs";
import type { Job, JobState } from "@/api/types";
import { useT } from "@/i18n";
import { formatCount, formatDuration } from "@/i18n/format";
import { Badge, EmptyState, IconButton, Popover, Progress, Row, Stack, Time, type Tone } from "@/ui";
import { jobErrorText } from "./errorText";
import { subjectText } from "./JobSubject";
import styles from "./JobsTray.module.css";
import { jobKindText, jobText } from "./jobWords";

export const JOB_TONE: Readonly<Record<JobState, Tone>> = {
  queued: "neutral",
  running: "accent",
  succeeded: "ok",
  failed: "bad",
  cancelled: "neutral",
};

/** Imports, exports, training: what runs now, from anywhere in the app. */
export function JobsTray() {
  const t = useT("app");
  const [open, setOpen] = useState(false);
  const client = useQueryClient();
  const jobs = useQuery(recentJobsQuery).data?.results ?? [];
  const running = jobs.filter(isOpen);
  useEvents(
    running.slice(0, 8).map((job) => `job:${job.id}`),
    (event) => {
      if (event.type !== "log" && event.type !== "metric")
        void client.invalidateQueries({ queryKey: recentJobsQuery.queryKey });
    },
  );
  return (
    <Popover
      open={open}
      onChange={setOpen}
      label={t("jobs")}
      width={360}
      target={
        <IconButton
          label={running.length > 0 ? t("jobsRunning", { count: running.length }) : t("jobs")}
          className={styles.button}
        >
          <IconSubtask size={18} stroke={1.6} />
          {running.length > 0 ? <span className={styles.count}>{running.length}</span> : null}
        </IconButton>
      }
    >
      <Stack gap={8}>
        <Row justify="between">
          <strong>{t("jobs")}</strong>
          <Link to="/jobs" search={{ state: undefined }} className="small" onClick={() => setOpen(false)}>
            {t("jobsAll")}
          </Link>
        </Row>
        {jobs.length === 0 ? (
          <EmptyState compact title={t("jobsNone")}>
            {t("jobsNoneHint")}
          </EmptyState>
        ) : (
          <ul className={styles.list}>
            {jobs.slice(0, 8).map((job) => (
              <JobRow key={job.id} job={job} onOpen={() => setOpen(false)} />
            ))}
          </ul>
        )}
      </Stack>
    </Popover>
  );
}

function JobRow({ job, onOpen }: { job: Job; onOpen: () => void }) {
  const t = useT("app");
  return (
    <li className={styles.job}>
      <Row justify="between">
        <Link to="/jobs/$job" params={{ job: job.id }} onClick={onOpen} className="ellipsis">
          {jobText(job)}
        </Link>
        <Row gap={4}>
          <Badge tone={JOB_TONE[job.state]} dot>
            {t(`jobState_${job.state}`)}
          </Badge>
          {isOpen(job) ? (
            <IconButton size="sm" label={t("jobCancel")} onClick={() => void cancelJob(job.id)}>
              <IconX size={14} />
            </IconButton>
          ) : null}
        </Row>
      </Row>
      <Subject job={job} />
      {isOpen(job) ? <JobProgress job={job} /> : null}
      {job.error ? <p className={styles.error}>{jobErrorText(job.error)}</p> : null}
      {isOpen(job) ? null : (
        <span className="muted small">
          <Time iso={job.finished_at ?? job.created_at} />
        </span>
      )}
    </li>
  );
}

function Subject({ job }: { job: Job }) {
  useT("app");
  const text = subjectText(job);
  return text ? <span className="muted small ellipsis">{text}</span> : null;
}

/** The bar of a running job with its figures and the time left. */
export function JobProgress({ job }: { job: Job }) {
  const t = useT("app");
  const { done, total, eta_s } = job.progress;
  return (
    <Row gap={12}>
      <Progress value={total ? done / total : null} label={jobKindText(job.kind)} />
      <span className="num muted small">
        {total ? `${formatCount(done)} / ${formatCount(total)}` : formatCount(done)}
        {eta_s ? ` · ${t("jobLeft", { time: formatDuration(eta_s) })}` : ""}
      </span>
    </Row>
  );
}
