import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { campaignQuery } from "@/api/campaigns";
import type { Campaign } from "@/api/types";
import { weakRulesQuery } from "@/api/weakRules";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Breadcrumb, EmptyState, Page, PageHeader, Stack } from "@/ui";
import { RulesEditor } from "./RulesEditor";

/** Words and patterns that say something of texts before people do. */
export function RulesPage() {
  const { campaign: id } = useParams({ from: "/app/p/$project/rules/$campaign" });
  return (
    <Page>
      <QueryState query={useQuery(campaignQuery(id))}>
        {(campaign) => (
          <Stack>
            <Header campaign={campaign} />
            <Content campaign={campaign} />
          </Stack>
        )}
      </QueryState>
    </Page>
  );
}

function Header({ campaign }: { campaign: Campaign }) {
  const t = useT("rules");
  const tasks = useT("campaigns");
  const crumb = (
    <Link to="/p/$project/tasks" params={{ project: campaign.project }}>
      {tasks("title")}
    </Link>
  );
  return (
    <PageHeader
      breadcrumb={<Breadcrumb parts={[{ key: "tasks", node: crumb }]} />}
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
