import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Journal } from "@/annotator/journal";
import { meQuery } from "@/api/auth";
import { campaignQuery } from "@/api/campaigns";
import { hasOneClass, modalityOf } from "@/api/tasks";
import type { Campaign, LabelClass } from "@/api/types";
import { Failure, QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, PageSkeleton } from "@/ui";
import { GridBench } from "./GridBench";
import { GridQueue } from "./gridQueue";
import { TooNarrow } from "./TooNarrow";
import { WithClasses } from "./WithClasses";

export const SIZES = [12, 24, 48] as const;
const SIZE = "studio.gridSize";

/** Many pictures at once, each given one class. */
export function GridPage() {
  const t = useT("grid");
  const { project, campaign: id } = useParams({ from: "/app/p/$project/annotate/$campaign/grid" });
  return (
    <QueryState query={useQuery(campaignQuery(id))}>
      {(campaign) =>
        hasOneClass(campaign.task) && modalityOf(campaign.task) === "image" ? (
          <WithClasses campaign={campaign}>
            {(classes) => <Grid key={campaign.id} campaign={campaign} classes={classes} />}
          </WithClasses>
        ) : (
          <EmptyState
            title={t("notHere")}
            action={
              <LinkButton
                to="/p/$project/annotate/$campaign"
                params={{ project, campaign: id }}
                variant="primary"
              >
                {t("oneByOne")}
              </LinkButton>
            }
          >
            {t("notHereHint")}
          </EmptyState>
        )
      }
    </QueryState>
  );
}

function Grid({ campaign, classes }: { campaign: Campaign; classes: readonly LabelClass[] }) {
  const t = useT("annotate");
  const me = useQuery(meQuery).data;
  const [size, setSize] = useState(sizeKept);
  const [queue, setQueue] = useState<GridQueue | null>(null);
  const [error, setError] = useState<unknown>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size is told to the queue that is there
  useEffect(() => {
    if (!me?.id) return;
    const made = new GridQueue(campaign.id, new Journal(me.id), size);
    setQueue(made);
    made.start().catch(setError);
    const leave = () => made.leave();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      made.dispose();
    };
  }, [campaign.id, me?.id]);
  useSyncExternalStore(
    (notify) => queue?.subscribe(notify) ?? (() => undefined),
    () => queue?.version ?? 0,
  );
  if (error) return <Failure error={error} onRetry={() => location.reload()} />;
  if (!queue) return <PageSkeleton />;
  if (queue.isDone) {
    return (
      <EmptyState
        title={t("doneTitle")}
        action={
          <LinkButton to="/p/$project/tasks" params={{ project: campaign.project }} variant="primary">
            {t("toTasks")}
          </LinkButton>
        }
      >
        {t("doneHint")}
      </EmptyState>
    );
  }
  if (queue.tiles.length === 0) return <PageSkeleton />;
  const resize = (next: number) => {
    localStorage.setItem(SIZE, String(next));
    setSize(next);
    queue.resize(next).catch(setError);
  };
  return (
    <>
      <GridBench queue={queue} campaign={campaign} classes={classes} size={size} onSize={resize} />
      <TooNarrow project={campaign.project} />
    </>
  );
}

function sizeKept(): number {
  const kept = Number(localStorage.getItem(SIZE));
  return SIZES.find((size) => size === kept) ?? 24;
}
