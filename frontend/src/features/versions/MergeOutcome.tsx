import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { undoBulkEdit } from "@/api/browse";
import { applyMerge, type Merge, type MergeResult, mergeQuery, type Side } from "@/api/merges";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { QueryState } from "@/app/QueryState";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Button, Panel, Row, SegmentedField, Split, Stack } from "@/ui";
import { MergeConflicts } from "./MergeConflicts";
import { UndoEdit } from "./UndoEdit";
import { useJob } from "./useJob";
import styles from "./versions.module.css";

interface OutcomeProps {
  dataset: Dataset;
  id: string;
  onAgain: () => void;
}

/** What the merge would do, the conflicts in it, and the steps that are left. */
export function MergeOutcome({ dataset, id, onAgain }: OutcomeProps) {
  const query = useQuery(mergeQuery(id));
  return (
    <QueryState query={query}>
      {(merge) => (
        <Split side={<Steps merge={merge} dataset={dataset} onAgain={onAgain} />}>
          <MergeConflicts merge={merge} />
        </Split>
      )}
    </QueryState>
  );
}

/** The job of the last step, of whoever began it; when it is over, all that is shown of the data set is read anew. */
function useStep(merge: Merge, dataset: string) {
  const client = useQueryClient();
  const [started, setJobId] = useState<string | null>(null);
  const begun = merge.edit_job;
  const { job, isRunning: isGoingOn } = useJob(started ?? begun?.id ?? null);
  const isRunning = job ? isGoingOn : started !== null || begun?.is_open === true;
  const isEnded = job !== undefined && !isRunning;
  useEffect(() => {
    if (!isEnded) return;
    void client.invalidateQueries({ queryKey: mergeQuery(merge.id).queryKey });
    void client.invalidateQueries({ queryKey: ["samples", dataset] });
    void client.invalidateQueries({ queryKey: ["table", dataset] });
    void client.invalidateQueries({ queryKey: ["dataset", dataset] });
  }, [isEnded, client, merge.id, dataset]);
  const result = isEnded && !job.error ? (job.result as MergeResult | null) : null;
  return { job, isRunning, result, setJobId };
}

interface StepsProps {
  merge: Merge;
  dataset: Dataset;
  onAgain: () => void;
}

function Steps({ merge, dataset, onAgain }: StepsProps) {
  const t = useT("changes");
  const mayCurate = useMay("curate_project");
  const step = useStep(merge, dataset.id);
  const { job, isRunning, result } = step;
  return (
    <Panel title={t("mergeOf", { name: merge.source.dataset_name, number: merge.source.number })}>
      <Stack gap={12}>
        {result ? (
          <Done result={result} modality={dataset.modality} />
        ) : (
          <Would merge={merge} modality={dataset.modality} />
        )}
        <div role="status">{job && isRunning ? <JobProgress job={job} /> : null}</div>
        {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
        {mayCurate ? (
          <Doing merge={merge} isTable={dataset.modality === "tabular"} step={step} onAgain={onAgain} />
        ) : null}
      </Stack>
    </Panel>
  );
}

interface DoingProps {
  merge: Merge;
  isTable: boolean;
  step: ReturnType<typeof useStep>;
  onAgain: () => void;
}

/** What can be done next. */
function Doing({ merge, isTable, step: { isRunning, setJobId }, onAgain }: DoingProps) {
  const t = useT("changes");
  const [policy, setPolicy] = useState<Side>("ours");
  const { edit, state, counts } = merge;
  const isReady = (state === "planned" || state === "doing") && !isRunning;
  const canUndo = (state === "done" || state === "undoing") && !isRunning;
  return (
    <>
      {state === "planned" && !isRunning && counts.conflicts ? (
        <SegmentedField
          label={t("mergePolicy")}
          showLabel
          fullWidth
          value={policy}
          options={[
            { value: "ours", label: t("mergeOurs") },
            { value: "theirs", label: t("mergeTheirs") },
          ]}
          onChange={setPolicy}
        />
      ) : null}
      <Row gap={8} wrap>
        {isReady && changesAnything(merge, isTable) ? (
          <Button
            variant="primary"
            onClick={() => void act(async () => setJobId((await applyMerge(merge.id, policy)).id))}
          >
            {t("mergeDo")}
          </Button>
        ) : null}
        {edit && canUndo ? (
          <UndoEdit
            label={t("undo")}
            edit={merge}
            onUndo={() => void act(async () => setJobId((await undoBulkEdit(edit)).id))}
          />
        ) : null}
        {isRunning ? null : (
          <Button variant="quiet" onClick={onAgain}>
            {t("mergeAgain")}
          </Button>
        )}
      </Row>
    </>
  );
}

function changesAnything({ counts, mapping }: Merge, isTable: boolean): boolean {
  const { added = 0, taken = 0, removed = 0, conflicts = 0 } = counts;
  const { columns_added: came = 0, columns_removed: gone = 0 } = counts;
  // A word of a table that is not here yet is no class that has to be made.
  const isNew = !isTable && Object.values(mapping).includes("new");
  return added + taken + removed + conflicts + came + gone > 0 || isNew;
}

/** The counts of the look, in sentences; without one for what does not occur. */
function Would({ merge, modality }: { merge: Merge; modality: string }) {
  const t = useWords("changes", modality);
  const { added = 0, taken = 0, removed = 0, conflicts = 0, missing_there: missing = 0 } = merge.counts;
  const { same = 0, stays = 0, stays_removed: away = 0 } = merge.counts;
  const { columns_added: came = 0, columns_removed: gone = 0 } = merge.counts;
  const rows = [
    t("mergeAdded", { count: added }),
    t("mergeTaken", { count: taken }),
    removed ? t("mergeRemoved", { count: removed }) : "",
    came ? t("mergeColumnsAdded", { count: came }) : "",
    gone ? t("mergeColumnsRemoved", { count: gone }) : "",
    conflicts ? t("mergeConflicts", { count: conflicts }) : t("mergeNoConflicts"),
    same + stays ? t("mergeStays", { count: same + stays }) : "",
    away ? t("mergeAway", { count: away }) : "",
    missing && !merge.removals ? t("mergeMissing", { count: missing }) : "",
  ];
  return <Told title={t(`mergeState_${merge.state}`)} rows={rows} />;
}

function Done({ result, modality }: { result: MergeResult; modality: string }) {
  const t = useWords("changes", modality);
  if (result.restored !== undefined) {
    const rows = [
      t("undone", { count: result.restored }),
      result.kept ? t("keptSince", { count: result.kept }) : "",
    ];
    return <Told title={t("mergeState_undone")} rows={rows} />;
  }
  const { added = 0, taken = 0, ours = 0, theirs = 0, unseen = 0, set_aside: aside = 0 } = result;
  const { in_work: busy = 0, gone_purged: purged = 0, gone_bytes: bytes = 0 } = result;
  const rows = [
    t("mergeDidAdd", { count: added }),
    t("mergeDidTake", { count: taken }),
    theirs ? t("mergeDidTheirs", { count: theirs }) : "",
    ours ? t("mergeDidOurs", { count: ours }) : "",
    aside ? t("mergeDidRemove", { count: aside }) : "",
    busy ? t("mergeInWork", { count: busy }) : "",
    unseen ? t("mergeUnseen", { count: unseen }) : "",
    purged + bytes ? t("mergeGone", { count: purged + bytes }) : "",
  ];
  return <Told title={t("mergeState_done")} rows={rows} />;
}

function Told({ title, rows }: { title: string; rows: readonly string[] }) {
  return (
    <>
      <strong className="small">{title}</strong>
      <ul className={styles.told}>
        {rows.filter(Boolean).map((row) => (
          <li key={row}>{row}</li>
        ))}
      </ul>
    </>
  );
}
