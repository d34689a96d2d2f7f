import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type DatasetVersion, type DiffKind, type DiffSample, versionDiffQuery } from "@/api/versions";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { lookup, useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { type Column, DataTable, SegmentedField, Stack } from "@/ui";
import styles from "./versions.module.css";

const KINDS = ["added", "removed", "changed", "relabeled", "moved"] as const satisfies readonly DiffKind[];

/** What changed from the older version to this one. */
export function Diff({ version, against }: { version: DatasetVersion; against: string }) {
  const t = useT("versions");
  const query = useQuery(versionDiffQuery(version.id, against));
  const [chosen, setKind] = useState<DiffKind>();
  const word = (one: DiffKind) => t(one === "changed" ? "contentChanged" : one);
  return (
    <QueryState query={query} compact>
      {(diff) => {
        if (diff.same_content) return <p className="muted">{t("diffNone")}</p>;
        const kind = chosen ?? KINDS.find((one) => diff.counts[one] > 0) ?? "added";
        return (
          <Stack gap={12}>
            <SegmentedField
              label={t("compare")}
              value={kind}
              options={KINDS.map((value) => ({
                value,
                label: `${word(value)} · ${formatCount(diff.counts[value])}`,
              }))}
              onChange={setKind}
            />
            {kind === "changed" ? <p className="muted small">{t("contentChangedText")}</p> : null}
            <Samples dataset={version.dataset} samples={diff.samples[kind]} label={word(kind)} />
          </Stack>
        );
      }}
    </QueryState>
  );
}

interface SamplesProps {
  dataset: string;
  samples: readonly DiffSample[];
  label: string;
}

function Samples({ dataset, samples, label }: SamplesProps) {
  const t = useT("versions");
  const project = useProjectId();
  // Samples with shapes or spans have no class of their own.
  const hasObjects =
    samples.some(({ objects }) => objects > 0) && samples.every(({ label: own }) => own === null);
  const columns: Column<DiffSample>[] = [
    {
      key: "name",
      header: t("name"),
      grow: true,
      cell: (sample) => (
        <Link to="/p/$project/data" params={{ project }} search={{ dataset, sample: sample.id }}>
          {sample.name}
        </Link>
      ),
    },
    {
      key: "label",
      header: t(hasObjects ? "objects" : "label"),
      cell: (sample) => (
        <Change
          was={sample.was ? labelOf(sample.was, hasObjects) : undefined}
          is={labelOf(sample, hasObjects)}
        />
      ),
    },
    {
      key: "split",
      header: t("split"),
      cell: (sample) => (
        <Change was={sample.was ? splitText(sample.was.split) : undefined} is={splitText(sample.split)} />
      ),
    },
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div className={styles.list} tabIndex={0} role="group" aria-label={label}>
      <DataTable
        label={label}
        columns={columns}
        rows={samples}
        rowKey={(sample) => sample.id}
        empty={<p className="muted">{t("diffEmpty")}</p>}
      />
    </div>
  );
}

/** What it was and what it is, where that is not the same. */
function Change({ was, is }: { was: string | undefined; is: string }) {
  return (
    <span className={styles.nowrap}>
      {was === undefined || was === is ? null : <span className="muted">{was} → </span>}
      {is}
    </span>
  );
}

const labelOf = ({ label, objects }: Pick<DiffSample, "label" | "objects">, hasObjects: boolean) =>
  hasObjects ? formatCount(objects) : (label ?? "–");

const splitText = (split: string) => lookup("versions", split) ?? "–";
