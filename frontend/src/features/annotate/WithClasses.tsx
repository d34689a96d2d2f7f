import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { datasetQuery } from "@/api/datasets";
import type { Campaign, LabelClass } from "@/api/types";
import { QueryState } from "@/app/QueryState";

/** The classes come with the campaign; where they do not, with its data set. */
export function WithClasses({
  campaign,
  children,
}: {
  campaign: Campaign;
  children: (classes: readonly LabelClass[]) => ReactNode;
}) {
  const own = campaign.label_schema?.classes;
  const dataset = useQuery({ ...datasetQuery(campaign.dataset), enabled: own === undefined });
  if (own) return <>{children(own)}</>;
  return <QueryState query={dataset}>{(data) => children(data.label_schema.classes)}</QueryState>;
}
