import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { figureOf } from "@/api/metrics";
import { type Model, type ModelVersion, modelQuery, modelVersionsPages } from "@/api/models";
import { rowsOf } from "@/api/query";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatBytes, formatPercent } from "@/i18n/format";
import { Badge, Breadcrumb, type Column, DataTable, Page, PageHeader, Panel, Row, Time } from "@/ui";
import { aliasesOf } from "./aliases";
import styles from "./models.module.css";
import { ParityBadge } from "./ParityBadge";

export function ModelPage() {
  const t = useT("models");
  const project = useProjectId();
  const { model: id } = useParams({ from: "/app/p/$project/models/$model" });
  const query = useQuery(modelQuery(id));
  return (
    <QueryState query={query}>
      {(model) => (
        <Page>
          <PageHeader
            breadcrumb={
              <Breadcrumb
                parts={[
                  {
                    key: "models",
                    node: (
                      <Link to="/p/$project/models" params={{ project }}>
                        {t("title")}
                      </Link>
                    ),
                  },
                ]}
              />
            }
            title={model.name}
            badge={<Badge>{t(`task_${model.task}`)}</Badge>}
          />
          <Versions model={model} />
        </Page>
      )}
    </QueryState>
  );
}

function Versions({ model }: { model: Model }) {
  const t = useT("models");
  const project = useProjectId();
  const navigate = useNavigate();
  const query = useInfiniteQuery(modelVersionsPages(model.id));
  const columns: Column<ModelVersion>[] = [
    {
      key: "number",
      header: t("version"),
      grow: true,
      cell: (version) => (
        <Row gap={8}>
          <strong className={styles.nowrap}>{t("versionN", { number: version.number })}</strong>
          {aliasesOf(model, version.id).map((alias) => (
            <Badge key={alias} tone="accent">
              {t(alias)}
            </Badge>
          ))}
        </Row>
      ),
    },
    {
      key: "accuracy",
      header: t("accuracy"),
      align: "right",
      cell: (version) => percent(figureOf(version.metrics, "accuracy")),
    },
    {
      key: "f1",
      header: t("f1"),
      align: "right",
      cell: (version) => percent(figureOf(version.metrics, "macro_f1")),
    },
    { key: "parity", header: t("parity"), cell: (version) => <ParityBadge parity={version.parity} /> },
    {
      key: "size",
      header: t("size"),
      align: "right",
      cell: (version) => <span className={styles.nowrap}>{formatBytes(version.size_bytes)}</span>,
    },
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
    <QueryState query={query}>
      {(data) => (
        <Panel flush title={t("versions")}>
          <DataTable
            label={t("versions")}
            columns={columns}
            rows={rowsOf(data)}
            rowKey={(version) => version.id}
            rowName={(version) => t("versionN", { number: version.number })}
            onOpen={(version) =>
              void navigate({
                to: "/p/$project/models/$model/$version",
                params: { project, model: model.id, version: version.id },
              })
            }
            hasMore={query.hasNextPage}
            loadingMore={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        </Panel>
      )}
    </QueryState>
  );
}

function percent(value: number | null): string {
  return value === null ? "–" : formatPercent(value);
}
