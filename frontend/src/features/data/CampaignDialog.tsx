import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { meQuery } from "@/api/auth";
import type { BulkSelection } from "@/api/browse";
import { addSamples, type CampaignInput, createCampaign, openTasksQuery } from "@/api/campaigns";
import type { Campaign, Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { Button, CheckboxField, Dialog, SelectField, Stack, TextField, toast } from "@/ui";

export interface CampaignDialogProps {
  dataset: Dataset;
  selection: BulkSelection;
  onClose: () => void;
}

/** No id is empty. */
const NEW = "";

/** The chosen samples become a task, with oneself as the first labeler, or go into one there is. */
export function CampaignDialog({ dataset, selection, onClose }: CampaignDialogProps) {
  const t = useT("changes");
  const project = useProjectId();
  const navigate = useNavigate();
  const me = useQuery(meQuery).data;
  const open = useQuery(openTasksQuery(dataset.id)).data?.results ?? [];
  const tasks = open.filter(({ may }) => may.manage);
  const [id, setId] = useState<string>(NEW);
  const task = tasks.find((one) => one.id === id);
  const [name, setName] = useState(t("campaignDefault"));
  const [isFirst, setIsFirst] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    const campaign = await createCampaign(project, {
      dataset: dataset.id,
      name: name.trim(),
      selection: selectionOf(selection),
      assignees: me ? [me.username] : [],
      overlap: 1,
      review: { rate: 0 },
      order: "given",
      guideline: "",
      due: null,
    });
    await navigate({ to: "/p/$project/annotate/$campaign", params: { project, campaign: campaign.id } });
  };
  const add = async ({ id: to, overlap }: Campaign) => {
    const { added, first } = await addSamples(to, selectionOf(selection), isFirst);
    // A sample has as many places in the queue as answers are wanted.
    const told = [t("samplesAdded", { count: Math.ceil(added / overlap) })];
    if (isFirst) told.push(t("samplesFirst", { count: Math.ceil(first / overlap) }));
    toast(told.join(" "), { tone: "ok" });
    onClose();
  };
  const run = async () => {
    setBusy(true);
    if (!(await act(() => (task ? add(task) : make())))) setBusy(false);
  };
  const choose = (chosen: string | null) => {
    setId(chosen ?? NEW);
    setIsFirst(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("labelTheseTitle")}
      footer={
        <Button variant="primary" loading={busy} disabled={!task && name.trim() === ""} onClick={run}>
          {t(task ? "addToCampaign" : "makeCampaign")}
        </Button>
      }
    >
      <Stack gap={12}>
        {tasks.length > 0 ? (
          <SelectField
            label={t("campaignWhich")}
            value={id}
            onChange={choose}
            options={[
              { value: NEW, label: t("campaignNew") },
              ...tasks.map((one) => ({ value: one.id, label: one.name })),
            ]}
          />
        ) : null}
        {task ? (
          <CheckboxField
            label={t("askFirst")}
            hint={t(task.gold.rate > 0 ? "askFirstKnown" : "askFirstHint")}
            checked={isFirst}
            onChange={setIsFirst}
            disabled={task.gold.rate > 0}
          />
        ) : (
          <TextField
            label={t("campaignName")}
            hint={t("labelTheseText")}
            value={name}
            onChange={setName}
            autoFocus
          />
        )}
      </Stack>
    </Dialog>
  );
}

function selectionOf(selection: BulkSelection): CampaignInput["selection"] {
  return "ids" in selection
    ? { filter: "ids", ids: [...selection.ids] }
    : { filter: "query", conditions: { ...selection.conditions } };
}
