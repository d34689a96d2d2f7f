import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { deleteView, type SavedView, saveView, viewsQuery } from "@/api/browse";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import { useT } from "@/i18n";
import { Button, Dialog, IconButton, Popover, TextField } from "@/ui";
import styles from "./data.module.css";
import { type DataSearch, NO_FILTERS, type SearchChange, useDataSearch } from "./search";

const PARTS = ["q", "label", "state", "split", "finding", "ordering", "view", "columns", "rows"] as const;

/** What of the address a view keeps. */
export function viewOf(search: DataSearch): Record<string, string> {
  const named = PARTS.map((name) => [name, search[name]] as const);
  return Object.fromEntries(
    named.filter((pair): pair is [(typeof PARTS)[number], string] => Boolean(pair[1])),
  );
}

/** The address of a kept view: everything it does not name is as at the beginning. */
export function searchOf({ query }: SavedView): SearchChange {
  const { view, ...texts } = query;
  const blank = { ...NO_FILTERS, ordering: undefined, columns: undefined, sample: undefined };
  return { ...blank, ...texts, view: view === "table" || view === "stats" ? view : undefined };
}

/** Views by name: look through one, keep this one, forget one. */
export function ViewsMenu({ dataset }: { dataset: Dataset }) {
  const t = useT("data");
  const [search, change] = useDataSearch();
  const mayCurate = useMay("curate_project");
  const [isOpen, setIsOpen] = useState(false);
  const [isNaming, setIsNaming] = useState(false);
  const views = useQuery({ ...viewsQuery(dataset.id), enabled: isOpen }).data;
  return (
    <>
      <Popover
        open={isOpen}
        onChange={setIsOpen}
        label={t("views")}
        target={<Button icon={<IconBookmark size={16} />}>{t("views")}</Button>}
      >
        <div className={styles.views}>
          {views?.length === 0 ? <p className="muted small">{t("viewsNone")}</p> : null}
          {views?.map((view) => (
            <div key={view.id} className={styles.viewRow}>
              <button
                type="button"
                className={styles.viewName}
                title={view.query.q}
                onClick={() => {
                  setIsOpen(false);
                  change(searchOf(view));
                }}
              >
                {view.name}
              </button>
              {mayCurate ? (
                <IconButton
                  label={t("viewForget", { name: view.name })}
                  onClick={() => void act(() => deleteView(view))}
                >
                  <IconTrash size={14} />
                </IconButton>
              ) : null}
            </div>
          ))}
          {mayCurate ? (
            <Button
              size="sm"
              onClick={() => {
                setIsOpen(false);
                setIsNaming(true);
              }}
            >
              {t("viewSave")}
            </Button>
          ) : null}
        </div>
      </Popover>
      {isNaming ? (
        <NameDialog dataset={dataset.id} query={viewOf(search)} onClose={() => setIsNaming(false)} />
      ) : null}
    </>
  );
}

interface NameDialogProps {
  dataset: string;
  query: Record<string, string>;
  onClose: () => void;
}

function NameDialog({ dataset, query, onClose }: NameDialogProps) {
  const t = useT("data");
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    if (await act(() => saveView(dataset, name.trim(), query))) onClose();
    else setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("viewSave")}
      size="sm"
      footer={
        <Button variant="primary" loading={busy} disabled={name.trim() === ""} onClick={save}>
          {t("viewKeep")}
        </Button>
      }
    >
      <TextField
        label={t("viewName")}
        hint={t("viewHint")}
        value={name}
        onChange={setName}
        autoFocus
        onKeyDown={(event) => {
          if (event.key === "Enter" && name.trim() !== "" && !busy) void save();
        }}
      />
    </Dialog>
  );
}
