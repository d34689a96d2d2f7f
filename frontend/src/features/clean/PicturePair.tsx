import type { CleanedPicture, CleanedSample } from "@/api/cleanings";
import type { LabelClass } from "@/api/types";
import { ShapeMarks } from "@/app/ShapeMarks";
import { Stage } from "@/app/Stage";
import { useT } from "@/i18n";
import styles from "./clean.module.css";

interface PairProps {
  one: CleanedSample;
  classes: readonly LabelClass[];
}

/** A picture before and after, side by side, each with its labels, its size and its format. */
export function PicturePair({ one, classes }: PairProps) {
  const t = useT("clean");
  return (
    <div className={styles.pair}>
      {one.before ? (
        <Side picture={one.before} alt={t("before", { name: one.name })} classes={classes} />
      ) : null}
      {one.after ? <Side picture={one.after} alt={t("after", { name: one.name })} classes={classes} /> : null}
    </div>
  );
}

interface SideProps {
  picture: CleanedPicture;
  alt: string;
  classes: readonly LabelClass[];
}

function Side({ picture, alt, classes }: SideProps) {
  const known = new Map(classes.map((row) => [row.id, row]));
  const [width, height] = picture.shown;
  return (
    <figure className={styles.side}>
      <Stage>
        <img src={picture.picture} alt={alt} width={width} height={height} />
        <ShapeMarks
          shapes={picture.shapes}
          width={width}
          height={height}
          colorOf={(label) => known.get(label)?.color ?? "#868E96"}
          linesOf={(label) => known.get(label)?.skeleton?.lines ?? []}
        />
      </Stage>
      <figcaption className="num muted small">
        {picture.approximate ? "≈ " : ""}
        {picture.width} × {picture.height} · {picture.format.toUpperCase()}
      </figcaption>
    </figure>
  );
}
