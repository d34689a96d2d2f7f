import { IconArrowLeft, IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { type SampleFilters, sampleCountQuery, sampleQuery } from "@/api/samples";
import type { Dataset, Job, Sample } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { ShapeMarks } from "@/app/ShapeMarks";
import { useWords } from "@/app/words";
import { useHotkeys } from "@/hotkeys/scope";
import { AnchorButton, Drawer, IconButton, Kbd, Row, SwitchField } from "@/ui";
import styles from "./data.module.css";
import { Heard } from "./Heard";
import { MoreLikeThis } from "./NearBar";
import { SampleFacts, SampleLabels, SampleTags } from "./SampleFacts";
import { SampleHistory } from "./SampleHistory";
import { TextViewer } from "./TextViewer";

const Missing = lazy(() => import("@/app/Missing"));

const STRETCHES: readonly string[] = ["span", "region"];

export interface SampleDrawerProps {
  dataset: Dataset;
  id: string;
  /** The shape in it that is meant. */
  mark: string | undefined;
  samples: readonly Sample[];
  filters: SampleFilters;
  onChange: (sample: string | undefined) => void;
  onMore: () => void;
  onJob: (job: Job) => void;
}

/** One picture with everything known about it, over the grid; ←/→ walk through the list. */
export function SampleDrawer(props: SampleDrawerProps) {
  const { dataset, id, mark, samples, filters, onChange, onMore, onJob } = props;
  const t = useWords("data", dataset.modality);
  const [isShown, setIsShown] = useState(true);
  const index = samples.findIndex((sample) => sample.id === id);
  const listed = samples[index];
  const fetched = useQuery({ ...sampleQuery(id), enabled: !listed });
  const total = useQuery(sampleCountQuery(dataset.id, filters)).data;
  const go = (step: -1 | 1) => {
    const next = samples[index + step];
    if (next) onChange(next.id);
    if (index + step > samples.length - 10) onMore();
  };
  usePreload(dataset.modality === "image", samples[index + 1], samples[index - 1]);
  return (
    <Drawer
      open
      onClose={() => onChange(undefined)}
      title={<span className="ellipsis">{listed?.name ?? fetched.data?.name ?? t("sample")}</span>}
      size="lg"
    >
      <Keys onStep={go} />
      <QueryState query={listed ? { data: listed, error: null, refetch: () => undefined } : fetched} compact>
        {(sample) => (
          <>
            {sample.modality === "text" ? (
              <TextViewer dataset={dataset} sample={sample} isShown={isShown} />
            ) : sample.modality === "audio" ? (
              <Heard key={sample.id} dataset={dataset} sample={sample} isShown={isShown} />
            ) : (
              <Viewer dataset={dataset} sample={sample} isShown={isShown} mark={mark} />
            )}
            <div className={styles.nav}>
              <Row gap={4}>
                <IconButton
                  label={t("previous")}
                  hint={<Kbd>←</Kbd>}
                  variant="default"
                  disabled={index <= 0}
                  onClick={() => go(-1)}
                >
                  <IconArrowLeft size={16} />
                </IconButton>
                <IconButton
                  label={t("next")}
                  hint={<Kbd>→</Kbd>}
                  variant="default"
                  disabled={index < 0 || index >= samples.length - 1}
                  onClick={() => go(1)}
                >
                  <IconArrowRight size={16} />
                </IconButton>
                {index >= 0 && total !== undefined ? (
                  <span className={styles.count}>{t("position", { index: index + 1, total })}</span>
                ) : null}
              </Row>
              {sample.annotation?.shapes.some((shape) => shape.box || STRETCHES.includes(shape.kind)) ? (
                <SwitchField label={t("boxesShown")} checked={isShown} onChange={setIsShown} />
              ) : null}
              <MoreLikeThis sample={sample} />
              <AnchorButton size="sm" href={sample.media_url} target="_blank" rel="noreferrer">
                {t("openOriginal")}
              </AnchorButton>
            </div>
            <div className={styles.sampleGrid}>
              <SampleLabels dataset={dataset} sample={sample} />
              <SampleTags key={sample.id} dataset={dataset} sample={sample} onJob={onJob} />
              <SampleFacts sample={sample} />
              <SampleHistory key={sample.id} sample={sample} />
            </div>
          </>
        )}
      </QueryState>
    </Drawer>
  );
}

/** The gallery's keys above the drawer's silence: they are pushed after the drawer's own scope. */
function Keys({ onStep }: { onStep: (step: -1 | 1) => void }) {
  const [isAbove, setIsAbove] = useState(false);
  useEffect(() => setIsAbove(true), []);
  useHotkeys("gallery", { previous: () => onStep(-1), next: () => onStep(1) }, isAbove);
  return null;
}

function usePreload(isWanted: boolean, ...neighbors: (Sample | undefined)[]): void {
  const urls = (isWanted ? neighbors : []).map((sample) => sample?.media_url ?? "").join(" ");
  useEffect(() => {
    for (const url of urls.split(" ").filter(Boolean)) new Image().src = url;
  }, [urls]);
}

interface ViewerProps extends Pick<SampleDrawerProps, "dataset" | "mark"> {
  sample: Sample;
  isShown: boolean;
}

function Viewer({ dataset, sample, isShown, mark }: ViewerProps) {
  const boxes = sample.annotation?.shapes.filter((shape) => shape.box) ?? [];
  const classes = new Map(dataset.label_schema.classes.map((one) => [one.id, one]));
  const { width, height } = sample.payload;
  const [missing, setMissing] = useState("");
  const isMissing = missing === sample.id;
  return (
    <>
      <div className={styles.viewer}>
        <div className={styles.frame}>
          <img
            key={sample.id}
            src={isMissing && sample.thumb_url ? sample.thumb_url : sample.media_url}
            alt={sample.name}
            width={width}
            height={height}
            onError={() => setMissing(sample.id)}
            style={{
              backgroundImage: sample.thumb_url ? `url("${sample.thumb_url}")` : "none",
            }}
          />
          {isShown && boxes.length > 0 ? (
            <ShapeMarks
              className={styles.boxes}
              shapes={boxes}
              chosen={mark}
              width={width}
              height={height}
              colorOf={(label) => classes.get(label)?.color ?? "#868E96"}
              linesOf={(label) => classes.get(label)?.skeleton?.lines ?? []}
            />
          ) : null}
        </div>
      </div>
      {isMissing ? (
        <Suspense>
          <Missing url={sample.media_url} />
        </Suspense>
      ) : null}
    </>
  );
}
