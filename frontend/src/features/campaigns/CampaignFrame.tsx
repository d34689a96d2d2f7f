import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { campaignQuery } from "@/api/campaigns";
import type { Campaign } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Breadcrumb, Page, PageHeader, type PageHeaderProps, Stack } from "@/ui";

interface CampaignFrameProps {
  campaign: string;
  children: (campaign: Campaign) => ReactNode;
}

/** A page about one task. */
export function CampaignFrame({ campaign, children }: CampaignFrameProps) {
  return (
    <Page>
      <QueryState query={useQuery(campaignQuery(campaign))}>
        {(found) => <Stack>{children(found)}</Stack>}
      </QueryState>
    </Page>
  );
}

interface CampaignHeaderProps extends Omit<PageHeaderProps, "breadcrumb"> {
  campaign: Campaign;
}

/** Its header, with the way back to all tasks. */
export function CampaignHeader({ campaign, ...header }: CampaignHeaderProps) {
  const t = useT("campaigns");
  const crumb = (
    <Link to="/p/$project/tasks" params={{ project: campaign.project }}>
      {t("title")}
    </Link>
  );
  return <PageHeader {...header} breadcrumb={<Breadcrumb parts={[{ key: "tasks", node: crumb }]} />} />;
}
