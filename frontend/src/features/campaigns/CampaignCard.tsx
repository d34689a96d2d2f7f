import { IconArrowsSplit2, IconChartBar, IconChecklist, IconDots, IconLayoutGrid } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { may, meQuery } from "@/api/auth";
import { setCampaignState } from "@/api/campaigns";
import { modalityOf } from "@/api/tasks";
import type { Campaign } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useT } from "@/i18n";
import { formatCount, formatDateTime } from "@/i18n/format";
import { Badge, Button, IconButton, LinkButton, Menu, Row, toast } from "@/ui";
import styles from "./campaigns.module.css";

interface CampaignCardProps {
  campaign: Campaign;
  onDetails: () => void;
  onPrelabels: () => void;
}

const PRELABELED: readonly string[] = [
  "image_classification",
  "text_classification",
  "text_multilabel",
  "ner",
  "audio_classification",
  "object_detection",
];

/** One task as a line: its name, a bar of its states, and the one button that matters to me. */
export function CampaignCard({ campaign, onDetails, onPrelabels }: CampaignCardProps) {
  const t = useT("campaigns");
  const { counts, may: can } = campaign;
  const isTogether = campaign.consensus.method !== "none";
  return (
    <article className={styles.card}>
      <div className={styles.text}>
        <Row gap={8}>
          <h2 className="ellipsis">{campaign.name}</h2>
          {campaign.state === "closed" ? <Badge>{t("closed")}</Badge> : null}
          {isOverdue(campaign) ? (
            <Badge tone="bad" dot>
              {t("overdue")}
            </Badge>
          ) : null}
        </Row>
        <Facts campaign={campaign} />
        <StateBar counts={counts} />
      </div>
      <Row gap={8} wrap>
        {can.review && isTogether ? (
          <Together campaign={campaign} />
        ) : can.review && counts.submitted > 0 ? (
          <LinkButton
            to="/p/$project/review/$campaign"
            params={{ project: campaign.project, campaign: campaign.id }}
            search={{ batch: undefined }}
            icon={<IconChecklist size={16} />}
          >
            {t("reviewCount", { count: counts.submitted })}
          </LinkButton>
        ) : null}
        {can.label && campaign.mine.open + counts.new > 0 && campaign.task === "image_classification" ? (
          <LinkButton
            to="/p/$project/annotate/$campaign/grid"
            params={{ project: campaign.project, campaign: campaign.id }}
            icon={<IconLayoutGrid size={16} />}
          >
            {t("grid")}
          </LinkButton>
        ) : null}
        {can.label && campaign.mine.open + counts.new > 0 ? (
          <LinkButton
            to="/p/$project/annotate/$campaign"
            params={{ project: campaign.project, campaign: campaign.id }}
            variant="primary"
          >
            {campaign.mine.done > 0 ? t("continue") : t("start")}
          </LinkButton>
        ) : null}
        <Details campaign={campaign} onDetails={onDetails} />
        {can.manage ? <More campaign={campaign} onPrelabels={onPrelabels} /> : null}
      </Row>
    </article>
  );
}

/** The date has passed, and something is left. */
function isOverdue({ state, due, counts }: Campaign): boolean {
  const left = counts.new + counts.leased + counts.rejected;
  return state === "open" && due !== null && left > 0 && Date.parse(due) < Date.now();
}

/** Who sees other people's work opens the page of the task, everybody else their own part of it. */
function Details({ campaign, onDetails }: { campaign: Campaign; onDetails: () => void }) {
  const t = useT("campaigns");
  const me = useQuery(meQuery).data;
  const icon = <IconChartBar size={16} />;
  if (!may(me, campaign.project, "view_project"))
    return (
      <Button variant="quiet" icon={icon} onClick={onDetails}>
        {t("details")}
      </Button>
    );
  return (
    <LinkButton
      to="/p/$project/workload/$campaign"
      params={{ project: campaign.project, campaign: campaign.id }}
      variant="quiet"
      icon={icon}
    >
      {t("details")}
    </LinkButton>
  );
}

/** What is done with a task now and then. */
function More({ campaign, onPrelabels }: { campaign: Campaign; onPrelabels: () => void }) {
  const t = useT("campaigns");
  const navigate = useNavigate();
  const isOpen = campaign.state === "open";
  const toggle = () => {
    setCampaignState(campaign.id, isOpen ? "close" : "reopen").catch((error: unknown) =>
      toast(errorText(error), { tone: "bad" }),
    );
  };
  const openGuideline = () =>
    navigate({
      to: "/p/$project/guideline/$campaign",
      params: { project: campaign.project, campaign: campaign.id },
    });
  const prelabels = { key: "prelabels", label: t("prelabels"), onSelect: onPrelabels };
  const rules = {
    key: "rules",
    label: t("rules"),
    onSelect: () =>
      void navigate({
        to: "/p/$project/rules/$campaign",
        params: { project: campaign.project, campaign: campaign.id },
      }),
  };
  return (
    <Menu
      label={campaign.name}
      entries={[
        { key: "guideline", label: t("guideline"), onSelect: () => void openGuideline() },
        ...(isOpen && PRELABELED.includes(campaign.task) ? [prelabels] : []),
        ...(modalityOf(campaign.task) === "text" ? [rules] : []),
        { key: "state", label: isOpen ? t("close") : t("reopen"), onSelect: toggle },
      ]}
    >
      <IconButton label={campaign.name}>
        <IconDots size={18} stroke={1.6} />
      </IconButton>
    </Menu>
  );
}

/** How far it is, who works on it, how answers are settled and until when. */
function Facts({ campaign }: { campaign: Campaign }) {
  const t = useT("campaigns");
  const { counts, assignees, overlap, consensus, due } = campaign;
  const done = counts.submitted + counts.accepted + counts.skipped;
  const facts = [
    t("progress", { done: formatCount(done), total: formatCount(counts.total) }),
    assignees.length > 0 ? t("assignees", { count: assignees.length }) : t("everyone"),
    overlap > 1 ? t(`settledBy_${consensus.method}`, { count: overlap }) : "",
    due ? t("due", { date: formatDateTime(due) }) : "",
  ];
  return <p className="muted small">{facts.filter(Boolean).join(" · ")}</p>;
}

/** Where answers are settled together: what waits for a reviewer, and how far people agree. */
function Together({ campaign }: { campaign: Campaign }) {
  const t = useT("campaigns");
  const params = { project: campaign.project, campaign: campaign.id };
  return (
    <>
      {campaign.conflicts > 0 ? (
        <LinkButton
          to="/p/$project/conflicts/$campaign"
          params={params}
          icon={<IconArrowsSplit2 size={16} />}
        >
          {t("conflictsCount", { count: campaign.conflicts })}
        </LinkButton>
      ) : null}
      <LinkButton to="/p/$project/agreement/$campaign" params={params} variant="quiet">
        {t("agreement")}
      </LinkButton>
    </>
  );
}

const PARTS = ["accepted", "submitted", "rejected", "skipped"] as const;

/** Shares of the states side by side, named on hover and in the text beside. */
export function StateBar({ counts }: { counts: Campaign["counts"] }) {
  const t = useT("campaigns");
  const label = PARTS.map((part) => `${t(part)} ${formatCount(counts[part])}`).join(", ");
  return (
    <div className={styles.bar} role="img" aria-label={label} title={label}>
      {PARTS.map((part) => (
        <span
          key={part}
          className={styles[part]}
          style={{ width: `${counts.total ? (counts[part] / counts.total) * 100 : 0}%` }}
        />
      ))}
    </div>
  );
}
