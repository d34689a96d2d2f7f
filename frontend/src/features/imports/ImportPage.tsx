import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import type { AppError } from "@/api/errors";
import type { Dataset } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useMay, useProjectId } from "@/app/inProject";
import { DatasetSwitch, WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { type Translate, useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { Button, EmptyState, FilesDrop, Page, PageHeader, Panel, Progress, Row, Stack } from "@/ui";
import {
  discard,
  type Flow,
  noteReading,
  type Options,
  sendParts,
  takeFiles,
  takeRemote,
  takeUp,
  useFlow,
} from "./flow";
import { History } from "./History";
import { isKept } from "./kept";
import { DEFAULTS } from "./options";
import { Preview } from "./Preview";
import { RemotePanel } from "./RemotePanel";

const References = lazy(() => import("./References").then((module) => ({ default: module.References })));
const Syncs = lazy(() => import("./Syncs").then((module) => ({ default: module.Syncs })));

export function ImportPage() {
  const { dataset } = useSearch({ from: "/app/p/$project/data/import" });
  return <WithDataset wanted={dataset}>{(found) => <Import key={found.id} dataset={found} />}</WithDataset>;
}

function Import({ dataset }: { dataset: Dataset }) {
  const t = useWords("imports", dataset.modality);
  const project = useProjectId();
  const navigate = useNavigate();
  const mayCurate = useMay("curate_project");
  const flow = useFlow(dataset.id);
  const [options, setOptions] = useState(DEFAULTS);
  useEffect(() => void takeUp(dataset.id, DEFAULTS), [dataset.id]);
  const isTabular = dataset.modality === "tabular";
  const toDataset = (id: string) =>
    void navigate({ to: "/p/$project/data/import", params: { project }, search: { dataset: id } });
  return (
    <Page>
      <PageHeader
        title={t(isTabular ? "titleTable" : "title")}
        description={t(isTabular ? "subtitleTable" : "subtitle")}
        actions={<DatasetSwitch dataset={dataset.id} onChange={toDataset} />}
      />
      {mayCurate ? (
        <Stage dataset={dataset} flow={flow} options={options} onOptions={setOptions} />
      ) : (
        <EmptyState title={t("title")}>{t("noPermission")}</EmptyState>
      )}
      <Suspense fallback={null}>
        {isTabular ? null : <Syncs dataset={dataset.id} />}
        {isTabular || dataset.modality === "text" ? null : <References dataset={dataset.id} />}
      </Suspense>
      <History dataset={dataset.id} modality={dataset.modality} />
    </Page>
  );
}

interface StageProps {
  dataset: Dataset;
  flow: Flow;
  options: Options;
  onOptions: (options: Options) => void;
}

function Stage({ dataset, flow, options, onOptions }: StageProps) {
  const t = useWords("imports", dataset.modality);
  const isTabular = dataset.modality === "tabular";
  const onTags = (tags: readonly string[]) => onOptions({ ...options, tags });
  if (flow.phase === "choose") {
    return (
      <Stack>
        <FilesDrop
          title={t(isTabular ? "dropTitleTable" : "dropTitle")}
          hint={t(isTabular ? "dropHintTable" : "dropHint")}
          chooseFiles={t("chooseFiles")}
          chooseFolder={t("chooseFolder")}
          onReading={() => noteReading(dataset.id)}
          onFiles={(files) => void takeFiles(dataset.id, files, options)}
        />
        <RemotePanel
          dataset={dataset.id}
          modality={dataset.modality}
          tags={options.tags}
          onTags={onTags}
          onChoose={(source) => void takeRemote(dataset.id, source, options)}
        />
      </Stack>
    );
  }
  if (flow.phase === "sent")
    return <Preview dataset={dataset} flow={flow} options={options} onOptions={onOptions} />;
  if (flow.phase === "stopped" && flow.remote) {
    return (
      <Stack>
        <Panel title={t("nothingTitle")} tone="bad">
          {flow.error ? errorText(flow.error) : null}
        </Panel>
        <RemotePanel
          dataset={dataset.id}
          modality={dataset.modality}
          initial={flow.remote}
          tags={options.tags}
          onTags={onTags}
          onChoose={(source) => void takeRemote(dataset.id, source, options)}
        />
        <Row>
          <Button onClick={() => void discard(dataset.id)}>{t("startOver")}</Button>
        </Row>
      </Stack>
    );
  }
  if (flow.phase === "stopped") return <Stopped dataset={dataset} flow={flow} options={options} />;
  if (flow.phase === "sending") return <Sending dataset={dataset} flow={flow} />;
  return (
    <Panel
      title={flow.phase === "reading" ? t("reading") : t("packing", { done: flow.done, total: flow.total })}
    >
      <Progress
        value={flow.phase === "reading" ? null : flow.done / Math.max(1, flow.total)}
        label={t("reading")}
      />
    </Panel>
  );
}

function sums({ parts }: Flow): [sent: number, total: number] {
  return [
    parts.reduce((sum, part) => sum + part.sentBytes, 0),
    parts.reduce((sum, part) => sum + part.file.size, 0),
  ];
}

function Sending({ dataset, flow }: { dataset: Dataset; flow: Flow }) {
  const t = useT("imports");
  const ui = useT("ui");
  const [sent, total] = sums(flow);
  const current = flow.parts.find((part) => !part.uploadId) ?? flow.parts[0];
  return (
    <Panel
      title={t("uploading", { name: current?.file.name ?? "" })}
      actions={
        <Button size="sm" onClick={() => void discard(dataset.id)}>
          {ui("cancel")}
        </Button>
      }
    >
      <Stack gap={8}>
        <Row gap={12}>
          <Progress
            value={total > 0 ? sent / total : null}
            label={t("uploading", { name: current?.file.name ?? "" })}
          />
          <span className="num muted small">
            {t("uploadOf", { done: formatBytes(sent), total: formatBytes(total) })}
          </span>
        </Row>
        <p className="muted small">
          {flow.parts.length > 1 ? `${t("parts", { count: flow.parts.length })} · ` : ""}
          {t(isKept(flow.parts.map(({ file }) => file)) ? "uploadStays" : "uploadTooLarge")}
        </p>
      </Stack>
    </Panel>
  );
}

/** Why it stopped; bytes are only worth keeping where going on can help. */
function stoppedText(error: AppError, t: Translate<"imports">): string {
  const why = errorText(error);
  return error.isFinal ? why : t("uploadStoppedText", { why: `${why} ` });
}

function Stopped({ dataset, flow, options }: { dataset: Dataset; flow: Flow; options: Options }) {
  const t = useT("imports");
  const isRefused = flow.error?.isFinal ?? false;
  const canGoOn = flow.parts.length > 0 && !isRefused;
  return (
    <Panel title={t(isRefused ? "refusedTitle" : "uploadStopped")} tone="bad">
      <Row justify="between" gap={16} wrap>
        <p>{flow.error ? stoppedText(flow.error, t) : null}</p>
        <Row>
          {canGoOn ? (
            <Button variant="primary" onClick={() => void sendParts(dataset.id, options)}>
              {t("resume")}
            </Button>
          ) : null}
          <Button onClick={() => void discard(dataset.id)}>{t("startOver")}</Button>
        </Row>
      </Row>
    </Panel>
  );
}
