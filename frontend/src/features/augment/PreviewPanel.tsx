import { IconDice5 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type AugmentPreview, previewQuery, type RenderedSample, type Step } from "@/api/augment";
import type { Dataset, LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { QueryState } from "@/app/QueryState";
import { ShapeMarks } from "@/app/ShapeMarks";
import { useT } from "@/i18n";
import { Button, EmptyState, NumberField, Panel, Row, Tag } from "@/ui";
import styles from "./augment.module.css";

/** Long enough to skip what a hand passes over, short enough not to be felt. */
const REST_MS = 60;

/** Twelve pictures of the data set after the steps, labels with them; the seed is shown and may be drawn anew. */
export function PreviewPanel({ dataset, steps }: { dataset: Dataset; steps: readonly Step[] }) {
  const t = useT("augment");
  const [seed, setSeed] = useState(1);
  const query = useQuery(previewQuery(dataset.id, useRested(steps), seed));
  return (
    <Panel
      title={t("preview")}
      actions={
        <Row gap={12} align="end">
          {query.data ? (
            <span className={styles.took} aria-live="polite">
              {t("took", { ms: Math.round(query.data.took_ms) })}
            </span>
          ) : null}
          <div className={styles.seed}>
            <NumberField
              label={t("seed")}
              hideLabel
              value={seed}
              min={0}
              onChange={(value) => setSeed(Math.max(0, Math.round(value ?? 0)))}
            />
          </div>
          <Button icon={<IconDice5 size={16} />} onClick={() => setSeed(seed + 1)}>
            {t("another")}
          </Button>
        </Row>
      }
    >
      <QueryState query={query} compact>
        {(preview) => <Pictures preview={preview} classes={dataset.label_schema.classes} />}
      </QueryState>
    </Panel>
  );
}

function Pictures({ preview, classes }: { preview: AugmentPreview; classes: readonly LabelClass[] }) {
  const t = useT("augment");
  if (preview.results.length === 0) {
    return (
      <EmptyState compact title={t("noPicturesTitle")}>
        {t("noPicturesText")}
      </EmptyState>
    );
  }
  return (
    <>
      <div className={styles.grid}>
        {preview.results.map((one) => (
          <Picture key={one.sample} one={one} classes={classes} />
        ))}
      </div>
      {preview.unreadable.length > 0 ? (
        <p className="muted small">{t("unreadable", { count: preview.unreadable.length })}</p>
      ) : null}
    </>
  );
}

function Picture({ one, classes }: { one: RenderedSample; classes: readonly LabelClass[] }) {
  const t = useT("augment");
  const known = new Map(classes.map((row) => [row.id, row]));
  const said = one.shapes.flatMap((shape) => (shape.kind === "class" ? (known.get(shape.label) ?? []) : []));
  return (
    <figure className={styles.tile}>
      <div className={styles.frame}>
        <img
          src={one.picture}
          alt={t("pictureOf", { name: one.name })}
          width={one.width}
          height={one.height}
        />
        <ShapeMarks
          shapes={one.shapes}
          width={one.width}
          height={one.height}
          colorOf={(label) => known.get(label)?.color ?? "#868E96"}
          linesOf={(label) => known.get(label)?.skeleton?.lines ?? []}
        />
      </div>
      <figcaption>
        {said.length > 0 ? (
          said.map((row) => (
            <Tag key={row.id} color={row.color}>
              {classText(row)}
            </Tag>
          ))
        ) : (
          <span className="muted small ellipsis">{one.name}</span>
        )}
        {one.dropped > 0 ? <span className="muted small">{t("dropped", { count: one.dropped })}</span> : null}
      </figcaption>
    </figure>
  );
}

/** The steps once they have been still for REST_MS. */
function useRested(steps: readonly Step[]): readonly Step[] {
  const [rested, setRested] = useState(steps);
  const written = JSON.stringify(steps);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is new on every render, what is in it is not
  useEffect(() => {
    const timer = setTimeout(() => setRested(steps), REST_MS);
    return () => clearTimeout(timer);
  }, [written]);
  return rested;
}
