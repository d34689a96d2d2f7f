import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Journal } from "@/annotator/journal";
import type { RelationType } from "@/annotator/text/relations";
import { meQuery } from "@/api/auth";
import { campaignQuery } from "@/api/campaigns";
import type { Campaign, LabelClass, Me } from "@/api/types";
import { Failure, QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, PageSkeleton } from "@/ui";
import { ReviewBench } from "./ReviewBench";
import { ReviewQueue } from "./reviewQueue";
import { TooNarrow } from "./TooNarrow";
import { WithClasses } from "./WithClasses";

/** Review on the same canvas: accept, reject with a reason, or fix in place. */
export function ReviewPage() {
  const { campaign: id } = useParams({ from: "/app/p/$project/review/$campaign" });
  const me = useQuery(meQuery);
  return (
    <QueryState query={useQuery(campaignQuery(id))}>
      {(campaign) => (
        <WithClasses campaign={campaign}>
          {(classes, relations) => (
            <QueryState query={me}>
              {(reviewer) => (
                <Reviewing campaign={campaign} classes={classes} relations={relations} reviewer={reviewer} />
              )}
            </QueryState>
          )}
        </WithClasses>
      )}
    </QueryState>
  );
}

interface ReviewingProps {
  campaign: Campaign;
  classes: readonly LabelClass[];
  relations: readonly RelationType[];
  reviewer: Me;
}

function Reviewing({ campaign, classes, relations, reviewer }: ReviewingProps) {
  const t = useT("annotate");
  const { batch } = useSearch({ from: "/app/p/$project/review/$campaign" });
  const [queue] = useState(() => new ReviewQueue(campaign.id, new Journal(`${reviewer.id}:review`), batch));
  useEffect(() => {
    void queue.start();
    return () => queue.dispose();
  }, [queue]);
  useSyncExternalStore(
    (notify) => queue.subscribe(notify),
    () => queue.version,
  );
  if (queue.error !== null) return <Failure error={queue.error} onRetry={() => void queue.start()} />;
  const turn = queue.current;
  if (turn) {
    return (
      <>
        <ReviewBench queue={queue} turn={turn} campaign={campaign} classes={classes} relations={relations} />
        <TooNarrow project={campaign.project} />
      </>
    );
  }
  if (!queue.isDone) return <PageSkeleton />;
  return (
    <EmptyState
      title={t("doneTitle")}
      action={
        batch ? (
          <LinkButton
            to="/p/$project/workload/$campaign"
            params={{ project: campaign.project, campaign: campaign.id }}
            variant="primary"
          >
            {t("toBatch")}
          </LinkButton>
        ) : (
          <LinkButton to="/p/$project/tasks" params={{ project: campaign.project }} variant="primary">
            {t("toTasks")}
          </LinkButton>
        )
      }
    >
      {batch ? t("batchDoneHint") : t("reviewDoneHint")}
    </EmptyState>
  );
}
