import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { type BulkResult, undoBulkEdit } from "@/api/browse";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import type { Dataset, Job } from "@/api/types";
import { useT } from "@/i18n";
import { Button } from "@/ui";
import { act } from "./act";
import styles from "./EditStatus.module.css";
import { jobErrorText } from "./errorText";
import { useMay } from "./inProject";
import { JobProgress } from "./JobsTray";
import { useWords } from "./words";

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
    <div className={styles.status} role="status">
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
  const { action, changed = 0, restored } = result;
  const told = (key: "kept" | "unchanged" | "tags_full" | "classes_kept" | "in_work") => {
    const count = result[key] ?? 0;
    return count > 0 ? t(TOLD[key], { count }) : "";
  };
  const parts =
    restored === undefined
      ? [
          t(action === "delete" ? "editDeleted" : "editChanged", { count: changed }),
          told("unchanged"),
          told("tags_full"),
          told("classes_kept"),
          told("in_work"),
        ]
      : [t("editRestored", { count: restored }), told("kept")];
  return <>{parts.filter(Boolean).join(" ")}</>;
}

const TOLD = {
  kept: "editKept",
  unchanged: "editUnchanged",
  tags_full: "editTagsFull",
  classes_kept: "editClassesKept",
  in_work: "editInWork",
} as const;
