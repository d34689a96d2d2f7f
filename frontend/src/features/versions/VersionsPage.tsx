import { IconGitBranch, IconGitMerge, IconSnowflake } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { rowsOf } from "@/api/query";
import type { Dataset } from "@/api/types";
import { type DatasetVersion, versionsPages } from "@/api/versions";
import { useMay, useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { DatasetSwitch, WithDataset } from "@/app/WithDataset";
import { useWords, type Words } from "@/app/words";
import { lookup, useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { type Column, DataTable, EmptyState, LinkButton, Page, PageHeader, Panel, Time } from "@/ui";
import styles from "./versions.module.css";

export function VersionsPage() {
  const { dataset } = useSearch({ from: "/app/p/$project/versions" });
  return <WithDataset wanted={dataset}>{(found) => <Versions dataset={found} />}</WithDataset>;
}

function Versions({ dataset }: { dataset: Dataset }) {
  const t = useWords("versions", dataset.modality);
  const merging = useT("changes");
  const project = useProjectId();
  const navigate = useNavigate();
  const query = useInfiniteQuery(versionsPages(dataset.id));
  const mayCurate = useMay("curate_project");
  const make = mayCurate ? (
    <LinkButton
      to="/p/$project/versions/new"
      params={{ project }}
      search={{ dataset: dataset.id }}
      variant="primary"
      icon={<IconSnowflake size={16} />}
    >
      {t("new")}
    </LinkButton>
  ) : null;
  return (
    <Page>
      <PageHeader
        title={t("title")}
        description={t("subtitle")}
        badge={<Origin dataset={dataset} />}
        actions={
          <>
            <DatasetSwitch
              dataset={dataset.id}
              onChange={(id) =>
                void navigate({ to: "/p/$project/versions", params: { project }, search: { dataset: id } })
              }
            />
            {mayCurate ? (
              <LinkButton
                to="/p/$project/versions/merge"
                params={{ project }}
                search={{ dataset: dataset.id }}
                icon={<IconGitMerge size={16} />}
              >
                {merging("merge")}
              </LinkButton>
            ) : null}
            {make}
          </>
        }
      />
      <QueryState query={query}>
        {(data) => (
          <Panel flush>
            <DataTable
              label={t("title")}
              columns={columnsOf(t)}
              rows={rowsOf(data)}
              rowKey={(version) => version.id}
              rowName={(version) => `${version.number} ${version.name}`}
              onOpen={(version) =>
                void navigate({
                  to: "/p/$project/versions/$version",
                  params: { project, version: version.id },
                })
              }
              empty={
                <EmptyState title={t("emptyTitle")} action={make}>
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

/** Of a branch, the version it was made from. */
function Origin({ dataset: { origin } }: { dataset: Dataset }) {
  const t = useT("changes");
  const project = useProjectId();
  if (!origin) return null;
  return (
    <LinkButton
      to="/p/$project/versions/$version"
      params={{ project, version: origin.version }}
      variant="quiet"
      size="sm"
      icon={<IconGitBranch size={14} />}
    >
      {t("branchOf", { name: origin.dataset_name, number: origin.number })}
    </LinkButton>
  );
}

function columnsOf(t: Words<"versions">): Column<DatasetVersion>[] {
  return [
    {
      key: "number",
      header: t("number"),
      cell: (version) => <span className="muted">{version.number}</span>,
    },
    { key: "name", header: t("name"), grow: true, cell: (version) => <strong>{version.name}</strong> },
    {
      key: "samples",
      header: t("samples"),
      align: "right",
      cell: (version) => formatCount(version.counts.samples),
    },
    {
      key: "split",
      header: `${t("train")} / ${t("val")} / ${t("test")}`,
      align: "right",
      cell: (version) => <Shares version={version} />,
    },
    {
      key: "strategy",
      header: t("split"),
      cell: (version) => <span className={styles.nowrap}>{strategyText(version)}</span>,
    },
    {
      key: "classes",
      header: t("classes"),
      align: "right",
      cell: (version) => formatCount(version.classes.length),
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
}

function Shares({ version }: { version: DatasetVersion }) {
  const { train = 0, val = 0, test = 0 } = version.counts;
  return (
    <span className={styles.nowrap}>
      {formatCount(train)} / {formatCount(val)} / {formatCount(test)}
    </span>
  );
}

/** How the version was split, in words. */
export function strategyText({ split }: DatasetVersion): string {
  return lookup("versions", `strategy_${split.strategy}`) ?? split.strategy ?? "–";
}
