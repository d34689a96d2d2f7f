import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Journal } from "@/annotator/journal";
import type { RelationType } from "@/annotator/text/relations";
import { meQuery } from "@/api/auth";
import { campaignQuery } from "@/api/campaigns";
import type { Campaign, LabelClass, Me } from "@/api/types";
import { Failure, QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Button, EmptyState, LinkButton, PageSkeleton, Row } from "@/ui";
import { ConflictBench } from "./ConflictBench";
import { ConflictQueue } from "./conflictQueue";
import { TooNarrow } from "./TooNarrow";
import { WithClasses } from "./WithClasses";

const ROUTE = "/app/p/$project/conflicts/$campaign";

/** Samples on which people do not agree: a reviewer chooses an answer or gives another. */
export function ConflictPage() {
  const { campaign: id } = useParams({ from: ROUTE });
  const { row } = useSearch({ from: ROUTE });
  const me = useQuery(meQuery);
  return (
    <QueryState query={useQuery(campaignQuery(id))}>
      {(campaign) => (
        <WithClasses campaign={campaign}>
          {(classes, relations) => (
            <QueryState query={me}>
              {(reviewer) => (
                <Settling
                  key={`${campaign.id} ${row ?? ""}`}
                  campaign={campaign}
                  classes={classes}
                  relations={relations}
                  reviewer={reviewer}
                  first={row}
                />
              )}
            </QueryState>
          )}
        </WithClasses>
      )}
    </QueryState>
  );
}

interface SettlingProps {
  campaign: Campaign;
  classes: readonly LabelClass[];
  relations: readonly RelationType[];
  reviewer: Me;
  first: string | undefined;
}

function Settling({ campaign, classes, relations, reviewer, first }: SettlingProps) {
  const client = useQueryClient();
  const [queue] = useState(
    () =>
      new ConflictQueue({
        campaign: campaign.id,
        journal: new Journal(`${reviewer.id}:conflicts`),
        first,
      }),
  );
  useEffect(() => {
    void queue.start();
    return () => {
      queue.dispose();
      // Lists of tasks say how many conflicts are left.
      void client.invalidateQueries({ queryKey: ["campaigns"] });
      void client.invalidateQueries({ queryKey: ["campaign", campaign.id] });
    };
  }, [queue, client, campaign.id]);
  useSyncExternalStore(
    (notify) => queue.subscribe(notify),
    () => queue.version,
  );
  if (queue.error !== null) return <Failure error={queue.error} onRetry={() => void queue.start()} />;
  const turn = queue.current;
  if (turn) {
    return (
      <>
        <ConflictBench
          queue={queue}
          turn={turn}
          campaign={campaign}
          classes={classes}
          relations={relations}
        />
        <TooNarrow project={campaign.project} />
      </>
    );
  }
  if (!queue.isDone) return <PageSkeleton />;
  return <NothingLeft queue={queue} campaign={campaign} />;
}

function NothingLeft({ queue, campaign }: { queue: ConflictQueue; campaign: Campaign }) {
  const t = useT("conflicts");
  const params = { project: campaign.project, campaign: campaign.id };
  const isTogether = campaign.consensus.method !== "none";
  const { passed, remaining } = queue;
  return (
    <EmptyState
      title={passed > 0 ? t("laterTitle", { count: passed }) : t("emptyTitle")}
      action={
        <Row>
          {passed > 0 ? (
            <Button variant="primary" onClick={() => void queue.again()}>
              {t("laterDo")}
            </Button>
          ) : null}
          {isTogether ? (
            <LinkButton to="/p/$project/agreement/$campaign" params={params}>
              {t("toAgreement")}
            </LinkButton>
          ) : null}
          <LinkButton
            to="/p/$project/tasks"
            params={{ project: campaign.project }}
            variant={passed > 0 ? "default" : "primary"}
          >
            {t("toTasks")}
          </LinkButton>
        </Row>
      }
    >
      {passed === 0 && remaining > 0 ? `${t("elsewhere", { count: remaining })} ` : null}
      {passed > 0 ? t("laterText") : isTogether ? t("emptyText") : t("emptyAlone")}
    </EmptyState>
  );
}
