import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { meQuery } from "@/api/auth";
import { createCampaign } from "@/api/campaigns";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useMay, useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { Button, Dialog, Stack, TextField } from "@/ui";
import styles from "./data.module.css";
import type { Selection } from "./useSelection";

/** In place of the tools while pictures are chosen: what can be done with them. */
export function SelectionBar({ dataset, selection }: { dataset: Dataset; selection: Selection }) {
  const t = useT("data");
  const mayCurate = useMay("curate_project");
  const [asking, setAsking] = useState(false);
  return (
    <div className={styles.toolbar} data-selection>
      <strong aria-live="polite">{t("selected", { count: selection.selected.size })}</strong>
      <span className={styles.spacer} />
      {mayCurate && dataset.modality === "image" ? (
        <Button variant="primary" onClick={() => setAsking(true)}>
          {t("labelThese")}
        </Button>
      ) : null}
      <Button onClick={selection.clear}>{t("clearSelection")}</Button>
      {asking ? (
        <CampaignDialog dataset={dataset} ids={[...selection.selected]} onClose={() => setAsking(false)} />
      ) : null}
    </div>
  );
}

function CampaignDialog({
  dataset,
  ids,
  onClose,
}: {
  dataset: Dataset;
  ids: readonly string[];
  onClose: () => void;
}) {
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
        selection: { filter: "ids", ids: [...ids] },
        assignees: me ? [me.username] : [],
        overlap: 1,
        review: { rate: 0 },
        order: "sequence",
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
