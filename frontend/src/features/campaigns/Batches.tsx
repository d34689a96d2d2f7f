import { IconChecklist } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Campaign } from "@/api/types";
import { type Acceptance, acceptancesQuery, acceptBatch, beginAcceptance, returnBatch } from "@/api/work";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { Badge, Button, DataTable, LinkButton, NumberField, Panel, Row, Stack, Time } from "@/ui";

const ReasonDialog = lazy(() =>
  import("@/features/annotate/ReasonDialog").then((module) => ({ default: module.ReasonDialog })),
);

const MAX_BATCH = 500;
const USUAL = 50;

/** Whole batches of what waits for review, judged by a random part of them. */
export function Batches({ campaign }: { campaign: Campaign }) {
  const t = useT("workload");
  const batches = useQuery(acceptancesQuery(campaign.id)).data?.results ?? [];
  const open = batches.find(({ state }) => state === "open");
  const done = batches.filter(({ state }) => state !== "open");
  const waiting = Math.min(MAX_BATCH, campaign.counts.submitted);
  if (waiting === 0 && batches.length === 0) return null;
  return (
    <Panel title={t("batches")}>
      <Stack gap={12}>
        <p className="muted small">{t("batchesHint")}</p>
        {open ? (
          <OpenBatch campaign={campaign} batch={open} />
        ) : (
          <Begin campaign={campaign} waiting={waiting} />
        )}
        {done.length > 0 ? <Decided batches={done} /> : null}
      </Stack>
    </Panel>
  );
}

function Begin({ campaign, waiting }: { campaign: Campaign; waiting: number }) {
  const t = useT("workload");
  const [wanted, setWanted] = useState<number | null>(null);
  if (waiting === 0) return <p className="muted">{t("batchNothing")}</p>;
  const count = Math.min(wanted ?? USUAL, waiting);
  return (
    <Row gap={12} align="end" wrap>
      <NumberField
        label={t("batchCount", { count: waiting })}
        value={count}
        onChange={setWanted}
        min={1}
        max={waiting}
      />
      <Button onClick={() => void act(() => beginAcceptance(campaign.id, count))}>{t("batchBegin")}</Button>
    </Row>
  );
}

function OpenBatch({ campaign, batch }: { campaign: Campaign; batch: Acceptance }) {
  const t = useT("workload");
  const [returning, setReturning] = useState(false);
  const isJudged = batch.judged === batch.drawn;
  const giveBack = (reason: string) => {
    setReturning(false);
    void act(() => returnBatch(campaign.id, batch.id, reason));
  };
  return (
    <Row gap={12} wrap>
      <span>{t("batchJudged", { judged: batch.judged, drawn: batch.drawn, size: batch.size })}</span>
      {batch.judged > 0 ? <strong>{rateText(t, batch)}</strong> : null}
      {isJudged ? (
        <>
          <Button variant="primary" onClick={() => void act(() => acceptBatch(campaign.id, batch.id))}>
            {t("batchAccept")}
          </Button>
          <Button onClick={() => setReturning(true)}>{t("batchReturn")}</Button>
        </>
      ) : (
        <LinkButton
          to="/p/$project/review/$campaign"
          params={{ project: campaign.project, campaign: campaign.id }}
          search={{ batch: batch.id }}
          variant="primary"
          icon={<IconChecklist size={16} />}
        >
          {t("batchJudge")}
        </LinkButton>
      )}
      <Suspense fallback={null}>
        {returning ? (
          <ReasonDialog
            open
            title={t("batchReturnTitle")}
            reasons={[t("batchReasonGuideline"), t("batchReasonMany")]}
            onClose={() => setReturning(false)}
            onChoose={giveBack}
          />
        ) : null}
      </Suspense>
    </Row>
  );
}

function Decided({ batches }: { batches: readonly Acceptance[] }) {
  const t = useT("workload");
  return (
    <DataTable
      label={t("batchesDecided")}
      rows={batches}
      rowKey={(row) => row.id}
      columns={[
        { key: "number", header: t("batch"), cell: (row) => t("batchNumber", { number: row.number }) },
        {
          key: "state",
          header: t("batchState"),
          cell: (row) => (
            <Badge tone={row.state === "accepted" ? "ok" : "bad"} dot>
              {t(row.state === "accepted" ? "batchAccepted" : "batchReturned")}
            </Badge>
          ),
        },
        { key: "rate", header: t("batchRate"), cell: (row) => rateText(t, row) },
        {
          key: "size",
          header: t("batchSize"),
          align: "right",
          cell: (row) => `${formatCount(row.drawn)} / ${formatCount(row.size)}`,
        },
        { key: "reason", header: t("batchReason"), grow: true, cell: (row) => row.reason || "–" },
        {
          key: "at",
          header: t("batchAt"),
          cell: (row) => (row.decided_at ? <Time iso={row.decided_at} /> : "–"),
        },
      ]}
    />
  );
}

function rateText(t: ReturnType<typeof useT<"workload">>, { error_rate: rate }: Acceptance): string {
  const { value, low, high } = rate;
  if (value === null) return "–";
  return t("batchRateOf", { rate: formatPercent(value), low: formatPercent(low), high: formatPercent(high) });
}
