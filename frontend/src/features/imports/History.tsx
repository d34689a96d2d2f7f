import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ImportBatch, importsPages } from "@/api/imports";
import { rowsOf } from "@/api/query";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { TagChips } from "@/app/TagChips";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { type Column, DataTable, Panel, Time } from "@/ui";
import styles from "./imports.module.css";
import { formatText } from "./results";

function Source({ source_name: name, options }: ImportBatch) {
  return (
    <>
      {name} <TagChips tags={options?.tags ?? []} />
    </>
  );
}

/** Earlier imports into the data set; rehearsals are left out. */
export function History({ dataset, modality }: { dataset: string; modality: string }) {
  const t = useT("imports");
  const project = useProjectId();
  const navigate = useNavigate();
  const query = useInfiniteQuery(importsPages(dataset));
  const figure = (pick: (batch: ImportBatch) => number | undefined) => (batch: ImportBatch) => {
    const value = pick(batch);
    return value === undefined ? "–" : formatCount(value);
  };
  const columns: Column<ImportBatch>[] = [
    { key: "source", header: t("source"), grow: true, cell: Source },
    {
      key: "format",
      header: t("format"),
      cell: (batch) => <span className={styles.nowrap}>{formatText(batch.format, modality)}</span>,
    },
    { key: "created", header: t("created"), align: "right", cell: figure((batch) => batch.result?.created) },
    { key: "skipped", header: t("skipped"), align: "right", cell: figure((batch) => batch.result?.skipped) },
    {
      key: "when",
      header: t("when"),
      align: "right",
      cell: (batch) => (
        <span className={styles.nowrap}>
          <Time iso={batch.created_at} />
        </span>
      ),
    },
  ];
  return (
    <QueryState query={{ ...query, data: rowsOf(query.data) }} compact>
      {(all) => {
        const rows = all.filter((batch) => !batch.result?.dry_run && !batch.options?.dry_run);
        return (
          <Panel title={t("history")} flush>
            <DataTable
              label={t("history")}
              columns={columns}
              rows={rows}
              rowKey={(batch) => batch.id}
              rowName={(batch) => batch.source_name}
              onOpen={(batch) =>
                batch.job &&
                void navigate({ to: "/p/$project/data/import/$job", params: { project, job: batch.job } })
              }
              empty={<p className={styles.empty}>{t("historyEmpty")}</p>}
              hasMore={query.hasNextPage}
              loadingMore={query.isFetchingNextPage}
              onMore={() => void query.fetchNextPage()}
            />
          </Panel>
        );
      }}
    </QueryState>
  );
}
