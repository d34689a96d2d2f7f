import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { editQuery, undoBulkEdit } from "@/api/browse";
import type { Job } from "@/api/types";
import { type DatasetVersion, type RestoreResult, restoreVersion } from "@/api/versions";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Button, CheckboxField, Panel, Stack } from "@/ui";
import { UndoEdit } from "./UndoEdit";
import { useJob } from "./useJob";
import styles from "./versions.module.css";

/** The job of the last step; when it is over, what is shown of the data set is read anew. */
function useRestoreJob(id: string | null, dataset: string) {
  const client = useQueryClient();
  const { job, isRunning } = useJob(id);
  const isEnded = job !== undefined && !isRunning;
  useEffect(() => {
    if (!isEnded) return;
    void client.invalidateQueries({ queryKey: ["samples", dataset] });
    void client.invalidateQueries({ queryKey: ["dataset", dataset] });
    void client.invalidateQueries({ queryKey: ["table-rows", dataset] });
  }, [isEnded, client, dataset]);
  return { job, isRunning };
}

/** Bring the data set back to what the version holds: first what would change, then the change, then the way back. */
export function RestorePanel({ version, modality }: { version: DatasetVersion; modality: string }) {
  const t = useWords("versions", modality);
  const mayCurate = useMay("curate_project");
  const [jobId, setJobId] = useState<string | null>(null);
  const { job, isRunning } = useRestoreJob(jobId, version.dataset);
  if (!mayCurate || version.augmentation) return null;
  const result = job && !isRunning && !job.error ? (job.result as unknown as RestoreResult | null) : null;
  return (
    <Panel title={t("restore")}>
      <Stack gap={12}>
        <p className="muted small">{t("restoreText")}</p>
        <div role="status">
          {job && isRunning ? <JobProgress job={job} /> : null}
          {result ? <Told result={result} modality={modality} /> : null}
        </div>
        {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
        <Steps
          version={version.id}
          dataset={version.dataset}
          isWhole={modality === "tabular"}
          result={result}
          isRunning={isRunning}
          onJob={(next) => setJobId(next.id)}
        />
      </Stack>
    </Panel>
  );
}

interface StepsProps {
  version: string;
  dataset: string;
  /** What the version does not have is always set aside. */
  isWhole: boolean;
  result: RestoreResult | null;
  isRunning: boolean;
  onJob: (job: Job) => void;
}

/** What can be done next. */
function Steps({ version, dataset, isWhole, result, isRunning, onJob }: StepsProps) {
  const t = useT("versions");
  const [isChosen, setAside] = useState(false);
  const setsAside = isWhole || isChosen;
  const start = (preview: boolean) =>
    void act(async () => onJob(await restoreVersion(version, preview, setsAside)));
  if (!result?.preview) {
    return (
      <>
        {result?.edit && result.changed && result.restored === undefined ? (
          <UndoRestore dataset={dataset} edit={result.edit} onJob={onJob} />
        ) : null}
        <Button loading={isRunning} variant={result ? "quiet" : undefined} onClick={() => start(true)}>
          {t("restorePreview")}
        </Button>
      </>
    );
  }
  return (
    <>
      {result.others && !isWhole ? (
        <CheckboxField
          label={t("restoreAside")}
          hint={t("restoreAsideHint")}
          checked={setsAside}
          onChange={setAside}
        />
      ) : null}
      {changesAnything(result, setsAside) ? (
        <Button variant="primary" onClick={() => start(false)}>
          {t("restoreDo")}
        </Button>
      ) : (
        <p className="muted small">{t("restoreNothing")}</p>
      )}
    </>
  );
}

interface UndoRestoreProps {
  dataset: string;
  edit: string;
  onJob: (job: Job) => void;
}

function UndoRestore({ dataset, edit, onJob }: UndoRestoreProps) {
  const t = useT("versions");
  const { data } = useQuery(editQuery(dataset, edit));
  if (!data) return null;
  return (
    <UndoEdit
      label={t("restoreUndo")}
      edit={data}
      onUndo={() => void act(async () => onJob(await undoBulkEdit(edit)))}
    />
  );
}

function changesAnything(
  { returned = 0, contents = 0, relabeled = 0, others = 0, classes }: RestoreResult,
  aside: boolean,
) {
  return returned + contents + relabeled + (aside ? others : 0) > 0 || (classes ?? []).length > 0;
}

/** Each count in a sentence; what cannot come back is set apart. */
function Told({ result, modality }: { result: RestoreResult; modality: string }) {
  const t = useWords("versions", modality);
  const { returned = 0, relabeled = 0, unchanged = 0, others = 0, others_since: since = 0 } = result;
  if (result.restored !== undefined) {
    return (
      <ul className={styles.told}>
        <li>{t("restoreTaken", { count: result.restored })}</li>
        {result.kept ? <li>{t("restoreKept", { count: result.kept })}</li> : null}
      </ul>
    );
  }
  const lost = [
    result.gone_purged ? t("restoreGone_purged", { count: result.gone_purged }) : "",
    result.gone_bytes ? t("restoreGone_bytes", { count: result.gone_bytes }) : "",
    result.gone_class ? t("restoreGone_class", { count: result.gone_class }) : "",
    result.gone_cleaned ? t("restoreGone_cleaned", { count: result.gone_cleaned }) : "",
  ].filter(Boolean);
  const rows = [
    t("restoreReturned", { count: returned }),
    result.contents ? t("restoreContents", { count: result.contents }) : "",
    t("restoreRelabeled", { count: relabeled }),
    t("restoreUnchanged", { count: unchanged }),
    result.classes?.length ? t("restoreClasses", { names: result.classes.join(", ") }) : "",
    result.set_aside ? t("restoreSetAside", { count: result.set_aside }) : "",
    result.in_work ? t("restoreInWork", { count: result.in_work }) : "",
    others ? t("restoreOthers", { count: others }) : "",
    since ? t("restoreSince", { count: since }) : "",
  ].filter(Boolean);
  return (
    <>
      <strong className="small">{t(result.preview ? "restoreWould" : "restoreDone")}</strong>
      <ul className={styles.told}>
        {rows.map((row) => (
          <li key={row}>{row}</li>
        ))}
      </ul>
      {lost.map((row) => (
        <p key={row} className={styles.warning}>
          {row}
        </p>
      ))}
    </>
  );
}
