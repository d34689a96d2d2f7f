import { useInfiniteQuery } from "@tanstack/react-query";
import { type Call, type Endpoint, journalPages } from "@/api/endpoints";
import { rowsOf } from "@/api/query";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatNumber, formatPercent } from "@/i18n/format";
import { Badge, type Column, DataTable, EmptyState, Panel, Time } from "@/ui";
import styles from "./endpoints.module.css";
import { useVersionName } from "./versionNames";

/** Calls that fell into the sample, newest first. */
export function JournalTab({ endpoint }: { endpoint: Endpoint }) {
  const t = useT("endpoints");
  const query = useInfiniteQuery(journalPages(endpoint.id));
  const columns: Column<Call>[] = [
    { key: "input", header: t("input"), cell: (call) => <Input call={call} /> },
    { key: "label", header: t("answer"), grow: true, cell: (call) => <Said call={call} /> },
    {
      key: "score",
      header: t("score"),
      align: "right",
      cell: (call) => (call.score === null ? "–" : formatPercent(call.score)),
    },
    {
      key: "latency",
      header: t("latency"),
      align: "right",
      cell: (call) => formatNumber(call.latency_ms, 1),
    },
    { key: "version", header: t("version"), cell: (call) => <Version id={call.model_version} /> },
    {
      key: "when",
      header: t("when"),
      align: "right",
      cell: (call) => (
        <span className={styles.nowrap}>
          <Time iso={call.at} />
        </span>
      ),
    },
    {
      key: "request",
      header: t("requestId"),
      cell: (call) => <code title={call.request_id}>{call.request_id.slice(0, 8)}…</code>,
    },
  ];
  return (
    <Panel title={t("journal")} flush>
      <p className={styles.intro}>{t("journalText")}</p>
      <QueryState query={query} compact>
        {(data) => (
          <DataTable
            label={t("journal")}
            columns={columns}
            rows={rowsOf(data)}
            rowKey={(call) => call.id}
            empty={<EmptyState compact title={t("journalEmpty")} />}
            hasMore={query.hasNextPage}
            loadingMore={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function Input({ call }: { call: Call }) {
  const first = call.inputs[0];
  return first ? (
    <img src={first.media_url} alt={call.label} className={styles.input} loading="lazy" />
  ) : (
    <span className="muted">–</span>
  );
}

function Said({ call }: { call: Call }) {
  const t = useT("endpoints");
  return (
    <span className={styles.nowrap}>
      {call.label || "–"}{" "}
      {call.feedback && call.feedback !== call.label ? (
        <Badge tone="warn">{t("corrected", { label: call.feedback })}</Badge>
      ) : null}
      {call.kind === "shadow" ? <Badge>{t("shadow")}</Badge> : null}
    </span>
  );
}

function Version({ id }: { id: string }) {
  return <span className={styles.nowrap}>{useVersionName(id)}</span>;
}
