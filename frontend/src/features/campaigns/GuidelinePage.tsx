import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type Guideline as GuidelineData, guidelineQuery } from "@/api/guidelines";
import type { Campaign } from "@/api/types";
import { Examples } from "@/app/guideline/Examples";
import { Guideline } from "@/app/guideline/Guideline";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Badge, Panel, Stack } from "@/ui";
import { CampaignFrame, CampaignHeader } from "./CampaignFrame";
import { GuidelineEditor } from "./GuidelineEditor";
import { GuidelineVersions } from "./GuidelineVersions";
import styles from "./guideline.module.css";
import { useGuidelineDraft } from "./useGuidelineDraft";

/** The guideline of a task: written by who runs it, read by everybody, with all its versions. */
export function GuidelinePage() {
  const { campaign: id } = useParams({ from: "/app/p/$project/guideline/$campaign" });
  const guideline = useQuery(guidelineQuery(id));
  return (
    <CampaignFrame campaign={id}>
      {(campaign) => (
        <>
          <Header campaign={campaign} />
          <QueryState query={guideline}>
            {(found) => <Written campaign={campaign} guideline={found} />}
          </QueryState>
        </>
      )}
    </CampaignFrame>
  );
}

function Header({ campaign }: { campaign: Campaign }) {
  const t = useT("guidelines");
  const number = campaign.guideline_number;
  return (
    <CampaignHeader
      campaign={campaign}
      title={t("titleOf", { name: campaign.name })}
      description={t("lead")}
      badge={number > 0 ? <Badge>{t("versionNumber", { number })}</Badge> : null}
    />
  );
}

function Written({ campaign, guideline }: { campaign: Campaign; guideline: GuidelineData }) {
  const t = useT("guidelines");
  const draft = useGuidelineDraft(campaign.id, guideline);
  const mayWrite = campaign.may.manage;
  const classes = campaign.label_schema?.classes ?? [];
  const isEmpty = draft.text === "" && draft.examples.length === 0;
  return (
    <>
      <div className={styles.pair}>
        {mayWrite ? <GuidelineEditor campaign={campaign} newest={guideline.newest} draft={draft} /> : null}
        <Panel title={mayWrite ? t("preview") : t("guideline")}>
          <Stack gap={12}>
            {isEmpty ? <p className="muted">{t("none")}</p> : null}
            <Guideline source={draft.text} />
            <Examples examples={draft.examples} classes={classes} />
          </Stack>
        </Panel>
      </div>
      {guideline.newest > 0 ? (
        <GuidelineVersions
          campaign={campaign.id}
          newest={guideline.newest}
          draft={mayWrite && draft.isChanged ? draft.text : null}
          onRestore={mayWrite ? (text) => draft.set({ text }) : null}
        />
      ) : null}
    </>
  );
}
