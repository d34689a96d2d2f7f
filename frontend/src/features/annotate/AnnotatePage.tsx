import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Journal } from "@/annotator/journal";
import type { RelationType } from "@/annotator/text/relations";
import { meQuery } from "@/api/auth";
import { campaignQuery } from "@/api/campaigns";
import type { Campaign, LabelClass } from "@/api/types";
import { Failure, QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, PageSkeleton } from "@/ui";
import { WorkQueue } from "./queue";
import { TooNarrow } from "./TooNarrow";
import { WithClasses } from "./WithClasses";
import { Workbench } from "./Workbench";

/** Labeling: one item after another, without waiting and without losing anything. */
export function AnnotatePage() {
  const { campaign: id } = useParams({ from: "/app/p/$project/annotate/$campaign" });
  return (
    <QueryState query={useQuery(campaignQuery(id))}>
      {(campaign) => (
        <WithClasses campaign={campaign}>
          {(classes, relations) => (
            <Labeling key={campaign.id} campaign={campaign} classes={classes} relations={relations} />
          )}
        </WithClasses>
      )}
    </QueryState>
  );
}

interface LabelingProps {
  campaign: Campaign;
  classes: readonly LabelClass[];
  relations: readonly RelationType[];
}

function Labeling({ campaign, classes, relations }: LabelingProps) {
  const me = useQuery(meQuery).data;
  const [queue, setQueue] = useState<WorkQueue | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (!me?.id) return;
    const made = new WorkQueue(campaign.id, new Journal(me.id));
    setQueue(made);
    made.start().catch(setError);
    const leave = () => made.leave();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      made.dispose();
    };
  }, [campaign.id, me?.id]);
  if (error) return <Failure error={error} onRetry={() => location.reload()} />;
  if (!queue) return <PageSkeleton />;
  return (
    <>
      <Turn queue={queue} campaign={campaign} classes={classes} relations={relations} />
      <TooNarrow project={campaign.project} />
    </>
  );
}

function Turn({
  queue,
  campaign,
  classes,
  relations,
}: {
  queue: WorkQueue;
  campaign: Campaign;
  classes: readonly LabelClass[];
  relations: readonly RelationType[];
}) {
  const t = useT("annotate");
  useSyncExternalStore(
    (notify) => queue.subscribe(notify),
    () => queue.version,
  );
  const work = queue.current;
  if (work)
    return (
      <Workbench queue={queue} work={work} campaign={campaign} classes={classes} relations={relations} />
    );
  if (!queue.isDone && !queue.isGone) return <PageSkeleton />;
  return (
    <EmptyState
      title={t(queue.isGone ? "taskGoneTitle" : "doneTitle")}
      action={
        <LinkButton to="/p/$project/tasks" params={{ project: campaign.project }} variant="primary">
          {t("toTasks")}
        </LinkButton>
      }
    >
      {t(queue.isGone ? "taskGone" : "doneHint")}
    </EmptyState>
  );
}
