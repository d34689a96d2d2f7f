import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useEvents } from "@/api/events";
import { formatsQuery } from "@/api/formats";
import type { ImportResult } from "@/api/imports";
import { isOpen, jobQuery } from "@/api/jobs";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useProjectId } from "@/app/inProject";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Button, EmptyState, Panel, Progress, Row, SelectField, Stack, TextField } from "@/ui";
import { discard, type Flow, importParts, lookInside, type Options } from "./flow";
import { ImportTags } from "./ImportTags";
import styles from "./imports.module.css";
import { ResultView } from "./ResultView";
import { formatText, formatWord, importResult, sumOf } from "./results";

interface PreviewProps {
  dataset: Dataset;
  flow: Flow;
  options: Options;
  onOptions: (options: Options) => void;
}

/** What an import would bring, before anything is written. */
export function Preview({ dataset, flow, options, onOptions }: PreviewProps) {
  const t = useWords("imports", dataset.modality);
  const client = useQueryClient();
  const queries = useQueries({ queries: flow.previews.map((id) => jobQuery(id)) });
  useEvents(
    flow.previews.map((id) => `job:${id}`),
    () => void client.invalidateQueries({ queryKey: ["job"] }),
  );
  const jobs = queries.flatMap((query) => query.data ?? []);
  const failed = jobs.find((job) => job.state === "failed");
  const isLooking = flow.previews.length === 0 || jobs.length < flow.previews.length || jobs.some(isOpen);
  const results = jobs.flatMap((job) => importResult(job.result) ?? []);
  const found = !isLooking && !failed ? sumOf(results) : null;
  return (
    <Stack>
      {isLooking ? (
        <Panel title={t("looking")}>
          <Stack gap={8}>
            <Progress value={null} label={t("looking")} />
            <p className="muted small">{t("lookingText")}</p>
          </Stack>
        </Panel>
      ) : null}
      {failed?.error ? (
        <Panel tone="bad" title={t("nothingTitle")}>
          {jobErrorText(failed.error)}
        </Panel>
      ) : null}
      {found ? (
        <Panel
          title={
            found.format
              ? `${t("previewTitle")}: ${formatText(found.format, dataset.modality)}`
              : t("previewTitle")
          }
        >
          {found.created + found.duplicates === 0 ? (
            <EmptyState compact title={t("nothingTitle")}>
              {t(dataset.modality === "tabular" ? "nothingTable" : "nothingText")}
            </EmptyState>
          ) : (
            <ResultView result={found} isPreview />
          )}
        </Panel>
      ) : null}
      <OptionsPanel
        dataset={dataset}
        options={options}
        onOptions={onOptions}
        isQuery={flow.remote !== null && "sql" in flow.remote}
      />
      <Actions dataset={dataset} options={options} found={found} />
    </Stack>
  );
}

const GROUPS = ["none", "folder", "prefix"] as const;

/** What a query answers has no format to choose. */
function OptionsPanel({
  dataset,
  options,
  onOptions,
  isQuery,
}: Omit<PreviewProps, "flow"> & { isQuery: boolean }) {
  const t = useWords("imports", dataset.modality);
  const formats = useQuery(formatsQuery).data ?? [];
  const isTabular = dataset.modality === "tabular";
  const own = formats.filter((format) => format.imports && format.modality === dataset.modality);
  const readable = own.map((format) => format.key);
  const change = (changes: Partial<Options>) => {
    const next = { ...options, ...changes };
    onOptions(next);
    void lookInside(dataset.id, next);
  };
  return (
    <Panel title={t("options")}>
      <div className={styles.options}>
        {isQuery ? null : (
          <SelectField
            label={t("format")}
            hint={formatWord("formatHelp", options.format, dataset.modality)}
            value={options.format}
            options={["auto", ...readable].map((value) => ({
              value,
              label: formatText(value, dataset.modality),
            }))}
            onChange={(format) => format && change({ format })}
          />
        )}
        {dataset.modality === "text" ? (
          <ColumnFields columns={options.columns ?? {}} onChange={(columns) => change({ columns })} />
        ) : null}
        <SelectField
          label={t("onProblem")}
          value={options.on_problem}
          options={[
            { value: "skip", label: t("onProblem_skip") },
            { value: "abort", label: t("onProblem_abort") },
          ]}
          onChange={(value) => value && change({ on_problem: value })}
        />
        {isTabular ? null : (
          <SelectField
            label={t("groupBy")}
            value={options.group_by}
            options={GROUPS.map((value) => ({ value, label: t(`groupBy_${value}`) }))}
            onChange={(value) => value && change({ group_by: value })}
          />
        )}
        {isTabular ? null : (
          <div className={styles.wide}>
            <ImportTags
              dataset={dataset.id}
              value={options.tags ?? []}
              // What is inside stays the same, and whoever leaves the field by Import wants to import.
              onChange={(tags) => onOptions({ ...options, tags })}
            />
          </div>
        )}
      </div>
    </Panel>
  );
}

const ROLES = ["text", "label"] as const;

/** The columns of a table by their names; empty fields are found by themselves. */
function ColumnFields({
  columns,
  onChange,
}: {
  columns: Readonly<Record<string, string>>;
  onChange: (columns: Record<string, string>) => void;
}) {
  const t = useT("imports");
  const [typed, setTyped] = useState(columns);
  const send = () => {
    const given = Object.entries(typed).flatMap(([role, name]) => (name.trim() ? [[role, name.trim()]] : []));
    const next: Record<string, string> = Object.fromEntries(given);
    if (JSON.stringify(next) !== JSON.stringify(columns)) onChange(next);
  };
  return (
    <form
      className={styles.columnFields}
      onBlur={send}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {ROLES.map((role) => (
        <TextField
          key={role}
          label={t(`column_${role}`)}
          value={typed[role] ?? ""}
          placeholder={t("columnAuto")}
          onChange={(name) => setTyped({ ...typed, [role]: name })}
        />
      ))}
    </form>
  );
}

interface ActionsProps {
  dataset: Dataset;
  options: Options;
  found: ImportResult | null;
}

function Actions({ dataset, options, found }: ActionsProps) {
  const t = useWords("imports", dataset.modality);
  const project = useProjectId();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const count = found?.created ?? 0;
  // Samples that are there already get the tags.
  const isUseful = count > 0 || (Boolean(options.tags?.length) && (found?.duplicates ?? 0) > 0);
  const start = async () => {
    setBusy(true);
    await act(async () => {
      const [job] = await importParts(dataset.id, options);
      if (job) await navigate({ to: "/p/$project/data/import/$job", params: { project, job } });
    });
    setBusy(false);
  };
  return (
    <Row justify="end">
      <Button onClick={() => void discard(dataset.id)}>{t("startOver")}</Button>
      <Button variant="primary" loading={busy} disabled={!isUseful} onClick={start}>
        {count > 0 ? t(dataset.modality === "tabular" ? "startRows" : "start", { count }) : t("startPlain")}
      </Button>
    </Row>
  );
}
