import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Dataset, Job, Sample } from "@/api/types";
import { classText } from "@/app/classWords";
import { useMay, useProjectId } from "@/app/inProject";
import { findingText, wordsOf } from "@/app/words";
import { lookup, useT } from "@/i18n";
import { formatBytes, formatLength, formatNumber } from "@/i18n/format";
import { Badge, Button, Facts, Panel, Tag, Time } from "@/ui";
import styles from "./data.module.css";
import { STATE_TONE } from "./states";
import { TagDialog } from "./tagging";

/** The classes of one picture, each with the number of its boxes. */
export function SampleLabels({ dataset, sample }: { dataset: Dataset; sample: Sample }) {
  const t = useT("data");
  const shapes = sample.annotation?.shapes ?? [];
  const rows = dataset.label_schema.classes.flatMap((one) => {
    const count = shapes.filter((shape) => shape.label === one.id).length;
    return count > 0 || sample.labels.includes(one.id) ? [{ one, count }] : [];
  });
  return (
    <Panel
      title={t("labels")}
      actions={<Badge tone={STATE_TONE[sample.state]}>{t(`state_${sample.state}`)}</Badge>}
    >
      {rows.length === 0 ? <p className="muted">{t("noLabels")}</p> : null}
      <div className={styles.labelList}>
        {rows.map(({ one, count }) => (
          <Tag key={one.id} color={one.color}>
            {classText(one)}
            {count > 1 ? ` × ${count}` : ""}
          </Tag>
        ))}
      </div>
    </Panel>
  );
}

interface SampleTagsProps {
  dataset: Dataset;
  sample: Sample;
  onJob: (job: Job) => void;
}

/** The tags of one sample, each a way to all that carry it. */
export function SampleTags({ dataset, sample, onJob }: SampleTagsProps) {
  const t = useT("data");
  const project = useProjectId();
  const mayCurate = useMay("curate_project");
  const [isChanging, setChanging] = useState(false);
  return (
    <Panel
      title={t("tags")}
      actions={
        mayCurate ? (
          <Button size="sm" variant="quiet" onClick={() => setChanging(true)}>
            {t("tagsChange")}
          </Button>
        ) : null
      }
    >
      {sample.tags.length === 0 ? <p className="muted">{t("tagsNone")}</p> : null}
      <div className={styles.labelList}>
        {sample.tags.map((tag) => (
          <Link
            key={tag}
            to="/p/$project/data"
            params={{ project }}
            search={{ dataset: sample.dataset, tag }}
          >
            <bdi>{tag}</bdi>
          </Link>
        ))}
      </div>
      {isChanging ? (
        <TagDialog
          dataset={dataset}
          selection={{ ids: [sample.id] }}
          count={1}
          known={sample.tags}
          onJob={onJob}
          onClose={() => setChanging(false)}
        />
      ) : null}
    </Panel>
  );
}

function textRows({ characters = 0, lines = 0, encoding = "" }: Sample["payload"]) {
  const t = wordsOf("data", "text");
  const length = `${t("characters", { count: characters })}, ${t("lines", { count: lines })}`;
  return [
    { key: "length", label: t("length"), value: length },
    { key: "encoding", label: t("encoding"), value: encoding.toUpperCase() },
  ];
}

function soundRows({ duration_s = 0, rate = 0, channels = 1, format = "" }: Sample["payload"]) {
  const t = wordsOf("data", "audio");
  const signal = `${format.toUpperCase()}, ${formatNumber(rate / 1000, 1)} kHz, ${t("channels", { count: channels })}`;
  return [
    { key: "length", label: t("length"), value: formatLength(duration_s) },
    { key: "signal", label: t("signal"), value: signal },
  ];
}

function contentRows(payload: Sample["payload"]) {
  if (payload.characters !== undefined) return textRows(payload);
  if (payload.duration_s !== undefined) return soundRows(payload);
  const value = `${payload.width} × ${payload.height} px`;
  return [{ key: "size", label: wordsOf("data", "image")("size"), value }];
}

/** What is known about the file. */
export function SampleFacts({ sample }: { sample: Sample }) {
  const t = useT("data");
  const { payload, annotation } = sample;
  const source = annotation?.source ? lookup("data", `source_${annotation.source}`) : undefined;
  const rows = [
    ...contentRows(payload),
    { key: "bytes", label: t("bytes"), value: formatBytes(sample.size_bytes) },
    { key: "imported", label: t("imported"), value: <Time iso={sample.imported_at} /> },
    { key: "split", label: t("split"), value: lookup("data", `split_${sample.split || "none"}`) },
    ...(sample.group ? [{ key: "group", label: t("group"), value: sample.group }] : []),
    ...(source ? [{ key: "source", label: t("source"), value: source }] : []),
    ...(sample.findings.length > 0
      ? [{ key: "findings", label: t("findings"), value: <Findings sample={sample} /> }]
      : []),
    { key: "hash", label: t("hash"), value: <code>{sample.sha256.slice(0, 16)}…</code> },
  ];
  return (
    <Panel title={t("facts")}>
      <Facts rows={rows} />
    </Panel>
  );
}

function Findings({ sample }: { sample: Sample }) {
  const project = useProjectId();
  return (
    <>
      {sample.findings.map((code) => (
        <div key={code}>
          <Link
            className={styles.findingLink}
            to="/p/$project/data"
            params={{ project }}
            search={{ dataset: sample.dataset, finding: code }}
          >
            {findingText(sample.modality, code)}
          </Link>
        </div>
      ))}
    </>
  );
}
