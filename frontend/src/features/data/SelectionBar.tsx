import { IconChevronDown, IconTag, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type BulkAction, type BulkSelection, startBulkEdit } from "@/api/browse";
import { exactCountQuery } from "@/api/samples";
import { canBeHandedOut, hasClassSet, hasOneClass } from "@/api/tasks";
import type { Dataset, Job } from "@/api/types";
import { act } from "@/app/act";
import { classText } from "@/app/classWords";
import { useMay } from "@/app/inProject";
import { useWords } from "@/app/words";
import { Button, ConfirmDialog, Menu, type MenuEntry } from "@/ui";
import { CampaignDialog } from "./CampaignDialog";
import styles from "./data.module.css";
import { conditionsOf, filtersOf, SPLITS, useDataSearch } from "./search";
import { TagDialog } from "./tagging";
import type { Selection } from "./useSelection";

interface SelectionBarProps {
  dataset: Dataset;
  selection: Selection;
  onJob: (job: Job) => void;
}

/** In place of the tools while pictures are chosen: what can be done with them. */
export function SelectionBar({ dataset, selection, onJob }: SelectionBarProps) {
  const t = useWords("data", dataset.modality);
  const [search] = useDataSearch();
  const mayCurate = useMay("curate_project");
  const [asking, setAsking] = useState<"campaign" | "delete" | "tag" | null>(null);
  const total = useQuery(exactCountQuery(dataset.id, filtersOf(search))).data;
  const count = selection.isAll ? (total ?? 0) : selection.selected.size;
  const conditions = conditionsOf(search);
  const chosen: BulkSelection =
    selection.isAll && conditions ? { conditions } : { ids: [...selection.selected] };
  const start = async (action: BulkAction, value: string) => {
    await act(async () => {
      onJob(await startBulkEdit(dataset.id, action, value, chosen));
      selection.clear();
    });
  };
  return (
    <div className={styles.toolbar} data-selection>
      <strong aria-live="polite">{t("selected", { count })}</strong>
      {!selection.isAll && conditions && total !== undefined && total > count ? (
        <Button size="sm" variant="quiet" onClick={selection.selectAll}>
          {t("selectAllMatching", { count: total })}
        </Button>
      ) : null}
      <span className={styles.spacer} />
      {mayCurate ? (
        <>
          {canBeHandedOut(dataset) ? (
            <Button variant="primary" onClick={() => setAsking("campaign")}>
              {t("labelThese")}
            </Button>
          ) : null}
          <ClassMenus dataset={dataset} onChoose={(action, id) => void start(action, id)} />
          <Menu
            label={t("setSplit")}
            entries={SPLITS.map((split) => ({
              key: split,
              label: t(`split_${split}`),
              onSelect: () => void start("split", split === "none" ? "" : split),
            }))}
          >
            <Button>
              {t("setSplit")} <IconChevronDown size={14} />
            </Button>
          </Menu>
          <Button icon={<IconTag size={16} />} onClick={() => setAsking("tag")}>
            {t("tagThese")}
          </Button>
          <Button icon={<IconTrash size={16} />} onClick={() => setAsking("delete")}>
            {t("deleteThese")}
          </Button>
        </>
      ) : null}
      <Button onClick={selection.clear}>{t("clearSelection")}</Button>
      {asking === "campaign" ? (
        <CampaignDialog dataset={dataset} selection={chosen} onClose={() => setAsking(null)} />
      ) : null}
      {asking === "tag" ? (
        <TagDialog
          dataset={dataset}
          selection={chosen}
          count={count}
          onJob={(job) => {
            onJob(job);
            selection.clear();
          }}
          onClose={() => setAsking(null)}
        />
      ) : null}
      <ConfirmDialog
        open={asking === "delete"}
        onClose={() => setAsking(null)}
        onConfirm={() => start("delete", "")}
        title={t("deleteTitle", { count })}
        confirm={t("deleteThese")}
      >
        {t("deleteText")}
      </ConfirmDialog>
    </div>
  );
}

interface ClassMenusProps {
  dataset: Dataset;
  onChoose: (action: "label" | "label_add" | "label_drop", value: string) => void;
}

/** The one class of a sample is set; of several, each is added or removed by itself. */
function ClassMenus({ dataset, onChoose }: ClassMenusProps) {
  const t = useWords("data", dataset.modality);
  const { classes } = dataset.label_schema;
  if (hasOneClass(dataset.task)) {
    const none = {
      key: "none",
      label: t("noClass"),
      section: null,
      onSelect: () => onChoose("label", ""),
    };
    const entries = [...classEntries(classes, (id) => onChoose("label", id)), none];
    return <ClassMenu label={t("setClass")} entries={entries} />;
  }
  if (!hasClassSet(dataset.task) || classes.length === 0) return null;
  return (
    <>
      {(["label_add", "label_drop"] as const).map((action) => (
        <ClassMenu
          key={action}
          label={t(action)}
          entries={classEntries(classes, (id) => onChoose(action, id))}
        />
      ))}
    </>
  );
}

function ClassMenu({ label, entries }: { label: string; entries: MenuEntry[] }) {
  return (
    <Menu label={label} entries={entries}>
      <Button>
        {label} <IconChevronDown size={14} />
      </Button>
    </Menu>
  );
}

function classEntries(
  classes: Dataset["label_schema"]["classes"],
  onChoose: (id: string) => void,
): MenuEntry[] {
  return classes.map((one) => ({ key: one.id, label: classText(one), onSelect: () => onChoose(one.id) }));
}
