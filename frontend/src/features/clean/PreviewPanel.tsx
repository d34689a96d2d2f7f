import type { UseQueryResult } from "@tanstack/react-query";
import type { CleanedSample, CleaningPreview, TextPiece } from "@/api/cleanings";
import type { Dataset, LabelClass } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { lookup, useT } from "@/i18n";
import { Badge, EmptyState, Panel, Stack } from "@/ui";
import styles from "./clean.module.css";
import { PicturePair } from "./PicturePair";

/** Up to twelve samples before and after. */
export function PreviewPanel({
  dataset,
  hasSteps,
  isFaulty,
  chooses,
  query,
}: {
  dataset: Dataset;
  hasSteps: boolean;
  /** A field of a step has to be mended first. */
  isFaulty: boolean;
  /** A step chooses among samples. */
  chooses: boolean;
  query: UseQueryResult<CleaningPreview>;
}) {
  const t = useT("clean");
  return (
    <Panel
      title={t("preview")}
      actions={
        hasSteps && !isFaulty && query.data ? (
          <span className={styles.took} aria-live="polite">
            {t("lookedAt", { changed: query.data.changed, count: query.data.looked_at })}
          </span>
        ) : null
      }
    >
      {hasSteps && isFaulty ? (
        <EmptyState compact title={t("faultyTitle")}>
          {t("faultyText")}
        </EmptyState>
      ) : hasSteps ? (
        <QueryState query={query} compact>
          {(preview) => (
            <Stack gap={8}>
              {chooses ? <p className={styles.note}>{t("choosesNote")}</p> : null}
              <Results preview={preview} classes={dataset.label_schema.classes} />
            </Stack>
          )}
        </QueryState>
      ) : (
        <EmptyState compact title={t("previewEmptyTitle")}>
          {t("previewEmptyText")}
        </EmptyState>
      )}
    </Panel>
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
          {one.pieces ? <Pieces pieces={one.pieces} isCut={one.is_cut ?? false} /> : null}
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

/** What goes is struck through, what comes is marked; both are said to those who hear the page. */
function Pieces({ pieces, isCut }: { pieces: readonly TextPiece[]; isCut: boolean }) {
  return (
    <p className={styles.text}>
      {pieces.map((piece, index) =>
        piece.old === piece.new ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no name but their place
          <span key={index}>{piece.old}</span>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no name but their place
          <span key={index}>
            {piece.old ? <del className={styles.gone}>{visible(piece.old)}</del> : null}
            {piece.new ? <ins className={styles.come}>{visible(piece.new)}</ins> : null}
          </span>
        ),
      )}
      {isCut ? "…" : null}
    </p>
  );
}

/** Spaces and breaks that change are shown as signs. */
function visible(text: string): string {
  return text
    .replace(/\r?\n/g, "⏎\n")
    .replace(/^ +$/g, (run) => "␣".repeat(run.length))
    .replace(/[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]/g, "·");
}
