import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useEvents } from "@/api/events";
import { cancelJob, isOpen, jobQuery } from "@/api/jobs";
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
  return <QueryState query={query}>{(job) => <Outcome job={job} />}</QueryState>;
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
            <ResultView result={result} />
          </Panel>
        ) : null}
      </Stack>
    </Page>
  );
}

function titleOf(job: Job, t: Words<"imports">): string {
  const result = importResult(job.result);
  if (job.state === "succeeded")
    return t(result && isTable(result) ? "doneRows" : "doneTitle", { count: result?.created ?? 0 });
  if (job.state === "failed") return t("failedTitle");
  return job.state === "cancelled" ? t("cancelledTitle") : t("running");
}

function TableActions({ dataset }: { dataset: string }) {
  const t = useT("imports");
  const project = useProjectId();
  return (
    <>
      <LinkButton to="/p/$project/data/import" params={{ project }} search={{ dataset }}>
        {t("importMore")}
      </LinkButton>
      <LinkButton to="/p/$project/data" params={{ project }} search={{ dataset }} variant="primary">
        {t("seeRows")}
      </LinkButton>
    </>
  );
}

function Actions({ job }: { job: Job }) {
  const t = useT("imports");
  const project = useProjectId();
  if (isOpen(job)) return <Button onClick={() => void act(() => cancelJob(job.id))}>{t("cancel")}</Button>;
  const result = importResult(job.result);
  if (result && isTable(result)) return <TableActions dataset={String(job.result?.dataset ?? "")} />;
  const isLabeled = result !== null && result.created > 0 && result.annotated >= result.created;
  return (
    <>
      <LinkButton to="/p/$project/data/import" params={{ project }}>
        {t("importMore")}
      </LinkButton>
      <LinkButton to="/p/$project/data" params={{ project }}>
        {t("seePictures")}
      </LinkButton>
      {isLabeled ? (
        <LinkButton to="/p/$project/versions/new" params={{ project }} variant="primary">
          {t("freezeNext")}
        </LinkButton>
      ) : (
        <LinkButton to="/p/$project/tasks" params={{ project }} variant="primary">
          {t("labelNext")}
        </LinkButton>
      )}
    </>
  );
}
