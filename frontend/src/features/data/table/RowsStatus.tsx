import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { undoCleaning } from "@/api/cleanings";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { JobProgress } from "@/app/JobsTray";
import { useT } from "@/i18n";
import { Button } from "@/ui";
import styles from "./tables.module.css";

export interface RowsStatusProps {
  dataset: string;
  jobId: string;
  onJob: (job: Job | null) => void;
}

interface Outcome {
  cleaning?: string;
  /** A restored version or a merge: here only its way back is followed. */
  edit?: string;
  rows_removed?: number;
  restored?: number;
}

/** How far a change of rows is; when it is done, what it did and the way back. */
export function RowsStatus({ dataset, jobId, onJob }: RowsStatusProps) {
  const t = useT("tables");
  const client = useQueryClient();
  const job = useQuery(jobQuery(jobId)).data;
  useEvents([`job:${jobId}`], () => void client.invalidateQueries({ queryKey: jobQuery(jobId).queryKey }));
  const isEnded = job !== undefined && !isOpen(job);
  useEffect(() => {
    if (!isEnded) return;
    for (const queryKey of [
      ["dataset", dataset],
      ["table-rows", dataset],
    ])
      void client.invalidateQueries({ queryKey });
  }, [isEnded, client, dataset]);
  if (!job) return null;
  const result = job.result as Outcome | null;
  const cleaning = result?.cleaning;
  return (
    <div className={styles.chips} role="status">
      {isEnded ? <span>{job.error ? jobErrorText(job.error) : saidOf(result, t)}</span> : null}
      {isEnded ? null : <JobProgress job={job} />}
      <span className={styles.spacer} />
      {isEnded && cleaning && result.restored === undefined ? (
        <Button
          size="sm"
          variant="quiet"
          onClick={() => void act(async () => onJob(await undoCleaning({ id: cleaning, dataset })))}
        >
          {t("rowsUndo")}
        </Button>
      ) : null}
      {isEnded ? (
        <Button size="sm" variant="quiet" onClick={() => onJob(null)}>
          {t("rowsClose")}
        </Button>
      ) : null}
    </div>
  );
}

function saidOf(result: Outcome | null, t: ReturnType<typeof useT<"tables">>): string {
  if (!result) return "";
  if (result.restored !== undefined || result.edit) return t("rowsRestored");
  const { rows_removed: removed = 0 } = result;
  return removed > 0 ? t("rowsDeleted", { count: removed }) : t("rowsSet");
}
