import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Campaign } from "@/api/types";
import { weakRulesQuery } from "@/api/weakRules";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { EmptyState } from "@/ui";
import { CampaignFrame, CampaignHeader } from "./CampaignFrame";
import { RulesEditor } from "./RulesEditor";

/** Words and patterns that say something of texts before people do. */
export function RulesPage() {
  const { campaign: id } = useParams({ from: "/app/p/$project/rules/$campaign" });
  return (
    <CampaignFrame campaign={id}>
      {(campaign) => (
        <>
          <Header campaign={campaign} />
          <Content campaign={campaign} />
        </>
      )}
    </CampaignFrame>
  );
}

function Header({ campaign }: { campaign: Campaign }) {
  const t = useT("rules");
  return (
    <CampaignHeader
      campaign={campaign}
      title={t("titleOf", { name: campaign.name })}
      description={t("lead")}
    />
  );
}

function Content({ campaign }: { campaign: Campaign }) {
  const t = useT("rules");
  const saved = useQuery({ ...weakRulesQuery(campaign.id), enabled: campaign.may.manage });
  const classes = campaign.label_schema?.classes ?? [];
  if (!campaign.may.manage) return <EmptyState title={t("notYours")}>{t("notYoursHint")}</EmptyState>;
  if (classes.length === 0) return <EmptyState title={t("noClasses")}>{t("noClassesHint")}</EmptyState>;
  return (
    <QueryState query={saved}>
      {(rules) => <RulesEditor campaign={campaign} classes={classes} saved={rules} />}
    </QueryState>
  );
}
