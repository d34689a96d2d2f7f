import { IconChevronDown, IconTag, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type BulkAction, type BulkSelection, startBulkEdit } from "@/api/browse";
import { exactCountQuery } from "@/api/samples";
import { hasOneClass } from "@/api/tasks";
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
          {dataset.modality === "image" ? (
            <Button variant="primary" onClick={() => setAsking("campaign")}>
              {t("labelThese")}
            </Button>
          ) : null}
          {hasOneClass(dataset.task) ? (
            <Menu
              label={t("setClass")}
              entries={classEntries(dataset, t("noClass"), (id) => start("label", id))}
            >
              <Button>
                {t("setClass")} <IconChevronDown size={14} />
              </Button>
            </Menu>
          ) : null}
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

function classEntries(dataset: Dataset, none: string, onChoose: (id: string) => Promise<void>): MenuEntry[] {
  const classes = dataset.label_schema.classes.map((one) => ({
    key: one.id,
    label: classText(one),
    onSelect: () => void onChoose(one.id),
  }));
  return [...classes, { key: "none", label: none, section: null, onSelect: () => void onChoose("") }];
}
