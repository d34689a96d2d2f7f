import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { readText } from "@/api/media";
import type { Dataset, LabelClass, Sample } from "@/api/types";
import { classText } from "@/app/classWords";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { type Piece, piecesOf } from "./spans";
import styles from "./texts.module.css";

// Beyond this a browser gets slow, and nobody reads on.
const SHOWN = 200_000;

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
            <p className={styles.text} dir="auto">
              {piecesOf(text.slice(0, SHOWN), isShown ? (sample.annotation?.shapes ?? []) : []).map(
                (piece, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name
                  <Stretch key={index} piece={piece} classes={classes} />
                ),
              )}
            </p>
            {text.length > SHOWN ? <p className="muted small">{t("textCut")}</p> : null}
          </>
        )}
      </QueryState>
    </section>
  );
}

function Stretch({ piece, classes }: { piece: Piece; classes: ReadonlyMap<string, LabelClass> }) {
  const inner = piece.spans.at(-1);
  if (!inner) return piece.text;
  const color = classes.get(inner.label)?.color ?? "#868E96";
  const names = piece.begins.flatMap(({ label }) => {
    const one = classes.get(label);
    return one ? [classText(one)] : [];
  });
  return (
    <mark className={styles.span} style={{ "--class": color }} data-source={inner.source}>
      {names.length > 0 ? <span className={styles.spanName}>{names.join(" · ")}</span> : null}
      {piece.text}
    </mark>
  );
}
