import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answeredPages } from "@/api/campaigns";
import { addExample, type Guideline } from "@/api/guidelines";
import { rowsOf } from "@/api/query";
import type { Campaign, Item } from "@/api/types";
import { act } from "@/app/act";
import { ExampleFields, type ExampleSaid } from "@/app/guideline/ExampleFields";
import { ExampleView } from "@/app/guideline/ExampleView";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Button, Dialog, Stack } from "@/ui";
import styles from "./guideline.module.css";

interface ExamplePickerProps {
  campaign: Campaign;
  onClose: () => void;
  onAdded: (guideline: Guideline) => void;
}

/** One of the answered samples, as a good or a bad example. */
export function ExamplePicker({ campaign, onClose, onAdded }: ExamplePickerProps) {
  const t = useT("guidelines");
  const ui = useT("ui");
  const [chosen, setChosen] = useState<Item | null>(null);
  const [said, setSaid] = useState<ExampleSaid>({ kind: "good", note: "" });
  const [isSaving, setSaving] = useState(false);
  const add = async () => {
    if (!chosen) return;
    setSaving(true);
    await act(async () => onAdded(await addExample(campaign.id, chosen.id, said.kind, said.note.trim())));
    setSaving(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("addTitle")}
      size="lg"
      footer={
        <>
          <Button onClick={onClose}>{ui("cancel")}</Button>
          <Button variant="primary" disabled={!chosen} loading={isSaving} onClick={() => void add()}>
            {t("add")}
          </Button>
        </>
      }
    >
      <Stack>
        <Answered campaign={campaign} chosen={chosen} onChoose={setChosen} />
        <ExampleFields value={said} onChange={setSaid} />
      </Stack>
    </Dialog>
  );
}

interface AnsweredProps {
  campaign: Campaign;
  chosen: Item | null;
  onChoose: (item: Item) => void;
}

function Answered({ campaign, chosen, onChoose }: AnsweredProps) {
  const t = useT("guidelines");
  const ui = useT("ui");
  const query = useInfiniteQuery(answeredPages(campaign.id));
  const classes = campaign.label_schema?.classes ?? [];
  return (
    <QueryState query={{ ...query, data: rowsOf(query.data) }} compact>
      {(items) =>
        items.length === 0 ? (
          <p className="muted">{t("addEmpty")}</p>
        ) : (
          <Stack gap={12}>
            <ul className={styles.choices}>
              {items.map((item) => (
                <li key={item.id}>
                  <button
                    type="button"
                    className={styles.choice}
                    aria-pressed={chosen?.id === item.id}
                    aria-label={t("choose", { name: item.sample.name })}
                    onClick={() => onChoose(item)}
                  >
                    <ExampleView
                      example={{ sample: item.sample, shapes: item.annotation.shapes }}
                      classes={classes}
                    />
                    <span className="ellipsis">{item.sample.name}</span>
                  </button>
                </li>
              ))}
            </ul>
            {query.hasNextPage ? (
              <Button size="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {ui("loadMore")}
              </Button>
            ) : null}
          </Stack>
        )
      }
    </QueryState>
  );
}
