import type { CleanedPicture, CleanedSample } from "@/api/cleanings";
import { useT } from "@/i18n";
import styles from "./clean.module.css";

/** A picture before and after, side by side, each with its size. */
export function PicturePair({ one }: { one: CleanedSample }) {
  const t = useT("clean");
  return (
    <div className={styles.pair}>
      {one.before ? <Side picture={one.before} alt={t("before", { name: one.name })} /> : null}
      {one.after ? <Side picture={one.after} alt={t("after", { name: one.name })} /> : null}
    </div>
  );
}

function Side({ picture, alt }: { picture: CleanedPicture; alt: string }) {
  return (
    <figure className={styles.side}>
      <div className={styles.frame}>
        <img src={picture.picture} alt={alt} />
      </div>
      <figcaption className="num muted small">
        {picture.width} × {picture.height}
      </figcaption>
    </figure>
  );
}
