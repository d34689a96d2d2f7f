import { IconClipboardText, IconPlus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { datasetQuery, saveLabelSchema } from "@/api/datasets";
import { asAppError } from "@/api/errors";
import { queryClient } from "@/api/query";
import type { Dataset } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useT } from "@/i18n";
import { Badge, Button, EmptyState, Panel, Row, Stack, toast } from "@/ui";
import { ClassMoves, type Moving } from "./ClassMoves";
import { ClassTable } from "./ClassTable";
import { classesOf, type DraftClass, draftsOf, hasDuplicate, newDraft } from "./draft";
import { PasteDialog } from "./PasteDialog";

/** Edit the classes and save them together; somebody else's change meanwhile is never overwritten. */
export function SchemaEditor({ dataset, canEdit }: { dataset: Dataset; canEdit: boolean }) {
  const t = useT("labels");
  const { revision, classes } = dataset.label_schema;
  const [base, setBase] = useState({ revision, drafts: draftsOf(classes) });
  const [drafts, setDrafts] = useState<readonly DraftClass[]>(base.drafts);
  const [pasting, setPasting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [isStale, setStale] = useState(false);
  const [moving, setMoving] = useState<Moving | null>(null);
  const isDirty = JSON.stringify(drafts) !== JSON.stringify(base.drafts);
  const duplicate = hasDuplicate(drafts);

  const reset = (saved: Dataset) => {
    const next = { revision: saved.label_schema.revision, drafts: draftsOf(saved.label_schema.classes) };
    setBase(next);
    setDrafts(next.drafts);
    setStale(false);
  };
  // What others or a class move have changed is shown at once, unless something here is not saved yet.
  const isBehind = !isDirty && revision >= base.revision;
  useEffect(() => {
    if (!isBehind) return;
    const drafts = draftsOf(classes);
    setBase({ revision, drafts });
    setDrafts(drafts);
  }, [isBehind, revision, classes]);
  const save = async () => {
    setBusy(true);
    try {
      reset(await saveLabelSchema(dataset.id, base.revision, classesOf(drafts)));
      toast(t("saved"), { tone: "ok" });
    } catch (error) {
      if ([409, 412].includes(asAppError(error).status)) setStale(true);
      else toast(errorText(error), { tone: "bad" });
    } finally {
      setBusy(false);
    }
  };
  const loadTheirs = async () =>
    reset(await queryClient.fetchQuery({ ...datasetQuery(dataset.id), staleTime: 0 }));
  const add = () => setDrafts([...drafts, newDraft(drafts)]);
  const adders = canEdit ? (
    <Row>
      <Button icon={<IconClipboardText size={16} />} onClick={() => setPasting(true)}>
        {t("paste")}
      </Button>
      <Button icon={<IconPlus size={16} />} onClick={add}>
        {t("add")}
      </Button>
    </Row>
  ) : null;
  return (
    <Stack>
      {isStale ? (
        <Panel
          tone="warn"
          title={t("staleTitle")}
          actions={<Button onClick={() => void loadTheirs()}>{t("loadTheirs")}</Button>}
        >
          {t("staleHint")}
        </Panel>
      ) : null}
      <ClassMoves dataset={dataset} moving={moving} onClose={() => setMoving(null)} />
      <Panel title={dataset.name} actions={drafts.length > 0 ? adders : null} flush>
        {drafts.length === 0 ? (
          <EmptyState compact title={t("empty")} action={adders}>
            {t("emptyHint")}
          </EmptyState>
        ) : (
          <ClassTable
            task={dataset.task}
            drafts={drafts}
            canEdit={canEdit}
            onChange={setDrafts}
            onMarks={isDirty ? null : (id, way) => setMoving({ id, way })}
          />
        )}
      </Panel>
      {canEdit ? (
        <Row justify="end">
          {duplicate ? (
            <Badge tone="bad">{t("duplicate")}</Badge>
          ) : isDirty ? (
            <Badge tone="warn">{t("unsaved")}</Badge>
          ) : null}
          <Button disabled={!isDirty} onClick={() => setDrafts(base.drafts)}>
            {t("discard")}
          </Button>
          <Button
            variant="primary"
            loading={busy}
            disabled={!isDirty || duplicate || drafts.some((draft) => !draft.name.trim())}
            onClick={() => void save()}
          >
            {t("save")}
          </Button>
        </Row>
      ) : null}
      <PasteDialog open={pasting} drafts={drafts} onClose={() => setPasting(false)} onAdd={setDrafts} />
    </Stack>
  );
}
