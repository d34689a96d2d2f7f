import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { datasetsQuery } from "@/api/datasets";
import { type Activity, activityPages } from "@/api/people";
import { rowsOf } from "@/api/query";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { lookup, translator, useT } from "@/i18n";
import { Avatar, type Column, DataTable, Page, PageHeader, Panel, Row, Time } from "@/ui";
import styles from "./projects.module.css";

const ROLE_PARAM = "role";

/** What an operation did, in words; unknown ones show their stored name. */
function operationText({ operation, params }: Activity): string {
  const role = lookup("projects", `role_${String(params[ROLE_PARAM])}`) ?? "";
  const words = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, typeof value === "object" ? "" : value]),
  );
  const key = params.dry_run === true ? `op_${operation}.rehearsed` : `op_${operation}`;
  return (
    lookup("projects", key, { ...words, role }) ??
    lookup("projects", `op_${operation}`, { ...words, role }) ??
    operation
  );
}

function subjectText({ object_type, params }: Activity): string {
  const { name, number, source } = params;
  if (typeof name === "string" && name) return name;
  // What an import came from; a merge names a version there by its id.
  if (object_type === "importbatch" && typeof source === "string" && source) return source;
  return typeof number === "number" ? translator("projects")("activityVersion", { number }) : "";
}

export function ActivityPage() {
  const t = useT("projects");
  const query = useInfiniteQuery(activityPages(useProjectId()));
  const columns: Column<Activity>[] = [
    { key: "when", header: t("when"), cell: (row) => <Time iso={row.at} />, width: 150 },
    { key: "who", header: t("who"), cell: (row) => <Who name={row.actor} />, width: 200 },
    { key: "what", header: t("what"), grow: true, cell: (row) => <What event={row} /> },
  ];
  return (
    <Page>
      <PageHeader title={t("activity")} description={t("activityText")} />
      <QueryState query={query}>
        {(data) => (
          <Panel flush>
            <DataTable
              label={t("activity")}
              columns={columns}
              rows={rowsOf(data)}
              rowKey={(row) => String(row.seq)}
              empty={<p className={styles.empty}>{t("activityEmpty")}</p>}
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

function Who({ name }: { name: string }) {
  const t = useT("projects");
  return (
    <Row gap={8}>
      <Avatar name={name || "·"} size={22} />
      {name || <span className="muted">{t("system")}</span>}
    </Row>
  );
}

/** What was done, to what, and in which data set; a data set that is still there is a link. */
function What({ event }: { event: Activity }) {
  const project = useProjectId();
  const subject = subjectText(event);
  const id = datasetOf(event);
  const dataset = useQuery(datasetsQuery(project)).data?.results.find((one) => one.id === id);
  const isDataset = event.object_type === "dataset" && subject === dataset?.name;
  return (
    <>
      {operationText(event)}
      {subject && !isDataset ? (
        <strong>
          {" "}
          <Subject event={event}>{subject}</Subject>
        </strong>
      ) : null}
      {dataset ? (
        <>
          {isDataset ? " " : " · "}
          <Link
            to="/p/$project/data"
            params={{ project }}
            search={{ dataset: dataset.id }}
            className={styles.within}
          >
            {dataset.name}
          </Link>
        </>
      ) : null}
    </>
  );
}

/** The id of the data set that it was about, or that holds what it was about. */
function datasetOf({ object_type, object_id, params }: Activity): string | undefined {
  if (object_type === "dataset") return object_id;
  return typeof params.dataset === "string" ? params.dataset : undefined;
}

function Subject({ event, children }: { event: Activity; children: string }) {
  const project = useProjectId();
  if (event.object_type !== "datasetversion") return children;
  return (
    <Link
      to="/p/$project/versions/$version"
      params={{ project, version: event.object_id }}
      className={styles.within}
    >
      {children}
    </Link>
  );
}

/** The last few lines of the audit trail, for the project's front page. */
export function RecentActivity({ project }: { project: string }) {
  const t = useT("projects");
  const query = useInfiniteQuery(activityPages(project));
  return (
    <Panel
      title={t("recentActivity")}
      flush
      actions={
        <Link to="/p/$project/activity" params={{ project }} className="small">
          {t("allActivity")}
        </Link>
      }
    >
      <QueryState query={{ ...query, data: rowsOf(query.data) }} compact>
        {(rows) =>
          rows.length === 0 ? (
            <p className={styles.empty}>{t("activityEmpty")}</p>
          ) : (
            <ul className={styles.feed}>
              {rows.slice(0, 6).map((event) => (
                <li key={event.seq}>
                  <Avatar name={event.actor || "·"} size={24} />
                  <span>
                    {event.actor || t("system")} <What event={event} />
                  </span>
                  <span className={styles.feedTime}>
                    <Time iso={event.at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </QueryState>
    </Panel>
  );
}
