import { useEffect, useMemo, useRef } from "react";
import type { Levels } from "@/annotator/levels";
import type { Shapes } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import { marksOf, relationsOf } from "@/annotator/text/relations";
import { spansOf } from "@/annotator/text/spans";
import type { Points } from "@/annotator/text/units";
import { View } from "@/annotator/view";
import type { ViewGroup } from "@/annotator/viewGroup";
import { RelationLines } from "@/app/text/RelationLines";
import { SpannedText } from "@/app/text/SpannedText";
import { cx } from "@/ui";
import styles from "./annotate.module.css";
import { levelsOf, type Media } from "./media";
import text from "./text.module.css";

export interface PreviewProps {
  media: Media | null;
  shapes: Shapes;
  style: Style;
  className?: string | undefined;
  /** Others beside it that move and zoom with it. */
  group?: ViewGroup;
}

/** A sample with its shapes, to be looked at only; of a recording there is nothing to be seen. */
export function Preview({ media, ...shown }: PreviewProps) {
  if (media?.kind === "sound") return null;
  if (media?.kind === "text") return <Passage points={media.points} {...shown} />;
  return <Drawn levels={levelsOf(media)} {...shown} />;
}

type Shown = Omit<PreviewProps, "media">;

function Drawn({
  levels,
  shapes,
  style,
  className = styles.preview,
  group,
}: Shown & { levels: Levels | null }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const view = new View(host.current, style);
    const viewport = group?.viewport;
    const leave = group?.join(host.current, view);
    view.setImage(levels, shapes, viewport);
    return () => {
      leave?.();
      view.dispose();
    };
  }, [levels, shapes, style, group]);
  return <div ref={host} className={className} />;
}

function Passage({ points, shapes, style, className = styles.preview }: Shown & { points: Points }) {
  const spans = useMemo(() => spansOf(shapes), [shapes]);
  const marks = useMemo(() => marksOf(relationsOf(spans)), [spans]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by the keyboard too
    <div className={cx(className, text.passage)} tabIndex={0}>
      <SpannedText
        points={points}
        spans={spans}
        marks={marks}
        colorOf={style.colorOf}
        nameOf={style.nameOf}
      />
      <RelationLines points={points} spans={spans} lookOf={(type) => style.relationOf?.(type)} />
    </div>
  );
}
