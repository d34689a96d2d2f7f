import type { AugmentedSound, AugmentPreview } from "@/api/augment";
import type { LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { useWords } from "@/app/words";
import { EmptyState, Tag } from "@/ui";
import styles from "./augment.module.css";

interface SoundsProps {
  preview: AugmentPreview<AugmentedSound>;
  classes: readonly LabelClass[];
}

/** Recordings before and after the steps, to be seen and heard. */
export function Sounds({ preview, classes }: SoundsProps) {
  const t = useWords("augment", "audio");
  if (preview.results.length === 0 && preview.unreadable.length === 0) {
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
              {one.labels.map((id) => (
                <ClassTag key={id} row={known.get(id)} />
              ))}
              {one.is_cut ? <span className="muted small">{t("beginning")}</span> : null}
            </div>
            <div className={styles.pair}>
              <Heard words={t("before")} name={one.name} picture={one.before} sound={one.media_url} />
              <Heard words={t("after")} name={one.name} picture={one.after} sound={one.heard} />
            </div>
          </li>
        ))}
      </ul>
      {preview.unreadable.length > 0 ? (
        <p className="muted small">{t("unreadable", { count: preview.unreadable.length })}</p>
      ) : null}
    </>
  );
}

function ClassTag({ row }: { row: LabelClass | undefined }) {
  return row ? <Tag color={row.color}>{classText(row)}</Tag> : null;
}

interface HeardProps {
  words: string;
  name: string;
  picture: string;
  sound: string;
}

function Heard({ words, name, picture, sound }: HeardProps) {
  const label = `${name}: ${words}`;
  return (
    <figure className={styles.heard}>
      <figcaption className="muted small">{words}</figcaption>
      <img src={picture} alt={label} />
      {/* biome-ignore lint/a11y/useMediaCaption: there is nothing written to go with a recording */}
      <audio controls preload="none" src={sound} aria-label={label} />
    </figure>
  );
}
