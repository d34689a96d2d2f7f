import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import type { Campaign } from "@/api/types";
import { type Overview, overviewQuery, reportUrl } from "@/api/work";
import { QueryState } from "@/app/QueryState";
import { useLanguage, useT } from "@/i18n";
import { formatDateTime } from "@/i18n/format";
import { AnchorButton, Badge, Bars, Panel, Skeleton, Stack } from "@/ui";
import { CampaignFrame, CampaignHeader } from "./CampaignFrame";
import { WorkFigures } from "./WorkFigures";
import { WorkPeople } from "./WorkPeople";
import styles from "./workload.module.css";

const ActivePanel = lazy(() => import("./ActivePanel").then((module) => ({ default: module.ActivePanel })));
const Batches = lazy(() => import("./Batches").then((module) => ({ default: module.Batches })));
const OpenQuestions = lazy(() =>
  import("./OpenQuestions").then((module) => ({ default: module.OpenQuestions })),
);
const LearningPanel = lazy(() =>
  import("./LearningPanel").then((module) => ({ default: module.LearningPanel })),
);
const BurnDown = lazy(() => import("./BurnDown").then((module) => ({ default: module.BurnDown })));

/** A task as who runs it sees it: how far it is, when it will be done, and who has what in hand. */
export function WorkloadPage() {
  const { campaign: id } = useParams({ from: "/app/p/$project/workload/$campaign" });
  const overview = useQuery(overviewQuery(id));
  return (
    <CampaignFrame campaign={id}>
      {(campaign) => (
        <>
          <Header campaign={campaign} />
          <QueryState query={overview}>
            {(found) => <Workload campaign={campaign} overview={found} />}
          </QueryState>
        </>
      )}
    </CampaignFrame>
  );
}

function Header({ campaign }: { campaign: Campaign }) {
  const t = useT("workload");
  const language = useLanguage();
  return (
    <CampaignHeader
      campaign={campaign}
      title={t("titleOf", { name: campaign.name })}
      description={t("lead")}
      actions={(["pdf", "csv"] as const).map((kind) => (
        <AnchorButton
          key={kind}
          href={reportUrl(campaign.id, kind, language)}
          download
          icon={<IconDownload size={16} />}
        >
          {t(kind)}
        </AnchorButton>
      ))}
    />
  );
}

function Workload({ campaign, overview }: { campaign: Campaign; overview: Overview }) {
  const t = useT("workload");
  const language = useLanguage();
  const { due, due_state: state, balance } = overview;
  return (
    <>
      {due && (state === "late" || state === "at_risk") ? (
        <p className={styles.due} role="status">
          <Badge tone={state === "late" ? "bad" : "warn"} dot>
            {t(`due_${state}`, { date: formatDateTime(due) })}
          </Badge>
          <span className="muted">{t(`dueText_${state}`)}</span>
        </p>
      ) : null}
      <WorkFigures campaign={campaign} overview={overview} />
      <div className={styles.pair}>
        <Panel title={t("burnDown")}>
          {overview.burn_down.length < 2 ? (
            <p className="muted">{t("burnDownEmpty")}</p>
          ) : (
            <Suspense fallback={<Skeleton lines={1} height={220} />}>
              <BurnDown days={overview.burn_down} />
            </Suspense>
          )}
        </Panel>
        <Panel title={t("balance")}>
          <Stack gap={8}>
            <p className="muted small">{t("balanceHint")}</p>
            <Bars
              label={t("balance")}
              bars={balance.map((one) => ({
                key: one.id,
                label: (language === "zh-Hans" && one.name_zh) || one.name,
                value: one.samples,
                color: one.color,
              }))}
            />
          </Stack>
        </Panel>
      </div>
      <WorkPeople campaign={campaign} overview={overview} />
      <Suspense fallback={null}>
        {campaign.task === "image_classification" ? <LearningPanel campaign={campaign} /> : null}
        {campaign.order === "active" && campaign.may.review ? <ActivePanel campaign={campaign.id} /> : null}
        {overview.questions > 0 ? <OpenQuestions campaign={campaign} /> : null}
        {campaign.may.review && campaign.consensus.method === "none" ? <Batches campaign={campaign} /> : null}
      </Suspense>
    </>
  );
}
