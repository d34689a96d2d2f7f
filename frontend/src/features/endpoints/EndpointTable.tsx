import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "@/api/auth";
import { type Endpoint, endpointsPages } from "@/api/endpoints";
import { rowsOf } from "@/api/query";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { type Column, DataTable, Panel, Time } from "@/ui";
import { EndpointState } from "./EndpointState";
import styles from "./endpoints.module.css";
import { useVersionName } from "./versionNames";

/** Endpoints of one project, or of all that I may see. */
export function EndpointTable({ project, empty }: { project?: string; empty: ReactNode }) {
  const t = useT("endpoints");
  const navigate = useNavigate();
  const query = useInfiniteQuery(endpointsPages(project));
  const columns: Column<Endpoint>[] = [
    {
      key: "name",
      header: t("name"),
      grow: true,
      cell: (endpoint) => <strong className="mono">{endpoint.name}</strong>,
    },
    { key: "state", header: t("state"), cell: (endpoint) => <EndpointState endpoint={endpoint} /> },
    {
      key: "version",
      header: t("version"),
      cell: (endpoint) => <VersionName id={endpoint.routes[0]?.model_version} />,
    },
    ...(project
      ? []
      : [
          {
            key: "project",
            header: t("project"),
            cell: (endpoint: Endpoint) => <ProjectName id={endpoint.project} />,
          },
        ]),
    {
      key: "changed",
      header: t("changed"),
      align: "right",
      cell: (endpoint) => (
        <span className={styles.nowrap}>
          <Time iso={endpoint.updated_at ?? endpoint.created_at} />
        </span>
      ),
    },
  ];
  return (
    <QueryState query={query}>
      {(data) => (
        <Panel flush>
          <DataTable
            label={t("title")}
            columns={columns}
            rows={rowsOf(data)}
            rowKey={(endpoint) => endpoint.id}
            rowName={(endpoint) => endpoint.name}
            onOpen={(endpoint) =>
              void navigate({ to: "/endpoints/$endpoint", params: { endpoint: endpoint.id } })
            }
            empty={empty}
            hasMore={query.hasNextPage}
            loadingMore={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        </Panel>
      )}
    </QueryState>
  );
}

function VersionName({ id }: { id: string | undefined }) {
  return <span className={styles.nowrap}>{useVersionName(id)}</span>;
}

function ProjectName({ id }: { id: string }) {
  const me = useQuery(meQuery).data;
  return (
    <span className={styles.nowrap}>
      {me?.memberships.find((one) => one.project === id)?.project_name ?? "–"}
    </span>
  );
}
