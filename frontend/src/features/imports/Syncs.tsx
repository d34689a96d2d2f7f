import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type BucketSync, changeSync, deleteSync, runSync, syncsPages } from "@/api/imports";
import { rowsOf } from "@/api/query";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { TagChips } from "@/app/TagChips";
import { lookup, useT } from "@/i18n";
import { Button, type Column, ConfirmDialog, DataTable, Panel, Row, Time } from "@/ui";
import styles from "./imports.module.css";

/** Buckets that are looked at by the clock; nothing where there are none. */
export function Syncs({ dataset }: { dataset: string }) {
  const t = useT("imports");
  const client = useQueryClient();
  const mayCurate = useMay("curate_project");
  const query = useInfiniteQuery({ ...syncsPages(dataset), refetchInterval: 15_000 });
  const [going, setGoing] = useState<BucketSync | null>(null);
  const rows = rowsOf(query.data) ?? [];
  const again = () => client.invalidateQueries({ queryKey: syncsPages(dataset).queryKey });
  const doing = (work: () => Promise<unknown>) => void act(async () => void (await work())).then(again);
  if (rows.length === 0) return null;
  return (
    <Panel title={t("syncs")} flush>
      <DataTable
        label={t("syncs")}
        columns={[
          ...facts(t),
          ...(mayCurate
            ? [
                actions(t, {
                  onRun: (sync) => doing(() => runSync(sync.id)),
                  onPause: (sync) => doing(() => changeSync(sync.id, !sync.paused)),
                  onRemove: setGoing,
                }),
              ]
            : []),
        ]}
        rows={rows}
        rowKey={(sync) => sync.id}
      />
      <ConfirmDialog
        open={going !== null}
        title={t("syncRemoveTitle")}
        confirm={t("syncRemove")}
        onClose={() => setGoing(null)}
        onConfirm={() => (going ? doing(() => deleteSync(going.id)) : undefined)}
      >
        {t("syncRemoveText")}
      </ConfirmDialog>
    </Panel>
  );
}

type Words = ReturnType<typeof useT<"imports">>;

function nameOf({ bucket }: BucketSync): string {
  return `${bucket.bucket}/${bucket.prefix}`;
}

function Bucket(sync: BucketSync) {
  return (
    <>
      {nameOf(sync)} <TagChips tags={sync.tags} />
      {sync.bucket.keep === "reference" ? <Stays /> : null}
    </>
  );
}

function Stays() {
  const t = useT("imports");
  return <span className="muted small">{t("syncStays")}</span>;
}

function facts(t: Words): Column<BucketSync>[] {
  return [
    { key: "bucket", header: t("bucket_bucket"), grow: true, cell: Bucket },
    { key: "every", header: t("syncEvery"), cell: (sync) => t(`syncEvery_${sync.every}`) },
    {
      key: "last",
      header: t("syncLast"),
      cell: ({ last }) => (last ? <Last last={last} /> : "–"),
    },
    {
      key: "next",
      header: t("syncNext"),
      cell: ({ next_run_at: next }) =>
        next ? (
          <span className={styles.nowrap}>
            <Time iso={next} />
          </span>
        ) : (
          t("syncPaused")
        ),
    },
  ];
}

function Last({ last }: { last: NonNullable<BucketSync["last"]> }) {
  const t = useT("imports");
  return (
    <span className={styles.last}>
      <span className={styles.nowrap}>
        {last.state === "succeeded"
          ? t("syncCreated", { count: last.created })
          : (lookup("imports", `syncState_${last.state}`) ?? last.state)}{" "}
        {last.finished_at ? (
          <span className="muted small">
            <Time iso={last.finished_at} />
          </span>
        ) : null}
      </span>
      {last.error ? <span className="muted small">{jobErrorText(last.error)}</span> : null}
    </span>
  );
}

interface Actions {
  onRun: (sync: BucketSync) => void;
  onPause: (sync: BucketSync) => void;
  onRemove: (sync: BucketSync) => void;
}

function actions(t: Words, { onRun, onPause, onRemove }: Actions): Column<BucketSync> {
  return {
    key: "actions",
    header: <span className="visually-hidden">{t("syncActions")}</span>,
    align: "right",
    cell: (sync) => (
      <Row justify="end">
        <Button size="sm" onClick={() => onRun(sync)}>
          {t("syncRun")}
        </Button>
        <Button size="sm" variant="quiet" onClick={() => onPause(sync)}>
          {t(sync.paused ? "syncResume" : "syncPause")}
        </Button>
        <Button size="sm" variant="quiet" onClick={() => onRemove(sync)}>
          {t("syncRemove")}
        </Button>
      </Row>
    ),
  };
}
