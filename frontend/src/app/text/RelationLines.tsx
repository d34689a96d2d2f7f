import { IconArrowNarrowRight } from "@tabler/icons-react";
import { relationsOf } from "@/annotator/text/relations";
import type { SpanShape } from "@/annotator/text/spans";
import type { Points } from "@/annotator/text/units";
import { useT } from "@/i18n";
import { cx, Swatch } from "@/ui";
import styles from "./relationLines.module.css";

const SHOWN = 200;
const READ = 40;

export interface RelationLook {
  readonly name: string;
  readonly color: string;
}

interface RelationLinesProps {
  points: Points;
  spans: readonly SpanShape[];
  lookOf: (type: string) => RelationLook | undefined;
}

/** What the spans of a text are to one another, to be read; the numbers are those beside their names. */
export function RelationLines({ points, spans, lookOf }: RelationLinesProps) {
  const t = useT("annotate");
  const relations = relationsOf(spans);
  if (relations.length === 0) return null;
  const wordsOf = ({ start, end }: SpanShape) => points.slice(start, Math.min(end, start + READ)).join("");
  return (
    <ol className={styles.lines} aria-label={t("relations")}>
      {relations.slice(0, SHOWN).map(({ key, number, type, from, to }) => {
        const look = lookOf(type);
        return (
          <li key={key}>
            <span className="num muted small">{number}</span>
            <span>{wordsOf(from)}</span>
            <span className={cx("muted", styles.type)}>
              {look ? <Swatch color={look.color} /> : null}
              {look?.name ?? "?"}
              <IconArrowNarrowRight size={14} aria-hidden />
            </span>
            <span>{wordsOf(to)}</span>
          </li>
        );
      })}
    </ol>
  );
}
