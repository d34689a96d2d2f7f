import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { type BulkEdit, editsPages, undoBulkEdit } from "@/api/browse";
import { rowsOf } from "@/api/query";
import type { Dataset, Job } from "@/api/types";
import { act } from "@/app/act";
import { classText } from "@/app/classWords";
import { useMay } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Badge, Button, Time, type Tone } from "@/ui";
import styles from "./data.module.css";

/** Every change of the data set, the newest first, and the way back of each that has one. */
export function Edits({ dataset, onJob }: { dataset: Dataset; onJob: (job: Job) => void }) {
  const t = useT("changes");
  const query = useInfiniteQuery(editsPages(dataset.id));
  return (
    <QueryState query={query}>
      {(data) => {
        const rows = rowsOf(data) ?? [];
        if (rows.length === 0) return <p className="muted">{t("editsNone")}</p>;
        return (
          <>
            <p className="muted small">{t("editsText")}</p>
            <ul className={styles.edits}>
              {rows.map((edit) => (
                <Edit key={edit.id} edit={edit} dataset={dataset} onJob={onJob} />
              ))}
            </ul>
            {query.hasNextPage ? (
              <Button
                variant="quiet"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t("editsMore")}
              </Button>
            ) : null}
          </>
        );
      }}
    </QueryState>
  );
}

const TONES: Readonly<Record<string, Tone>> = { stopped: "warn", undoStopped: "warn", done: "ok" };

/** Where an edit stands; one whose job ended before it was through has stopped. */
export function standing({ state, is_open: isAtWork }: Pick<BulkEdit, "state" | "is_open">) {
  if (state === "doing" && !isAtWork) return "stopped";
  if (state === "undoing" && !isAtWork) return "undoStopped";
  return state;
}

/** Whether it was done and changed nothing: there is nothing to take back. A merge or a restore changes more than samples. */
export function isIdle({ action, state, counts }: Pick<BulkEdit, "action" | "state" | "counts">): boolean {
  return state === "done" && !counts.changed && action !== "merge" && action !== "restore";
}

interface EditProps {
  edit: BulkEdit;
  dataset: Dataset;
  onJob: (job: Job) => void;
}

function Edit({ edit, dataset, onJob }: EditProps) {
  const t = useT("changes");
  const client = useQueryClient();
  const mayCurate = useMay("curate_project");
  const what = useWhat(edit, dataset);
  const state = standing(edit);
  const isRest = edit.undoable && state === "undone";
  const undo = () =>
    void act(async () => {
      onJob(await undoBulkEdit(edit.id));
      await client.invalidateQueries({ queryKey: editsPages(dataset.id).queryKey });
    });
  return (
    <li>
      <div className={styles.editText}>
        <strong>{what}</strong>
        <span className="muted small">
          {t("editCount", { count: edit.counts.changed ?? 0 })} · {edit.created_by} ·{" "}
          <Time iso={edit.created_at} />
        </span>
        {isRest ? (
          <span className="muted small">{t("undoRestHint", { count: edit.counts.kept ?? 0 })}</span>
        ) : null}
        {edit.stuck ? <span className="muted small">{t(`stuck_${edit.stuck}`)}</span> : null}
      </div>
      <Badge tone={TONES[state] ?? "neutral"}>{t(`editState_${state}`)}</Badge>
      {mayCurate && edit.undoable && !isIdle(edit) ? (
        <Button size="sm" aria-label={t("editUndoOf", { what })} onClick={undo}>
          {t(isRest ? "undoRest" : "undo")}
        </Button>
      ) : null}
    </li>
  );
}

function useWhat(edit: BulkEdit, dataset: Dataset): string {
  const t = useT("changes");
  const { action, value, tags, about } = edit;
  const named = dataset.label_schema.classes.find((one) => one.id === value);
  const className = named ? classText(named) : t("editClassGone");
  const { number = 0, dataset_name: name = "" } = about;
  if (action === "restore") return t("edit_restore", { number });
  if (action === "merge") return t("edit_merge", { name, number });
  if (action === "tag" || action === "untag") return t(`edit_${action}`, { tags: tags.join(", ") });
  if (action === "label_add" || action === "label_drop") return t(`edit_${action}`, { name: className });
  if (action === "class_move") return t(`edit_${moveOf(edit)}`, { name: className });
  if (action === "label") return t(value ? "edit_label" : "edit_labelClear");
  return t(action === "split" ? "edit_split" : "edit_delete");
}

function moveOf({ value, retire }: BulkEdit) {
  if (!value) return "classDelete";
  return retire ? "classMerge" : "classSplit";
}
