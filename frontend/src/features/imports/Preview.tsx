import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useEvents } from "@/api/events";
import { formatsQuery } from "@/api/formats";
import { isOpen, jobQuery } from "@/api/jobs";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useProjectId } from "@/app/inProject";
import { lookup, useT } from "@/i18n";
import { Button, EmptyState, Panel, Progress, Row, SelectField, Stack } from "@/ui";
import { discard, type Flow, importParts, lookInside, type Options } from "./flow";
import styles from "./imports.module.css";
import { ResultView } from "./ResultView";
import { formatText, importResult, sumOf } from "./results";

interface PreviewProps {
  dataset: Dataset;
  flow: Flow;
  options: Options;
  onOptions: (options: Options) => void;
}

/** What an import would bring, before anything is written. */
export function Preview({ dataset, flow, options, onOptions }: PreviewProps) {
  const t = useT("imports");
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
        <Panel title={found.format ? `${t("previewTitle")}: ${formatText(found.format)}` : t("previewTitle")}>
          {found.created + found.duplicates === 0 ? (
            <EmptyState compact title={t("nothingTitle")}>
              {t(dataset.modality === "tabular" ? "nothingTable" : "nothingText")}
            </EmptyState>
          ) : (
            <ResultView result={found} isPreview />
          )}
        </Panel>
      ) : null}
      <OptionsPanel dataset={dataset} options={options} onOptions={onOptions} />
      <Actions dataset={dataset} options={options} count={found?.created ?? 0} isReady={found !== null} />
    </Stack>
  );
}

const GROUPS = ["none", "folder", "prefix"] as const;

function OptionsPanel({ dataset, options, onOptions }: Omit<PreviewProps, "flow">) {
  const t = useT("imports");
  const formats = useQuery(formatsQuery).data ?? [];
  const isTabular = dataset.modality === "tabular";
  const readable = formats.flatMap((format) =>
    format.imports && format.key.endsWith("_table") === isTabular ? [format.key] : [],
  );
  const change = (changes: Partial<Options>) => {
    const next = { ...options, ...changes };
    onOptions(next);
    void lookInside(dataset.id, next);
  };
  return (
    <Panel title={t("options")}>
      <div className={styles.options}>
        <SelectField
          label={t("format")}
          hint={lookup("imports", `formatHelp_${options.format}`)}
          value={options.format}
          options={["auto", ...readable].map((value) => ({ value, label: formatText(value) }))}
          onChange={(format) => format && change({ format })}
        />
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
      </div>
    </Panel>
  );
}

interface ActionsProps {
  dataset: Dataset;
  options: Options;
  count: number;
  isReady: boolean;
}

function Actions({ dataset, options, count, isReady }: ActionsProps) {
  const t = useT("imports");
  const project = useProjectId();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
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
      <Button variant="primary" loading={busy} disabled={!isReady || count === 0} onClick={start}>
        {isReady && count > 0
          ? t(dataset.modality === "tabular" ? "startRows" : "start", { count })
          : t("startPlain")}
      </Button>
    </Row>
  );
}
