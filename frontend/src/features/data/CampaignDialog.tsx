import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { meQuery } from "@/api/auth";
import type { BulkSelection } from "@/api/browse";
import { createCampaign } from "@/api/campaigns";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { Button, Dialog, Stack, TextField } from "@/ui";

export interface CampaignDialogProps {
  dataset: Dataset;
  selection: BulkSelection;
  onClose: () => void;
}

/** A campaign of the chosen samples, with oneself as the first labeler. */
export function CampaignDialog({ dataset, selection, onClose }: CampaignDialogProps) {
  const t = useT("data");
  const project = useProjectId();
  const navigate = useNavigate();
  const me = useQuery(meQuery).data;
  const [name, setName] = useState(t("campaignDefault"));
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const isDone = await act(async () => {
      const campaign = await createCampaign(project, {
        dataset: dataset.id,
        name: name.trim(),
        selection:
          "ids" in selection
            ? { filter: "ids", ids: [...selection.ids] }
            : { filter: "query", conditions: { ...selection.conditions } },
        assignees: me ? [me.username] : [],
        overlap: 1,
        review: { rate: 0 },
        order: "given",
        guideline: "",
        due: null,
      });
      await navigate({ to: "/p/$project/annotate/$campaign", params: { project, campaign: campaign.id } });
    });
    if (!isDone) setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("labelTheseTitle")}
      footer={
        <Button variant="primary" loading={busy} disabled={name.trim() === ""} onClick={make}>
          {t("makeCampaign")}
        </Button>
      }
    >
      <Stack gap={12}>
        <p className="muted">{t("labelTheseText")}</p>
        <TextField label={t("campaignName")} value={name} onChange={setName} autoFocus />
      </Stack>
    </Dialog>
  );
}
