import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useEvents } from "@/api/events";
import { cancelJob, isImport, isOpen, jobQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useProjectId } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { QueryState } from "@/app/QueryState";
import { useWords, type Words } from "@/app/words";
import { useT } from "@/i18n";
import { Button, LinkButton, Page, PageHeader, Panel, Stack } from "@/ui";
import { ResultView } from "./ResultView";
import { importResult, isTable } from "./results";

export function ImportJobPage() {
  const { job: id } = useParams({ from: "/app/p/$project/data/import/$job" });
  const client = useQueryClient();
  const query = useQuery(jobQuery(id));
  useEvents([`job:${id}`], () => void client.invalidateQueries({ queryKey: jobQuery(id).queryKey }));
  const isDone = query.data ? !isOpen(query.data) : false;
  useEffect(() => {
    if (!isDone) return;
    for (const key of ["samples", "datasets", "dataset", "project", "imports"])
      void client.invalidateQueries({ queryKey: [key] });
  }, [isDone, client]);
  return (
    <QueryState query={query}>
      {(job) =>
        // A cleaning brought nothing in: its own page says what it did.
        isImport(job) ? <Outcome job={job} /> : <Navigate to="/jobs/$job" params={{ job: id }} replace />
      }
    </QueryState>
  );
}

function Outcome({ job }: { job: Job }) {
  const result = importResult(job.result);
  const t = useWords("imports", result?.modality ?? "image");
  return (
    <Page>
      <PageHeader title={titleOf(job, t)} actions={<Actions job={job} />} />
      <Stack>
        {isOpen(job) ? (
          <Panel title={t("running")}>
            <JobProgress job={job} />
          </Panel>
        ) : null}
        {job.error ? (
          <Panel title={t("failedTitle")} tone="bad">
            {jobErrorText(job.error)}
          </Panel>
        ) : null}
        {job.state === "cancelled" ? <Panel tone="warn">{t("cancelledText")}</Panel> : null}
        {result ? (
          <Panel>
            <ResultView result={result} isPreview={isRehearsal(job)} />
          </Panel>
        ) : null}
      </Stack>
    </Page>
  );
}

/** Whether it only looked inside. */
function isRehearsal({ result }: Job): boolean {
  return result?.dry_run === true;
}

function titleOf(job: Job, t: Words<"imports">): string {
  const result = importResult(job.result);
  if (job.state === "succeeded" && isRehearsal(job)) return t("previewTitle");
  if (job.state === "succeeded")
    return t(result && isTable(result) ? "doneRows" : "doneTitle", { count: result?.created ?? 0 });
  if (job.state === "failed") return t("failedTitle");
  return job.state === "cancelled" ? t("cancelledTitle") : t("running");
}

function Actions({ job }: { job: Job }) {
  const result = importResult(job.result);
  const t = useWords("imports", result?.modality ?? "image");
  const project = useProjectId();
  if (isOpen(job)) return <Button onClick={() => void act(() => cancelJob(job.id))}>{t("cancel")}</Button>;
  const into = { params: { project }, search: datasetOf(job) };
  const isRows = result !== null && isTable(result);
  const isLabeled = result !== null && result.created > 0 && result.annotated >= result.created;
  return (
    <>
      <LinkButton to="/p/$project/data/import" {...into}>
        {t("importMore")}
      </LinkButton>
      {isRehearsal(job) ? null : (
        <>
          <LinkButton to="/p/$project/data" {...into} variant={isRows ? "primary" : undefined}>
            {t(isRows ? "seeRows" : "seePictures")}
          </LinkButton>
          {isRows ? null : <Next isLabeled={isLabeled} search={into.search} />}
        </>
      )}
    </>
  );
}

/** What an import went into; nothing when it failed before that was written. */
function datasetOf({ result }: Job): { dataset?: string } {
  return typeof result?.dataset === "string" ? { dataset: result.dataset } : {};
}

/** What comes after samples: freezing them where they have labels, else labeling them. */
function Next({ isLabeled, search }: { isLabeled: boolean; search: { dataset?: string } }) {
  const t = useT("imports");
  const project = useProjectId();
  if (isLabeled)
    return (
      <LinkButton to="/p/$project/versions/new" params={{ project }} search={search} variant="primary">
        {t("freezeNext")}
      </LinkButton>
    );
  return (
    <LinkButton to="/p/$project/tasks" params={{ project }} variant="primary">
      {t("labelNext")}
    </LinkButton>
  );
}
