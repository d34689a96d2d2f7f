import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { marksOf, relationsOf } from "@/annotator/text/relations";
import { spansOf } from "@/annotator/text/spans";
import { readText } from "@/api/media";
import type { Dataset, LabelClass, Sample, SampleShape } from "@/api/types";
import { classText } from "@/app/classWords";
import { QueryState } from "@/app/QueryState";
import { RelationLines, type RelationLook } from "@/app/text/RelationLines";
import { relationLooks } from "@/app/text/relationLooks";
import { SpannedText } from "@/app/text/SpannedText";
import { useLanguage, useT } from "@/i18n";
import styles from "./texts.module.css";

// Beyond this a browser gets slow, and nobody reads on.
const SHOWN = 200_000;
const UNKNOWN = "#868E96";

/** A whole text with its spans in the colors of their classes. */
export function TextViewer({
  dataset,
  sample,
  isShown,
}: {
  dataset: Dataset;
  sample: Sample;
  isShown: boolean;
}) {
  const t = useT("data");
  const language = useLanguage();
  const query = useQuery({
    queryKey: ["text", sample.sha256],
    queryFn: ({ signal }) => readText(sample.media_url, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const classes = useMemo(() => new Map(dataset.label_schema.classes.map((one) => [one.id, one])), [dataset]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by the keyboard too
    <section className={styles.viewer} aria-label={sample.name} tabIndex={0}>
      <QueryState query={query} compact>
        {(text) => (
          <>
            <Spans
              text={text}
              shapes={isShown ? (sample.annotation?.shapes ?? []) : []}
              classes={classes}
              lookOf={(type) => relationLooks(dataset.label_schema.relations ?? [], language).get(type)}
            />
            {text.length > SHOWN ? <p className="muted small">{t("textCut")}</p> : null}
          </>
        )}
      </QueryState>
    </section>
  );
}

interface SpansProps {
  text: string;
  shapes: readonly SampleShape[];
  classes: ReadonlyMap<string, LabelClass>;
  lookOf: (type: string) => RelationLook | undefined;
}

function Spans({ text, shapes, classes, lookOf }: SpansProps) {
  const points = useMemo(() => Array.from(text.slice(0, SHOWN)), [text]);
  const spans = useMemo(() => spansOf(shapes), [shapes]);
  const marks = useMemo(() => marksOf(relationsOf(spans)), [spans]);
  const look = useMemo(
    () => ({
      colorOf: (label: string) => classes.get(label)?.color ?? UNKNOWN,
      nameOf: (label: string) => {
        const one = classes.get(label);
        return one ? classText(one) : "?";
      },
    }),
    [classes],
  );
  return (
    <>
      <SpannedText points={points} spans={spans} marks={marks} {...look} />
      <RelationLines points={points} spans={spans} lookOf={lookOf} />
    </>
  );
}
