import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type BulkSelection, startTagging, type TagAction } from "@/api/browse";
import { tagsQuery } from "@/api/samples";
import type { Dataset, Job } from "@/api/types";
import { act } from "@/app/act";
import { useWords } from "@/app/words";
import { Button, Dialog, SegmentedField, Stack, TagsField } from "@/ui";

const WAYS = ["tag", "untag"] as const;

export interface TagDialogProps {
  dataset: Dataset;
  selection: BulkSelection;
  count: number;
  /** What the selection carries, where that is known: what can be taken off. */
  known?: readonly string[];
  onJob: (job: Job) => void;
  onClose: () => void;
}

/** Put tags on all of a selection, or take them off; a job does it, and its undo is where those of others are. */
export function TagDialog({ dataset, selection, count, known: carried, onJob, onClose }: TagDialogProps) {
  const t = useWords("data", dataset.modality);
  const known = (useQuery(tagsQuery(dataset.id)).data ?? []).map(({ tag }) => tag);
  const [way, setWay] = useState<TagAction>("tag");
  const [tags, setTags] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const start = async () => {
    if (tags.length === 0) return;
    setBusy(true);
    const isDone = await act(async () => onJob(await startTagging(dataset.id, way, tags, selection)));
    if (isDone) onClose();
    else setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("tagTitle", { count })}
      footer={
        <Button variant="primary" loading={busy} onClick={start}>
          {t(`tagDo_${way}`)}
        </Button>
      }
    >
      <Stack gap={12}>
        <SegmentedField
          label={t("tagWay")}
          value={way}
          options={WAYS.map((value) => ({ value, label: t(`tagWay_${value}`) }))}
          onChange={setWay}
        />
        <TagsField
          label={t("tags")}
          hint={t("tagHint")}
          value={tags}
          known={way === "untag" && carried ? carried : known}
          onChange={setTags}
          autoFocus
        />
      </Stack>
    </Dialog>
  );
}
