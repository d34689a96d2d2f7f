import { IconDownload, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { campaignQuery } from "@/api/campaigns";
import { type Agreement, type AgreementCell, agreementQuery, agreementTableUrl } from "@/api/consensus";
import type { Campaign } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import {
  AnchorButton,
  Breadcrumb,
  EmptyState,
  LinkButton,
  Page,
  PageHeader,
  Panel,
  Stack,
  Stat,
  StatRow,
} from "@/ui";
import { ClassesTable, PeopleTable } from "./AgreementTables";
import { Disagreements } from "./Disagreements";
import { type FigureName, figureText, intervalText, isCell } from "./figures";
import { KnownTable } from "./KnownTable";

const ROUTE = "/app/p/$project/agreement/$campaign";

/** How far the people of a task agree, and the samples in which they do not. */
export function AgreementPage() {
  const { campaign: id } = useParams({ from: ROUTE });
  const agreement = useQuery(agreementQuery(id));
  return (
    <Page>
      <QueryState query={useQuery(campaignQuery(id))}>
        {(campaign) => (
          <QueryState query={agreement}>
            {(found) => (
              <Stack>
                <Header campaign={campaign} agreement={found} />
                {found.people.length === 0 ? (
                  <Nothing campaign={campaign} />
                ) : (
                  <Figures campaign={campaign} agreement={found} />
                )}
              </Stack>
            )}
          </QueryState>
        )}
      </QueryState>
    </Page>
  );
}

interface PartProps {
  campaign: Campaign;
  agreement: Agreement;
}

function Header({ campaign, agreement }: PartProps) {
  const t = useT("agreement");
  const tasks = useT("campaigns");
  const { project } = campaign;
  const params = { project, campaign: campaign.id };
  const waiting = agreement.states.conflict + agreement.states.review;
  return (
    <PageHeader
      breadcrumb={
        <Breadcrumb
          parts={[
            {
              key: "tasks",
              node: (
                <Link to="/p/$project/tasks" params={{ project }}>
                  {tasks("title")}
                </Link>
              ),
            },
          ]}
        />
      }
      title={t("titleOf", { name: campaign.name })}
      description={t("lead")}
      actions={
        <>
          {waiting > 0 ? (
            <LinkButton to="/p/$project/conflicts/$campaign" params={params} variant="primary">
              {tasks("conflictsCount", { count: waiting })}
            </LinkButton>
          ) : null}
          {agreement.people.length > 0 ? (
            <AnchorButton href={agreementTableUrl(campaign.id)} download icon={<IconDownload size={16} />}>
              {t("download")}
            </AnchorButton>
          ) : null}
        </>
      }
    />
  );
}

function Nothing({ campaign }: { campaign: Campaign }) {
  const t = useT("agreement");
  const isTogether = campaign.consensus.method !== "none";
  return (
    <EmptyState
      icon={<IconUsers size={28} stroke={1.6} />}
      title={t("emptyTitle")}
      action={
        <LinkButton to="/p/$project/tasks" params={{ project: campaign.project }} variant="primary">
          {t("toTasks")}
        </LinkButton>
      }
    >
      {isTogether ? t("emptyText") : t("emptyAlone")}
    </EmptyState>
  );
}

const FIGURES: readonly FigureName[] = ["observed", "f1", "fleiss", "krippendorff"];

function Figures({ campaign, agreement }: PartProps) {
  const t = useT("agreement");
  const navigate = useNavigate();
  const { project, campaign: id } = useParams({ from: ROUTE });
  const cell: AgreementCell = useSearch({ from: ROUTE });
  const { states } = agreement;
  const open = (next: AgreementCell) =>
    void navigate({
      to: "/p/$project/agreement/$campaign",
      params: { project, campaign: id },
      search: next,
      replace: true,
      resetScroll: false,
    });
  const tables = { agreement, open: cell, onOpen: open };
  return (
    <>
      <StatRow>
        {FIGURES.flatMap((name) => {
          const figure = agreement.figures[name];
          if (!figure) return [];
          const text = (value: number) => figureText(name, value);
          return [
            <Stat
              key={name}
              label={t(`figure_${name}`)}
              value={figure.value === null ? "–" : text(figure.value)}
              hint={intervalText(figure, text)}
            />,
          ];
        })}
        <Stat
          label={t("settled")}
          value={formatCount(states.agreed + states.resolved)}
          hint={t("byReviewers", { count: states.resolved })}
        />
        <Stat
          label={t("waiting")}
          value={formatCount(states.conflict + states.review)}
          hint={t("ofThemAgreed", { count: states.review })}
        />
      </StatRow>
      <p className="muted small">
        {FIGURES.filter((name) => agreement.figures[name]).map((name) => `${t(`figureHint_${name}`)} `)}
        {t("intervalHint")}
      </p>
      <Panel title={t("people")}>
        <Stack gap={8}>
          <p className="muted small">{t("peopleHint")}</p>
          <PeopleTable {...tables} />
        </Stack>
      </Panel>
      <Panel title={t("classes")}>
        <Stack gap={8}>
          <p className="muted small">{t("classesHint")}</p>
          <ClassesTable {...tables} />
        </Stack>
      </Panel>
      {agreement.gold.length > 0 ? (
        <Panel title={t("known")}>
          <Stack gap={8}>
            <p className="muted small">{t("knownHint")}</p>
            <KnownTable agreement={agreement} />
          </Stack>
        </Panel>
      ) : null}
      {isCell(cell) ? <Disagreements campaign={campaign} cell={cell} onClose={() => open({})} /> : null}
    </>
  );
}
