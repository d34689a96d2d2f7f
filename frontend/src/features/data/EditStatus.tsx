import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { type BulkResult, undoBulkEdit } from "@/api/browse";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import type { Dataset, Job } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Button } from "@/ui";
import styles from "./data.module.css";

export interface EditStatusProps {
  dataset: Dataset;
  jobId: string;
  onJob: (job: Job | null) => void;
}

/** How far a change of many samples is; when it is done, what it did and the way back. */
export function EditStatus({ dataset, jobId, onJob }: EditStatusProps) {
  const t = useT("data");
  const { id, modality } = dataset;
  const client = useQueryClient();
  const mayCurate = useMay("curate_project");
  const job = useQuery(jobQuery(jobId)).data;
  useEvents([`job:${jobId}`], () => void client.invalidateQueries({ queryKey: jobQuery(jobId).queryKey }));
  const isEnded = job !== undefined && !isOpen(job);
  useEffect(() => {
    if (!isEnded) return;
    void client.invalidateQueries({ queryKey: ["samples", id] });
    void client.invalidateQueries({ queryKey: ["sample"] });
    void client.invalidateQueries({ queryKey: ["dataset", id] });
  }, [isEnded, client, id]);
  if (!job) return null;
  const result = job.result as BulkResult | null;
  return (
    <div className={styles.editStatus} role="status">
      {isEnded ? (
        <span>{job.error ? jobErrorText(job.error) : <Said result={result} modality={modality} />}</span>
      ) : null}
      {isEnded ? null : <JobProgress job={job} />}
      <span className={styles.spacer} />
      {mayCurate && result?.changed && result.restored === undefined ? (
        <Button
          size="sm"
          variant="quiet"
          onClick={() => void act(async () => onJob(await undoBulkEdit(result.edit)))}
        >
          {t("editUndo")}
        </Button>
      ) : null}
      {isEnded ? (
        <Button size="sm" variant="quiet" onClick={() => onJob(null)}>
          {t("editClose")}
        </Button>
      ) : null}
    </div>
  );
}

function Said({ result, modality }: { result: BulkResult | null; modality: string }) {
  const t = useWords("data", modality);
  if (!result) return null;
  const { action, changed = 0, unchanged = 0, in_work = 0, tags_full = 0, restored, kept = 0 } = result;
  const parts =
    restored !== undefined
      ? [t("editRestored", { count: restored }), kept > 0 ? t("editKept", { count: kept }) : ""]
      : [
          t(action === "delete" ? "editDeleted" : "editChanged", { count: changed }),
          unchanged > 0 ? t("editUnchanged", { count: unchanged }) : "",
          tags_full > 0 ? t("editTagsFull", { count: tags_full }) : "",
          in_work > 0 ? t("editInWork", { count: in_work }) : "",
        ];
  return <>{parts.filter(Boolean).join(" ")}</>;
}
