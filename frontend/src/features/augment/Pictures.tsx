import type { AugmentPreview, RenderedSample } from "@/api/augment";
import type { LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { ShapeMarks } from "@/app/ShapeMarks";
import { Stage } from "@/app/Stage";
import { useT } from "@/i18n";
import { EmptyState, Tag } from "@/ui";
import styles from "./augment.module.css";

interface PicturesProps {
  preview: AugmentPreview<RenderedSample>;
  classes: readonly LabelClass[];
}

/** Pictures after the steps, their shapes on them. */
export function Pictures({ preview, classes }: PicturesProps) {
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
      <Stage>
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
      </Stage>
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
