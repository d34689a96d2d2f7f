import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import {
  type Evaluation,
  evaluationQuery,
  evaluationsQuery,
  type ModelVersion,
  modelQuery,
  modelVersionQuery,
} from "@/api/models";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useClassTexts } from "@/app/useClassTexts";
import { lookup, useT } from "@/i18n";
import { formatNumber, formatPercent } from "@/i18n/format";
import {
  Breadcrumb,
  ConfusionMatrix,
  EmptyState,
  LinkButton,
  Page,
  PageHeader,
  Panel,
  SegmentedField,
  Stack,
  Stat,
  StatRow,
} from "@/ui";
import { CellPictures } from "./CellPictures";
import { cellOf, cellText, intervalOf, metricsOf } from "./figures";
import { Mistakes } from "./Mistakes";
import { ParityBadge } from "./ParityBadge";
import { PerClass } from "./PerClass";
import styles from "./reports.module.css";

const ROUTE = "/app/p/$project/reports/$version";

export function ReportPage() {
  const { version: id } = useParams({ from: ROUTE });
  const version = useQuery(modelVersionQuery(id));
  return <QueryState query={version}>{(found) => <VersionReport version={found} />}</QueryState>;
}

function VersionReport({ version }: { version: ModelVersion }) {
  const t = useT("reports");
  const project = useProjectId();
  const navigate = useNavigate();
  const { split } = useSearch({ from: ROUTE });
  const query = useQuery(evaluationsQuery(version.id));
  const model = useQuery(modelQuery(version.model)).data;
  const classOf = useClassTexts(version.dataset_version);
  const params = { project, version: version.id };
  return (
    <Page>
      <QueryState query={query}>
        {(all) => {
          const shown =
            all.find((one) => one.split === split) ?? all.find((one) => one.split === "test") ?? all[0];
          const splits = [...new Set(all.map((one) => one.split))];
          return (
            <>
              <PageHeader
                breadcrumb={<Where />}
                title={t("reportOf", { name: model?.name ?? "", number: version.number })}
                badge={<ParityBadge parity={version.parity} />}
                description={shown ? t("onPictures", { count: shown.count }) : undefined}
                actions={
                  <>
                    {splits.length > 1 && shown ? (
                      <SegmentedField
                        label={t("split")}
                        value={shown.split}
                        options={splits.map((value) => ({
                          value,
                          label: lookup("reports", `split_${value}`) ?? value,
                        }))}
                        onChange={(value) =>
                          void navigate({
                            to: "/p/$project/reports/$version",
                            params,
                            search: { split: value },
                            replace: true,
                          })
                        }
                      />
                    ) : null}
                    <LinkButton
                      to="/p/$project/models/$model/$version"
                      params={{ ...params, model: version.model }}
                    >
                      {t("openModel")}
                    </LinkButton>
                  </>
                }
              />
              {shown ? (
                <OneReport key={shown.id} id={shown.id} classOf={classOf} />
              ) : (
                <EmptyState title={t("notYet")} />
              )}
            </>
          );
        }}
      </QueryState>
    </Page>
  );
}

type Whole = Evaluation & Required<Pick<Evaluation, "confusion" | "per_class">>;

/** The evaluation with its classes in the page's language; null while it has no report. */
function whole(evaluation: Evaluation, classOf: (name: string) => string): Whole | null {
  const { confusion, per_class: rows } = evaluation;
  if (!confusion || !rows) return null;
  return {
    ...evaluation,
    confusion: { ...confusion, labels: confusion.labels.map(classOf) },
    per_class: rows.map((row) => ({ ...row, label: classOf(row.label) })),
  };
}

function OneReport({ id, classOf }: { id: string; classOf: (name: string) => string }) {
  const t = useT("reports");
  const query = useQuery(evaluationQuery(id));
  return (
    <QueryState query={query}>
      {(evaluation) => {
        const report = whole(evaluation, classOf);
        return report ? <Report evaluation={report} /> : <EmptyState title={t("notYet")} />;
      }}
    </QueryState>
  );
}

function Where() {
  const t = useT("reports");
  const project = useProjectId();
  return (
    <Breadcrumb
      parts={[
        {
          key: "reports",
          node: (
            <Link to="/p/$project/reports" params={{ project }}>
              {t("title")}
            </Link>
          ),
        },
      ]}
    />
  );
}

function Report({ evaluation }: { evaluation: Whole }) {
  const t = useT("reports");
  return (
    <Stack>
      <StatRow>
        {metricsOf(evaluation).map(([key, metric]) => {
          const { value, low, high } = intervalOf(metric);
          const asText = (figure: number) =>
            key === "log_loss" ? formatNumber(figure, 3) : formatPercent(figure);
          return (
            <Stat
              key={key}
              label={lookup("reports", `metric_${key}`) ?? key}
              value={asText(value)}
              hint={
                low === null || high === null
                  ? undefined
                  : t("interval", { low: asText(low), high: asText(high) })
              }
            />
          );
        })}
      </StatRow>
      <p className="muted small">{t("intervalHint")}</p>
      <Matrix evaluation={evaluation} />
      <div className={styles.two}>
        <PerClass evaluation={evaluation} />
        <Mistakes evaluation={evaluation} />
      </div>
    </Stack>
  );
}

function Matrix({ evaluation }: { evaluation: Whole }) {
  const t = useT("reports");
  const navigate = useNavigate();
  const { project, version } = useParams({ from: ROUTE });
  const search = useSearch({ from: ROUTE });
  const cell = cellOf(search.cell, evaluation.confusion.labels.length);
  const choose = (next: string | undefined) =>
    void navigate({
      to: "/p/$project/reports/$version",
      params: { project, version },
      search: (old) => ({ ...old, cell: next }),
      replace: true,
      resetScroll: false,
    });
  return (
    <Panel title={t("confusion")}>
      <Stack gap={16}>
        <p className="muted small">{t("confusionHint")}</p>
        <div className={styles.matrix}>
          <ConfusionMatrix
            labels={evaluation.confusion.labels}
            matrix={evaluation.confusion.matrix}
            selected={cell}
            onSelect={(truth, predicted) => choose(cellText(truth, predicted))}
            caption={t("confusion")}
          />
          <CellPictures
            key={search.cell ?? ""}
            evaluation={evaluation}
            cell={cell}
            onClose={() => choose(undefined)}
          />
        </div>
      </Stack>
    </Panel>
  );
}
