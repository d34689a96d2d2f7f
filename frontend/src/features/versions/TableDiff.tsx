import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  type DatasetVersion,
  type RowChange,
  type TableDiff as Told,
  type VersionDiff,
  versionDiffQuery,
} from "@/api/versions";
import { QueryState } from "@/app/QueryState";
import { RowsCompared } from "@/app/RowsCompared";
import { lookup, useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { SegmentedField, SelectField, Stack } from "@/ui";
import styles from "./versions.module.css";

const CHANGES = ["added", "removed", "changed", "moved"] as const satisfies readonly RowChange[];

/** What changed in a table since the older version, told by what rows say or by a column that names them. */
export function TableDiff({ version, against }: { version: DatasetVersion; against: string }) {
  const [key, setKey] = useState<string>();
  const query = useQuery(versionDiffQuery(version.id, against, key));
  const first = useQuery(versionDiffQuery(version.id, against)).data?.table;
  return (
    <Stack gap={12}>
      {first ? <KeyField told={first} value={key} onChange={setKey} /> : null}
      <QueryState query={query} compact>
        {(diff) => (diff.table ? <Compared diff={diff} told={diff.table} /> : null)}
      </QueryState>
    </Stack>
  );
}

interface KeyProps {
  told: Told;
  value: string | undefined;
  onChange: (key: string | undefined) => void;
}

function KeyField({ told, value, onChange }: KeyProps) {
  const t = useT("versions");
  if (told.keys.length === 0) return null;
  return (
    <SelectField
      label={t("rowKey")}
      hint={t("rowKeyHint")}
      value={value ?? ""}
      options={[
        { value: "", label: t("rowKeyContent") },
        ...told.keys.map((column) => ({ value: String(column.index), label: column.name })),
      ]}
      onChange={(next) => onChange(next || undefined)}
    />
  );
}

function Compared({ diff, told }: { diff: VersionDiff; told: Told }) {
  const t = useT("versions");
  const kinds = CHANGES.filter((kind) => kind !== "changed" || told.key !== null);
  const [chosen, choose] = useState<RowChange>();
  const kind =
    chosen && kinds.includes(chosen) ? chosen : (kinds.find((one) => diff.counts[one] > 0) ?? "added");
  if (diff.same_content) return <p className="muted">{t("diffNone")}</p>;
  return (
    <Stack gap={12}>
      <ColumnChanges told={told} />
      <SegmentedField
        label={t("compare")}
        value={kind}
        options={kinds.map((value) => ({
          value,
          label: `${t(value === "changed" ? "rowsChanged" : value)} · ${formatCount(diff.counts[value])}`,
        }))}
        onChange={choose}
      />
      {told.ambiguous > 0 ? (
        <p className="muted small">{t("rowsAmbiguous", { count: told.ambiguous })}</p>
      ) : null}
      <Rows told={told} kind={kind} total={diff.counts[kind]} />
    </Stack>
  );
}

function Rows({ told, kind, total }: { told: Told; kind: RowChange; total: number }) {
  const t = useT("versions");
  const pairs = told.rows[kind];
  if (pairs.length === 0) return <p className="muted small">{t("diffEmpty")}</p>;
  const moves =
    kind === "moved"
      ? pairs.map(({ before, after }) => `${splitText(before?.split)} → ${splitText(after?.split)}`)
      : [];
  return (
    <Stack gap={4}>
      <RowsCompared
        label={t(kind === "changed" ? "rowsChanged" : kind)}
        before={told.shown}
        after={told.shown}
        rows={pairs.map(({ before, after }, at) => ({ id: String(at), before, after, note: moves[at] }))}
      />
      {total > pairs.length ? <p className="muted small">{t("rowsFirst", { count: pairs.length })}</p> : null}
    </Stack>
  );
}

function splitText(split: string | undefined): string {
  return lookup("versions", split ?? "") ?? split ?? "";
}

function ColumnChanges({ told: { columns } }: { told: Told }) {
  const t = useT("versions");
  const tables = useT("tables");
  const names = (list: readonly { name: string }[]) => list.map((one) => one.name).join(", ");
  const lines = [
    columns.added.length > 0 ? t("columnsAdded", { names: names(columns.added) }) : "",
    columns.removed.length > 0 ? t("columnsRemoved", { names: names(columns.removed) }) : "",
    ...columns.renamed.map(({ before, name }) => t("columnRenamed", { before, name })),
    ...columns.retyped.map(({ before, name, kind }) =>
      t("columnRetyped", {
        name,
        before: lookup("tables", `kind_${before}`) ?? before,
        kind: tables(`kind_${kind}`),
      }),
    ),
  ].filter(Boolean);
  if (lines.length === 0) return null;
  return (
    <ul className={styles.told}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
