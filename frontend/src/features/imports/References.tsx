import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  checkReferences,
  type ReferenceCheck,
  type ReferenceSource,
  referencesQuery,
} from "@/api/references";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import { ReferencesFound } from "@/app/ReferencesFound";
import { useT } from "@/i18n";
import { formatBytes, formatCount } from "@/i18n/format";
import { Button, type Column, DataTable, Panel, Row, Stack, Time } from "@/ui";
import { BucketKeyDialog } from "./BucketKeyDialog";

const OPEN = ["queued", "running"];

/** Which files of the data set lie in buckets, and whether they are still there; nothing where none do. */
export function References({ dataset }: { dataset: string }) {
  const t = useT("imports");
  const client = useQueryClient();
  const mayCurate = useMay("curate_project");
  const [changing, setChanging] = useState<ReferenceSource | null>(null);
  const { data } = useQuery({ ...referencesQuery(dataset), refetchInterval: 15_000 });
  if (!data || data.count === 0) return null;
  const again = () => client.invalidateQueries({ queryKey: referencesQuery(dataset).queryKey });
  const isChecking = data.check !== null && OPEN.includes(data.check.state);
  return (
    <Panel
      title={t("references")}
      actions={
        mayCurate ? (
          <Button
            size="sm"
            loading={isChecking}
            onClick={() => void act(async () => void (await checkReferences(dataset))).then(again)}
          >
            {t("referencesCheck")}
          </Button>
        ) : null
      }
    >
      <Stack gap={12}>
        <p>{t("referencesText", { count: data.count, size: formatBytes(data.size_bytes) })}</p>
        <DataTable
          label={t("references")}
          columns={columns(t, mayCurate ? setChanging : null)}
          rows={data.sources}
          rowKey={(source) => source.id}
        />
        <Checked check={data.check} />
      </Stack>
      {changing ? (
        <BucketKeyDialog source={changing} onClose={() => setChanging(null)} onChanged={again} />
      ) : null}
    </Panel>
  );
}

function Checked({ check }: { check: ReferenceCheck | null }) {
  const t = useT("imports");
  if (!check) return <p className="muted small">{t("referencesNever")}</p>;
  return (
    <div>
      <ReferencesFound state={check.state} error={check.error} result={check.result} />
      {check.finished_at ? (
        <p className="muted small">
          <Time iso={check.finished_at} />
        </p>
      ) : null}
    </div>
  );
}

type Words = ReturnType<typeof useT<"imports">>;

function columns(t: Words, onChange: ((source: ReferenceSource) => void) | null): Column<ReferenceSource>[] {
  return [
    {
      key: "bucket",
      header: t("bucket_bucket"),
      grow: true,
      cell: (source) => (
        <>
          {source.bucket} <span className="muted small">{source.endpoint}</span>
        </>
      ),
    },
    { key: "key", header: t("bucket_key_id"), cell: (source) => source.key_id || "–" },
    {
      key: "count",
      header: t("referencesCount"),
      align: "right",
      cell: (source) => formatCount(source.count),
    },
    {
      key: "size",
      header: t("referencesSize"),
      align: "right",
      cell: (source) => formatBytes(source.size_bytes),
    },
    ...(onChange
      ? [
          {
            key: "actions",
            header: <span className="visually-hidden">{t("syncActions")}</span>,
            align: "right",
            cell: (source: ReferenceSource) => (
              <Row justify="end">
                <Button size="sm" variant="quiet" onClick={() => onChange(source)}>
                  {t("keyChange")}
                </Button>
              </Row>
            ),
          } satisfies Column<ReferenceSource>,
        ]
      : []),
  ];
}
