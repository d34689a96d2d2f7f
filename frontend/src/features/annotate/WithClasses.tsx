import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { RelationType } from "@/annotator/text/relations";
import { datasetQuery } from "@/api/datasets";
import type { Campaign, LabelClass } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { NO_RELATIONS } from "./useStyle";

/** The classes come with the campaign; where they do not, with its data set. */
export function WithClasses({
  campaign,
  children,
}: {
  campaign: Campaign;
  children: (classes: readonly LabelClass[], relations: readonly RelationType[]) => ReactNode;
}) {
  const own = campaign.label_schema;
  const dataset = useQuery({ ...datasetQuery(campaign.dataset), enabled: own === undefined });
  if (own) return <>{children(own.classes, own.relations ?? NO_RELATIONS)}</>;
  return (
    <QueryState query={dataset}>
      {({ label_schema: { classes, relations } }) => children(classes, relations ?? NO_RELATIONS)}
    </QueryState>
  );
}
