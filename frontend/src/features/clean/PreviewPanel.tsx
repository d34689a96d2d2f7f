import type { CleanedSample, CleaningPreview, PlainStep } from "@/api/cleanings";
import type { Dataset, LabelClass } from "@/api/types";
import { TextPieces } from "@/app/TextPieces";
import { lookup, useT } from "@/i18n";
import { Badge, EmptyState, Stack } from "@/ui";
import { ChosenCounts } from "./ChosenCounts";
import styles from "./clean.module.css";
import { PicturePair } from "./PicturePair";
import { PreviewFrame, type PreviewProps } from "./PreviewFrame";

interface PreviewPanelProps extends PreviewProps {
  dataset: Dataset;
  /** What the preview is of, and for which samples. */
  steps: readonly PlainStep[];
  filter: string;
}

/** How many samples the steps that choose take out, and what the others make of up to twelve. */
export function PreviewPanel({ dataset, steps, filter, ...shared }: PreviewPanelProps) {
  const t = useT("clean");
  const onlyChooses = ({ chosen = [] }: CleaningPreview) => chosen.length === steps.length;
  return (
    <PreviewFrame
      {...shared}
      looked={(preview) =>
        onlyChooses(preview) ? "" : t("lookedAt", { changed: preview.changed, count: preview.looked_at })
      }
      emptyText={t("previewEmptyText")}
    >
      {(preview) => (
        <Stack gap={12}>
          {preview.chosen?.length ? (
            <Stack gap={8}>
              <ChosenCounts dataset={dataset} chosen={preview.chosen} steps={steps} filter={filter} />
              <p className={styles.note}>{t("choosesNote")}</p>
            </Stack>
          ) : null}
          {onlyChooses(preview) ? null : <Results preview={preview} classes={dataset.label_schema.classes} />}
        </Stack>
      )}
    </PreviewFrame>
  );
}

function Results({ preview, classes }: { preview: CleaningPreview; classes: readonly LabelClass[] }) {
  const t = useT("clean");
  if (preview.results.length === 0) {
    return (
      <EmptyState compact title={t("noSamplesTitle")}>
        {t("noSamplesText")}
      </EmptyState>
    );
  }
  const hasPictures = preview.results.some((one) => one.before);
  return (
    <ul className={hasPictures ? styles.pictures : styles.texts}>
      {preview.results.map((one) => (
        <li key={one.sample} className={styles.result}>
          <Head one={one} />
          {one.pieces ? <TextPieces pieces={one.pieces} isCut={one.is_cut ?? false} /> : null}
          {one.before ? <PicturePair one={one} classes={classes} /> : null}
        </li>
      ))}
    </ul>
  );
}

function Head({ one }: { one: CleanedSample }) {
  const t = useT("clean");
  return (
    <div className={styles.resultHead}>
      <span className="small muted ellipsis">{one.name}</span>
      {one.state === "unchanged" ? <Badge>{t("unchanged")}</Badge> : null}
      {one.state === "problem" ? (
        <Badge tone="warn">{lookup("clean", `problem_${one.problem}`) ?? one.problem}</Badge>
      ) : null}
      {one.lost ? <Badge tone="warn">{t("lost", { count: one.lost })}</Badge> : null}
    </div>
  );
}
