import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { figureOf } from "@/api/metrics";
import { type Model, type ModelVersion, modelsPages, modelVersionsPages } from "@/api/models";
import { rowsOf } from "@/api/query";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { type Column, DataTable, EmptyState, Page, PageHeader, Panel, Stack, Time } from "@/ui";
import { ParityBadge } from "./ParityBadge";
import styles from "./reports.module.css";

export function ReportsPage() {
  const t = useT("reports");
  const query = useInfiniteQuery(modelsPages(useProjectId()));
  return (
    <Page>
      <PageHeader title={t("title")} description={t("subtitle")} />
      <QueryState query={{ ...query, data: rowsOf(query.data) }}>
        {(models) =>
          models.length === 0 ? (
            <EmptyState title={t("emptyTitle")}>{t("emptyText")}</EmptyState>
          ) : (
            <Stack>
              {models.map((model) => (
                <OneModel key={model.id} model={model} />
              ))}
            </Stack>
          )
        }
      </QueryState>
    </Page>
  );
}

function OneModel({ model }: { model: Model }) {
  const t = useT("reports");
  const project = useProjectId();
  const navigate = useNavigate();
  const query = useInfiniteQuery(modelVersionsPages(model.id));
  const percent = (value: number | null) => (value === null ? "–" : formatPercent(value));
  const columns: Column<ModelVersion>[] = [
    { key: "number", header: t("version"), grow: true, cell: (version) => <strong>{version.number}</strong> },
    {
      key: "accuracy",
      header: t("metric_accuracy"),
      align: "right",
      cell: (version) => percent(figureOf(version.metrics, "accuracy")),
    },
    {
      key: "f1",
      header: t("metric_macro_f1"),
      align: "right",
      cell: (version) => percent(figureOf(version.metrics, "macro_f1")),
    },
    { key: "parity", header: t("parity"), cell: (version) => <ParityBadge parity={version.parity} short /> },
    {
      key: "created",
      header: t("created"),
      align: "right",
      cell: (version) => (
        <span className={styles.nowrap}>
          <Time iso={version.created_at} />
        </span>
      ),
    },
  ];
  return (
    <Panel title={model.name} flush>
      <QueryState query={query} compact>
        {(data) => (
          <DataTable
            label={model.name}
            columns={columns}
            rows={rowsOf(data)}
            rowKey={(version) => version.id}
            rowName={(version) => `${model.name} ${version.number}`}
            onOpen={(version) =>
              void navigate({ to: "/p/$project/reports/$version", params: { project, version: version.id } })
            }
            hasMore={query.hasNextPage}
            loadingMore={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        )}
      </QueryState>
    </Panel>
  );
}
