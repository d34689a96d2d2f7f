import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { figureOf } from "@/api/metrics";
import { type Model, modelsPages } from "@/api/models";
import { rowsOf } from "@/api/query";
import { useMay, useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useCanTrain } from "@/app/trainable";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { type Column, DataTable, EmptyState, LinkButton, Page, PageHeader, Panel } from "@/ui";

export function ModelsPage() {
  const t = useT("models");
  const project = useProjectId();
  const navigate = useNavigate();
  const query = useInfiniteQuery(modelsPages(project));
  const mayTrain = useMay("train_project");
  const columns: Column<Model>[] = [
    { key: "name", header: t("name"), grow: true, cell: (model) => <strong>{model.name}</strong> },
    { key: "task", header: t("task"), cell: (model) => t(`task_${model.task}`) },
    { key: "versions", header: t("versions"), align: "right", cell: (model) => model.versions_count },
    { key: "latest", header: t("latest"), align: "right", cell: (model) => model.latest?.number ?? "–" },
    {
      key: "accuracy",
      header: t("accuracy"),
      align: "right",
      cell: (model) => percent(figureOf(model.latest?.metrics, "accuracy")),
    },
  ];
  const canTrain = useCanTrain(project);
  return (
    <Page>
      <PageHeader title={t("title")} description={t("subtitle")} />
      <QueryState query={query}>
        {(data) => (
          <Panel flush>
            <DataTable
              label={t("title")}
              columns={columns}
              rows={rowsOf(data)}
              rowKey={(model) => model.id}
              rowName={(model) => model.name}
              onOpen={(model) =>
                void navigate({ to: "/p/$project/models/$model", params: { project, model: model.id } })
              }
              empty={
                <EmptyState
                  title={t("emptyTitle")}
                  action={
                    mayTrain && canTrain ? (
                      <LinkButton to="/p/$project/train/new" params={{ project }} variant="primary">
                        {t("trainDo")}
                      </LinkButton>
                    ) : null
                  }
                >
                  {t("emptyText")}
                </EmptyState>
              }
              hasMore={query.hasNextPage}
              loadingMore={query.isFetchingNextPage}
              onMore={() => void query.fetchNextPage()}
            />
          </Panel>
        )}
      </QueryState>
    </Page>
  );
}

function percent(value: number | null): string {
  return value === null ? "–" : formatPercent(value);
}
