import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { meQuery } from "@/api/auth";
import type { BulkSelection } from "@/api/browse";
import { addSamples, type CampaignInput, campaignsQuery, createCampaign } from "@/api/campaigns";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { Button, CheckboxField, Dialog, SelectField, Stack, TextField, toast } from "@/ui";

export interface CampaignDialogProps {
  dataset: Dataset;
  selection: BulkSelection;
  onClose: () => void;
}

/** The chosen samples become a task, with oneself as the first labeler, or go into one there is. */
export function CampaignDialog({ dataset, selection, onClose }: CampaignDialogProps) {
  const t = useT("changes");
  const project = useProjectId();
  const navigate = useNavigate();
  const me = useQuery(meQuery).data;
  const tasks = useTasks(dataset);
  const [task, setTask] = useState<string>(NEW);
  const [name, setName] = useState(t("campaignDefault"));
  const [isFirst, setIsFirst] = useState(false);
  const [busy, setBusy] = useState(false);
  const isNew = task === NEW;
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
  const add = async () => {
    const { added, first } = await addSamples(task, selectionOf(selection), isFirst);
    toast(
      [t("samplesAdded", { count: added }), isFirst ? t("samplesFirst", { count: first }) : ""].join(" "),
      {
        tone: "ok",
      },
    );
    onClose();
  };
  const run = async () => {
    setBusy(true);
    if (!(await act(isNew ? make : add))) setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("labelTheseTitle")}
      footer={
        <Button variant="primary" loading={busy} disabled={isNew && name.trim() === ""} onClick={run}>
          {t(isNew ? "makeCampaign" : "addToCampaign")}
        </Button>
      }
    >
      <Stack gap={12}>
        {tasks.length > 0 ? (
          <SelectField
            label={t("campaignWhich")}
            value={task}
            onChange={(chosen) => setTask(chosen ?? NEW)}
            options={[{ value: NEW, label: t("campaignNew") }, ...tasks]}
          />
        ) : null}
        {isNew ? (
          <TextField
            label={t("campaignName")}
            hint={t("labelTheseText")}
            value={name}
            onChange={setName}
            autoFocus
          />
        ) : (
          <CheckboxField
            label={t("askFirst")}
            hint={t("askFirstHint")}
            checked={isFirst}
            onChange={setIsFirst}
          />
        )}
      </Stack>
    </Dialog>
  );
}

/** No id is empty. */
const NEW = "";

/** The open tasks of a data set that one may add to. */
function useTasks(dataset: Dataset) {
  const found = useQuery(campaignsQuery(useProjectId())).data?.results ?? [];
  return found
    .filter((one) => one.dataset === dataset.id && one.state === "open" && one.may.manage)
    .map(({ id, name }) => ({ value: id, label: name }));
}

function selectionOf(selection: BulkSelection): CampaignInput["selection"] {
  return "ids" in selection
    ? { filter: "ids", ids: [...selection.ids] }
    : { filter: "query", conditions: { ...selection.conditions } };
}
