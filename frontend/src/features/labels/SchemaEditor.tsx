import { IconClipboardText, IconPlus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { datasetQuery, saveLabelSchema } from "@/api/datasets";
import { asAppError } from "@/api/errors";
import { queryClient } from "@/api/query";
import { hasSpans } from "@/api/tasks";
import type { Dataset, LabelSchema } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useT } from "@/i18n";
import { Badge, Button, EmptyState, Panel, Row, Stack, toast } from "@/ui";
import { ClassMoves, type Moving } from "./ClassMoves";
import { ClassTable } from "./ClassTable";
import { classesOf, type DraftClass, draftsOf, hasDuplicate, newDraft } from "./draft";
import { PasteDialog } from "./PasteDialog";
import { RelationTable } from "./RelationTable";
import {
  type DraftRelation,
  relationDraftsOf,
  relationFault,
  relationsSent,
  withoutClass,
} from "./relationDraft";

interface Base {
  readonly revision: number;
  readonly drafts: DraftClass[];
  readonly types: DraftRelation[];
}

const baseOf = ({ revision, classes, relations = [] }: LabelSchema): Base => ({
  ...{ revision, drafts: draftsOf(classes), types: relationDraftsOf(relations) },
});

/** Edit the classes and save them together; somebody else's change meanwhile is never overwritten. */
export function SchemaEditor({ dataset, canEdit }: { dataset: Dataset; canEdit: boolean }) {
  const t = useT("labels");
  const { revision, classes, relations } = dataset.label_schema;
  const [base, setBase] = useState(() => baseOf(dataset.label_schema));
  const [drafts, setDrafts] = useState<readonly DraftClass[]>(base.drafts);
  const [types, setTypes] = useState<readonly DraftRelation[]>(base.types);
  const [pasting, setPasting] = useState(false);
  const [busy, setBusy] = useState(false);
  const [isStale, setStale] = useState(false);
  const [moving, setMoving] = useState<Moving | null>(null);
  const isDirty = JSON.stringify([drafts, types]) !== JSON.stringify([base.drafts, base.types]);
  const hasTypes = hasSpans(dataset.task);

  const begin = (next: Base) => {
    setBase(next);
    setDrafts(next.drafts);
    setTypes(next.types);
  };
  const reset = (saved: Dataset) => {
    begin(baseOf(saved.label_schema));
    setStale(false);
  };
  // What others or a class move have changed is shown at once, unless something here is not saved yet.
  const isBehind = !isDirty && revision >= base.revision;
  useEffect(() => {
    if (!isBehind) return;
    const next = baseOf({ revision, classes, ...(relations ? { relations } : {}) });
    setBase(next);
    setDrafts(next.drafts);
    setTypes(next.types);
  }, [isBehind, revision, classes, relations]);
  const save = async () => {
    setBusy(true);
    try {
      const sent = hasTypes ? relationsSent(types, drafts) : undefined;
      reset(await saveLabelSchema(dataset.id, base.revision, classesOf(drafts), sent));
      toast(t("saved"), { tone: "ok" });
    } catch (error) {
      if (isStaleError(error)) setStale(true);
      else toast(errorText(error), { tone: "bad" });
    } finally {
      setBusy(false);
    }
  };
  const loadTheirs = async () =>
    reset(await queryClient.fetchQuery({ ...datasetQuery(dataset.id), staleTime: 0 }));
  const changeClasses = (next: readonly DraftClass[]) => {
    setDrafts(next);
    // A class that was never saved takes its name along.
    const gone = drafts.filter((one) => !one.id && !next.some(({ key_id }) => key_id === one.key_id));
    if (gone.length > 0) setTypes(gone.reduce((kept, { key_id }) => withoutClass(kept, key_id), types));
  };
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
            onChange={changeClasses}
            onMarks={isDirty ? null : (id, way) => setMoving({ id, way })}
          />
        )}
      </Panel>
      {hasTypes ? (
        <RelationTable drafts={types} classes={drafts} canEdit={canEdit} onChange={setTypes} />
      ) : null}
      {canEdit ? (
        <SaveBar
          isDirty={isDirty}
          busy={busy}
          fault={faultOf(drafts, types)}
          onDiscard={() => begin(base)}
          onSave={() => void save()}
        />
      ) : null}
      <PasteDialog open={pasting} drafts={drafts} onClose={() => setPasting(false)} onAdd={setDrafts} />
    </Stack>
  );
}

/** Somebody was first; that something is in use is told as any other refusal. */
function isStaleError(error: unknown): boolean {
  const { status, code } = asAppError(error);
  return [409, 412].includes(status) && !code.endsWith("_in_use");
}

type SchemaFault = "duplicate" | "relationDuplicate" | "name" | null;

function faultOf(drafts: readonly DraftClass[], types: readonly DraftRelation[]): SchemaFault {
  if (hasDuplicate(drafts)) return "duplicate";
  const fault = relationFault(types);
  if (fault === "duplicate") return "relationDuplicate";
  return fault === "name" || drafts.some((draft) => !draft.name.trim()) ? "name" : null;
}

interface SaveBarProps {
  isDirty: boolean;
  busy: boolean;
  fault: SchemaFault;
  onDiscard: () => void;
  onSave: () => void;
}

/** What is not saved yet, or cannot be, and the way to do it. */
function SaveBar({ isDirty, busy, fault, onDiscard, onSave }: SaveBarProps) {
  const t = useT("labels");
  return (
    <Row justify="end">
      {fault !== null && fault !== "name" ? (
        <Badge tone="bad">{t(fault)}</Badge>
      ) : isDirty ? (
        <Badge tone="warn">{t("unsaved")}</Badge>
      ) : null}
      <Button disabled={!isDirty} onClick={onDiscard}>
        {t("discard")}
      </Button>
      <Button variant="primary" loading={busy} disabled={!isDirty || fault !== null} onClick={onSave}>
        {t("save")}
      </Button>
    </Row>
  );
}
