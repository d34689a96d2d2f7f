import type { AugmentedText, AugmentPreview } from "@/api/augment";
import type { LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { TextPieces } from "@/app/TextPieces";
import { useWords } from "@/app/words";
import { Badge, EmptyState, Tag } from "@/ui";
import styles from "./augment.module.css";

interface TextsProps {
  preview: AugmentPreview<AugmentedText>;
  classes: readonly LabelClass[];
  hasSteps: boolean;
}

/** Texts before and after the steps, entities in their colors. */
export function Texts({ preview, classes, hasSteps }: TextsProps) {
  const t = useWords("augment", "text");
  if (preview.results.length === 0) {
    return (
      <EmptyState compact title={t("noPicturesTitle")}>
        {t("noPicturesText")}
      </EmptyState>
    );
  }
  const known = new Map(classes.map((row) => [row.id, row]));
  return (
    <>
      <ul className={styles.texts}>
        {preview.results.map((one) => (
          <li key={one.sample}>
            <div className={styles.head}>
              <span className="small muted ellipsis">{one.name}</span>
              {one.labels.flatMap((id) => {
                const row = known.get(id);
                return row ? (
                  <Tag key={id} color={row.color}>
                    {classText(row)}
                  </Tag>
                ) : (
                  []
                );
              })}
              {hasSteps && !one.changed ? <Badge>{t("unchanged")}</Badge> : null}
            </div>
            <TextPieces
              pieces={one.pieces}
              isCut={one.is_cut}
              kept={(piece) => <Kept text={piece.old} row={known.get(piece.label ?? "")} />}
            />
          </li>
        ))}
      </ul>
      {preview.unreadable.length > 0 ? (
        <p className="muted small">{t("unreadable", { count: preview.unreadable.length })}</p>
      ) : null}
    </>
  );
}

/** What stays; in the color of its class where it is an entity. */
function Kept({ text, row }: { text: string; row: LabelClass | undefined }) {
  if (!row) return text;
  return (
    <mark className={styles.entity} style={{ borderColor: row.color }} title={classText(row)}>
      {text}
    </mark>
  );
}
