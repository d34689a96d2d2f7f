import { IconPlus, IconTags } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { may, meQuery } from "@/api/auth";
import { campaignsQuery } from "@/api/campaigns";
import { datasetsQuery } from "@/api/datasets";
import { canBeHandedOut } from "@/api/tasks";
import type { Campaign } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, Page, PageHeader, Stack } from "@/ui";
import { CampaignCard } from "./CampaignCard";
import { ProgressDrawer } from "./ProgressDrawer";

const PrelabelDialog = lazy(() =>
  import("./PrelabelDialog").then((module) => ({ default: module.PrelabelDialog })),
);

/** The labeling tasks of a project: what is left, who does it, where to go on. */
export function CampaignsPage() {
  const t = useT("campaigns");
  const { project } = useParams({ from: "/app/p/$project/tasks" });
  const me = useQuery(meQuery).data;
  const [shown, setShown] = useState<string | null>(null);
  const [helped, setHelped] = useState<Campaign | null>(null);
  const isCurator = may(me, project, "curate_project");
  const datasets = useQuery({ ...datasetsQuery(project), enabled: isCurator }).data?.results;
  const canHandOut = datasets?.some(canBeHandedOut);
  const create = canHandOut ? (
    <LinkButton
      to="/p/$project/tasks/new"
      params={{ project }}
      search={{ dataset: undefined }}
      variant="primary"
      icon={<IconPlus size={16} />}
    >
      {t("new")}
    </LinkButton>
  ) : null;
  return (
    <Page>
      <PageHeader title={t("title")} description={t("lead")} actions={create} />
      <QueryState query={useQuery(campaignsQuery(project))}>
        {({ results }) =>
          results.length === 0 ? (
            <EmptyState
              icon={<IconTags size={28} stroke={1.6} />}
              title={isCurator ? t("empty") : t("emptyMine")}
              action={create}
            >
              {isCurator ? (
                <>
                  {t("emptyHint")} {canHandOut === false ? t("picturesOnly") : null}
                </>
              ) : (
                t("emptyMineHint")
              )}
            </EmptyState>
          ) : (
            <Stack gap={12}>
              {results.map((campaign) => (
                <CampaignCard
                  key={campaign.id}
                  campaign={campaign}
                  onDetails={() => setShown(campaign.id)}
                  onPrelabels={() => setHelped(campaign)}
                />
              ))}
            </Stack>
          )
        }
      </QueryState>
      {helped ? (
        <Suspense fallback={null}>
          <PrelabelDialog campaign={helped} onClose={() => setHelped(null)} />
        </Suspense>
      ) : null}
      {shown ? <ProgressDrawer campaign={shown} onClose={() => setShown(null)} /> : null}
    </Page>
  );
}
