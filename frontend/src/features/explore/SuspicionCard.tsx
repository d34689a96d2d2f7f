import { Link } from "@tanstack/react-router";
import type { Suspicion } from "@/api/embeddings";
import type { LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { useMay, useProjectId } from "@/app/inProject";
import { ShapeMarks } from "@/app/ShapeMarks";
import { useT } from "@/i18n";
import { Badge, Button, Tag } from "@/ui";
import styles from "./explore.module.css";
import { percentsOf, windowOf } from "./window";

export type Decision = "suggested" | "given";
export type Classes = ReadonlyMap<string, LabelClass>;

interface SuspicionCardProps {
  row: Suspicion;
  classes: Classes;
  isWaiting: boolean;
  onSettle: (decision: Decision) => void;
}

/** A label that does not fit: what it is about, how sure that is, and the two ways to settle it. */
export function SuspicionCard({ row, classes, isWaiting, onSettle }: SuspicionCardProps) {
  const mayCurate = useMay("curate_project");
  const texts = useTexts(row, classes);
  if (!texts) return null;
  return (
    <li className={styles.card}>
      <Shown row={row} classes={classes} />
      <div className={styles.cardBody}>
        <Claim row={row} classes={classes} />
        <Doubt margin={row.margin} />
        {mayCurate ? (
          <div className={styles.cardActions}>
            <Button size="sm" variant="primary" disabled={isWaiting} onClick={() => onSettle("suggested")}>
              {texts.change}
            </Button>
            <Button size="sm" disabled={isWaiting} onClick={() => onSettle("given")}>
              {texts.keep}
            </Button>
          </div>
        ) : null}
      </div>
    </li>
  );
}

/** What the two buttons say; nothing for a class that is gone. */
function useTexts({ given, suggested }: Suspicion, classes: Classes) {
  const [t, own] = [useT("explore"), useT("checks")];
  const named = (id: string | null) => {
    const found = id === null ? undefined : classes.get(id);
    return found && classText(found);
  };
  const [from, to] = [named(given), named(suggested)];
  if (from && to) return { change: t("useSuggested", { name: to }), keep: t("keepGiven", { name: from }) };
  if (from) return { change: own("takeAway", { name: from }), keep: t("keepGiven", { name: from }) };
  return to ? { change: own("addMissing", { name: to }), keep: own("leaveMissing") } : null;
}

function Claim({ row, classes }: Pick<SuspicionCardProps, "row" | "classes">) {
  const t = useT("checks");
  const given = classes.get(row.given ?? "");
  const suggested = classes.get(row.suggested ?? "");
  return (
    <div className={styles.cardLine}>
      {given ? (
        <Tag color={given.color} muted={suggested !== undefined}>
          {classText(given)}
        </Tag>
      ) : null}
      {given && suggested ? <span aria-hidden>→</span> : null}
      {suggested ? <Tag color={suggested.color}>{classText(suggested)}</Tag> : null}
      {given && suggested ? null : (
        <span className="muted small">{t(given ? "seemsTooMany" : "seemsMissing")}</span>
      )}
    </div>
  );
}

/** What is to be judged: a picture, the beginning of a text, a recording to be heard. */
function Shown({ row, classes }: Pick<SuspicionCardProps, "row" | "classes">) {
  const { sample } = row;
  if (sample.modality === "text") return <Text sample={sample} />;
  if (sample.modality !== "audio") return <Picture row={row} classes={classes} />;
  return (
    <div className={styles.cardPicture}>
      <img src={sample.thumb_url ?? sample.media_url} alt={sample.name} loading="lazy" />
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what a recording says */}
      <audio controls preload="none" src={sample.media_url} aria-label={sample.name} />
    </div>
  );
}

/** How a text begins, in whole lines; it opens the text among the data. */
function Text({ sample }: { sample: Suspicion["sample"] }) {
  const project = useProjectId();
  const { excerpt = "", characters = 0 } = sample.payload;
  return (
    <Link
      to="/p/$project/data"
      params={{ project }}
      search={{ dataset: sample.dataset, sample: sample.id }}
      className={styles.cardText}
      dir="auto"
      title={sample.name}
    >
      <span>
        {excerpt || sample.name}
        {characters > excerpt.length ? "…" : ""}
      </span>
    </Link>
  );
}

/** The picture, or the shape in it with what is around it; it opens the picture among the data. */
function Picture({ row: { sample, shape }, classes }: Pick<SuspicionCardProps, "row" | "classes">) {
  const t = useT("checks");
  const project = useProjectId();
  const meant = shape === null ? undefined : sample.annotation?.shapes.find(({ id }) => id === shape);
  const { width, height } = sample.payload;
  const search = { dataset: sample.dataset, sample: sample.id, mark: shape ?? undefined };
  return (
    <Link
      to="/p/$project/data"
      params={{ project }}
      search={search}
      className={styles.cardPicture}
      aria-label={t("openPicture", { name: sample.name })}
    >
      {meant?.box && width && height ? (
        <span className={styles.plane} style={percentsOf(windowOf(meant.box), width, height)}>
          <img src={sample.media_url} alt="" loading="lazy" />
          <ShapeMarks
            shapes={[meant]}
            chosen={meant.id}
            width={width}
            height={height}
            colorOf={(label) => classes.get(label)?.color ?? "#868E96"}
          />
        </span>
      ) : (
        <img src={sample.thumb_url ?? sample.media_url} alt="" loading="lazy" />
      )}
    </Link>
  );
}

const CERTAIN = -0.6;
const LIKELY = -0.2;

function Doubt({ margin }: { margin: number }) {
  const t = useT("explore");
  if (margin < CERTAIN) return <Badge tone="bad">{t("doubtCertain")}</Badge>;
  if (margin < LIKELY) return <Badge tone="warn">{t("doubtLikely")}</Badge>;
  return <Badge tone="info">{t("doubtMaybe")}</Badge>;
}
