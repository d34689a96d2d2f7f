import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type BinEntry, binPages, emptyBin, refreshAfterBin, restoreEntry, storageQuery } from "@/api/bin";
import { AppError } from "@/api/errors";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import { rowsOf } from "@/api/query";
import type { Job } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay, useProjectId } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { Failure, QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatBytes, formatCount } from "@/i18n/format";
import {
  Button,
  type Column,
  ConfirmDialog,
  DataTable,
  EmptyState,
  Page,
  PageHeader,
  Panel,
  Row,
  Stack,
  Time,
  toast,
} from "@/ui";
import styles from "./bin.module.css";
import { StoragePanel } from "./StoragePanel";

const KINDS = {
  dataset: "kind_dataset",
  samples: "kind_samples",
  cleaning: "kind_cleaning",
  merge: "kind_merge",
  restore: "kind_restore",
} as const;
/** What bringing back means: where it is the way back of a whole change, it says so. */
const BACK = {
  dataset: ["restore", "restoreOf"],
  samples: ["restore", "restoreOf"],
  cleaning: ["undo", "undoOf"],
  merge: ["undoMerge", "undoMergeOf"],
  restore: ["undoRestore", "undoRestoreOf"],
} as const;

export function BinPage() {
  const t = useT("bin");
  const project = useProjectId();
  const mayCurate = useMay("curate_project");
  const mayManage = useMay("manage_project");
  const query = useInfiniteQuery({ ...binPages(project), enabled: mayCurate });
  const storage = useQuery({ ...storageQuery(project), enabled: mayManage });
  const [going, setGoing] = useState<BinEntry | "all" | null>(null);
  const [job, setJob] = useState<Job | null>(null);
  if (!mayCurate) return <Failure error={new AppError({ code: "forbidden", status: 403, detail: "" })} />;
  const rows = rowsOf(query.data) ?? [];
  const end = async () => {
    const entries = going && going !== "all" ? [going.id] : undefined;
    setGoing(null);
    await act(async () => setJob(await emptyBin(project, entries)));
  };
  const days = storage.data?.bin_days;
  return (
    <Page>
      <PageHeader
        title={t("title")}
        description={days ? t("subtitleDays", { count: days }) : t("subtitle")}
        actions={
          mayManage && rows.length > 0 ? (
            <Button variant="danger" onClick={() => setGoing("all")}>
              {t("empty")}
            </Button>
          ) : null
        }
      />
      <Stack>
        {job ? <Following key={job.id} id={job.id} /> : null}
        <QueryState query={{ ...query, data: rowsOf(query.data) }}>
          {(entries) => (
            <Panel flush>
              <Entries
                rows={entries}
                mayManage={mayManage}
                onRestore={(entry) =>
                  void act(async () => {
                    const begun = await restoreEntry(entry);
                    if (begun) return setJob(begun);
                    await refreshAfterBin();
                    toast(t("restored", { name: entry.name }));
                  })
                }
                onEnd={setGoing}
                hasMore={query.hasNextPage}
                loadingMore={query.isFetchingNextPage}
                onMore={() => void query.fetchNextPage()}
              />
            </Panel>
          )}
        </QueryState>
        {mayManage ? <StoragePanel query={storage} /> : null}
      </Stack>
      <ConfirmDialog
        open={going !== null}
        title={going === "all" ? t("emptyTitle") : t("endTitle")}
        confirm={going === "all" ? t("empty") : t("end")}
        onClose={() => setGoing(null)}
        onConfirm={end}
      >
        {t("endText")}
      </ConfirmDialog>
    </Page>
  );
}

/** A restoring or emptying job; the lists are asked again once it is over. */
function Following({ id }: { id: string }) {
  const t = useT("bin");
  const client = useQueryClient();
  const query = useQuery(jobQuery(id));
  useEvents([`job:${id}`], () => void client.invalidateQueries({ queryKey: jobQuery(id).queryKey }));
  const job = query.data;
  const isOver = job ? !isOpen(job) : false;
  useEffect(() => {
    if (isOver) void refreshAfterBin();
  }, [isOver]);
  if (!job) return null;
  if (job.error)
    return (
      <Panel tone="bad" title={t("failed")}>
        {jobErrorText(job.error)}
      </Panel>
    );
  if (!isOver)
    return (
      <Panel title={t("working")}>
        <JobProgress job={job} />
      </Panel>
    );
  const left = Number(job.result?.left ?? 0);
  return (
    <Panel tone={left > 0 ? "warn" : undefined}>{left > 0 ? t("left", { count: left }) : t("done")}</Panel>
  );
}

interface EntriesProps {
  rows: readonly BinEntry[];
  mayManage: boolean;
  onRestore: (entry: BinEntry) => void;
  onEnd: (entry: BinEntry) => void;
  hasMore: boolean;
  loadingMore: boolean;
  onMore: () => void;
}

function Entries({ rows, mayManage, onRestore, onEnd, ...more }: EntriesProps) {
  const t = useT("bin");
  if (rows.length === 0)
    return (
      <EmptyState compact title={t("nothing")}>
        {t("nothingText")}
      </EmptyState>
    );
  const columns: Column<BinEntry>[] = [
    {
      key: "what",
      header: t("what"),
      grow: true,
      cell: (entry) => (
        <span className={styles.what}>
          {entry.name}
          <span className="muted small">{t(KINDS[entry.kind], { count: entry.samples })}</span>
        </span>
      ),
    },
    { key: "size", header: t("size"), align: "right", cell: (entry) => formatBytes(entry.size_bytes) },
    {
      key: "samples",
      header: t("samples"),
      align: "right",
      cell: (entry) => (entry.modality === "tabular" ? "–" : formatCount(entry.samples)),
    },
    {
      key: "deleted",
      header: t("deleted"),
      cell: (entry) => (
        <span className={styles.what}>
          <Time iso={entry.deleted_at} />
          <span className="muted small">{entry.deleted_by}</span>
        </span>
      ),
    },
    { key: "until", header: t("until"), cell: (entry) => <Time iso={entry.purge_at} /> },
    {
      key: "actions",
      header: <span className="visually-hidden">{t("actions")}</span>,
      align: "right",
      cell: (entry) => (
        <Row justify="end">
          <Button
            size="sm"
            disabled={!entry.may_restore}
            aria-label={t(BACK[entry.kind][1], { name: entry.name })}
            onClick={() => onRestore(entry)}
          >
            {t(BACK[entry.kind][0])}
          </Button>
          {mayManage ? (
            <Button
              size="sm"
              variant="quiet"
              aria-label={t("endOf", { name: entry.name })}
              onClick={() => onEnd(entry)}
            >
              {t("end")}
            </Button>
          ) : null}
        </Row>
      ),
    },
  ];
  return (
    <DataTable label={t("title")} columns={columns} rows={rows} rowKey={(entry) => entry.id} {...more} />
  );
}
