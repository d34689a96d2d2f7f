import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ClassMove, type MovePreview, movePreviewQuery, startClassMove } from "@/api/browse";
import type { Dataset, Job, LabelClass } from "@/api/types";
import { act } from "@/app/act";
import { classText } from "@/app/classWords";
import { FilterField, faultOf } from "@/app/filter/FilterField";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Button, Dialog, SegmentedField, SelectField, Stack } from "@/ui";

const WAYS = ["merge", "split", "delete"] as const;
export type MoveWay = (typeof WAYS)[number];

export interface ClassMoveDialogProps {
  dataset: Dataset;
  label: LabelClass;
  /** What is offered first. */
  first: MoveWay;
  onJob: (job: Job) => void;
  onClose: () => void;
}

/** A class merged into another, split by a filter or deleted, over all data; what would change is counted before. */
export function ClassMoveDialog({ dataset, label, first, onJob, onClose }: ClassMoveDialogProps) {
  const t = useT("labels");
  const [way, setWay] = useState<MoveWay>(first);
  const [target, setTarget] = useState<string | null>(null);
  const [filter, setFilter] = useState("");
  const [isBusy, setBusy] = useState(false);
  const others = dataset.label_schema.classes.filter(({ id }) => id !== label.id);
  const move = moveOf(way, label.id, target, filter);
  const isWhole = way === "delete" || (target !== null && (way === "merge" || filter.trim() !== ""));
  const preview = useQuery({ ...movePreviewQuery(dataset.id, move), enabled: isWhole });
  const name = classText(label);
  const start = async () => {
    setBusy(true);
    const isDone = await act(async () => onJob(await startClassMove(dataset.id, move)));
    if (isDone) onClose();
    else setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("moveTitle", { name })}
      footer={
        <Button
          variant={way === "delete" ? "danger" : "primary"}
          loading={isBusy}
          disabled={!isWhole || !preview.data || (way === "split" && preview.data.samples === 0)}
          onClick={() => void start()}
        >
          {t(`moveDo_${way}`)}
        </Button>
      }
    >
      <Stack gap={12}>
        <SegmentedField
          label={t("moveWay")}
          value={way}
          options={WAYS.map((value) => ({ value, label: t(`moveWay_${value}`) }))}
          onChange={setWay}
        />
        <p className="muted small">{t(`moveHint_${way}`, { name })}</p>
        {way !== "delete" && others.length === 0 ? <p>{t("moveNoOther")}</p> : null}
        {way !== "delete" && others.length > 0 ? (
          <SelectField
            label={t("moveInto")}
            value={target}
            options={others.map((one) => ({ value: one.id, label: classText(one) }))}
            onChange={setTarget}
          />
        ) : null}
        {way === "split" ? (
          <div>
            <FilterField
              dataset={dataset}
              value={filter}
              onChange={setFilter}
              error={faultOf(preview.error) ? preview.error : undefined}
            />
          </div>
        ) : null}
        {isWhole && !faultOf(preview.error) ? (
          <QueryState query={preview}>
            {(found) => <Counted way={way} label={label} found={found} />}
          </QueryState>
        ) : null}
        <p className="muted small">{t("moveBack")}</p>
      </Stack>
    </Dialog>
  );
}

function moveOf(way: MoveWay, label: string, target: string | null, filter: string): ClassMove {
  const value = way === "delete" ? "" : (target ?? "");
  return {
    ...{ classes: [label], value, retire: way !== "split" },
    conditions: way === "split" ? { filter } : {},
  };
}

function Counted({ way, label, found }: { way: MoveWay; label: LabelClass; found: MovePreview }) {
  const t = useT("labels");
  const { samples, objects } = found;
  return (
    <p role="status">
      {samples === 0
        ? t(`moveNothing_${way}`, { name: classText(label) })
        : t("moveCount", { count: samples, marks: formatCount(objects[label.id] ?? 0) })}
    </p>
  );
}
