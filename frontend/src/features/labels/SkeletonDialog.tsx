import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useT } from "@/i18n";
import { Button, cx, Dialog, IconButton, Row, TextField } from "@/ui";
import styles from "./labels.module.css";
import { isFit, mirrorOf, movedPoint, type Skeleton, toggledLine, withoutPoint } from "./skeleton";

export interface SkeletonDialogProps {
  name: string;
  skeleton: Skeleton;
  /** Objects have points by this skeleton: names and lines may change, the number of points may not. */
  isInUse: boolean;
  onClose: () => void;
  onSave: (skeleton: Skeleton) => void;
}

/** The key points of a class by name, the lines between them, and which change places in a mirror. */
export function SkeletonDialog({ name, skeleton, isInUse, onClose, onSave }: SkeletonDialogProps) {
  const t = useT("labels");
  const [now, setNow] = useState(skeleton);
  const rename = (at: number, to: string) =>
    setNow({ ...now, points: now.points.map((point, place) => (place === at ? to : point)) });
  const pairs = mirrorOf(now.points).flatMap((other, at) => (other > at ? [[at, other] as const] : []));
  return (
    <Dialog
      open
      onClose={onClose}
      size="lg"
      title={t("pointsOf", { name })}
      footer={
        <Button variant="primary" disabled={!isFit(now)} onClick={() => onSave(now)}>
          {t("takePoints")}
        </Button>
      }
    >
      <p className="muted small">{isInUse ? t("pointsInUse") : t("pointsHint")}</p>
      <div className={styles.skeleton}>
        <ol className={styles.points}>
          {now.points.map((point, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: points are told apart by their place
            <li key={at}>
              <TextField
                label={t("pointNth", { at: at + 1 })}
                hideLabel
                value={point}
                onChange={(to) => rename(at, to)}
              />
              <Row gap={4}>
                <IconButton
                  size="sm"
                  label={t("moveUp", { name: point })}
                  disabled={at === 0 || isInUse}
                  onClick={() => setNow(movedPoint(now, at, -1))}
                >
                  <IconArrowUp size={15} />
                </IconButton>
                <IconButton
                  size="sm"
                  label={t("moveDown", { name: point })}
                  disabled={at === now.points.length - 1 || isInUse}
                  onClick={() => setNow(movedPoint(now, at, 1))}
                >
                  <IconArrowDown size={15} />
                </IconButton>
                <IconButton
                  size="sm"
                  label={t("remove", { name: point })}
                  disabled={isInUse}
                  onClick={() => setNow(withoutPoint(now, at))}
                >
                  <IconTrash size={15} />
                </IconButton>
              </Row>
            </li>
          ))}
          <li>
            <Button
              icon={<IconPlus size={16} />}
              disabled={isInUse}
              onClick={() => setNow({ ...now, points: [...now.points, ""] })}
            >
              {t("addPoint")}
            </Button>
          </li>
        </ol>
        <Figure now={now} onLine={(from, to) => setNow(toggledLine(now, from, to))} />
      </div>
      <p className="muted small">
        {pairs.length > 0
          ? t("mirrored", {
              pairs: pairs.map(([a, b]) => `${now.points[a]} ↔ ${now.points[b]}`).join(", "),
            })
          : t("mirroredNone")}
      </p>
    </Dialog>
  );
}

const placeOf = (at: number, count: number) => {
  const angle = (at / Math.max(count, 1)) * 2 * Math.PI - Math.PI / 2;
  return { x: 50 + 40 * Math.cos(angle), y: 50 + 40 * Math.sin(angle) };
};

/** The points around a circle: press two of them to draw the line between, or to take it away. */
function Figure({ now, onLine }: { now: Skeleton; onLine: (from: number, to: number) => void }) {
  const t = useT("labels");
  const [from, setFrom] = useState<number | null>(null);
  const { points, lines } = now;
  const press = (at: number) => {
    if (from !== null && from !== at) onLine(from, at);
    setFrom(from === null ? at : null);
  };
  return (
    <div className={styles.figure} role="group" aria-label={t("figure")}>
      <svg viewBox="0 0 100 100" aria-hidden>
        {lines.map(([a, b]) => {
          const [one, other] = [placeOf(a, points.length), placeOf(b, points.length)];
          return <line key={`${a}-${b}`} x1={one.x} y1={one.y} x2={other.x} y2={other.y} />;
        })}
      </svg>
      {points.map((point, at) => {
        const { x, y } = placeOf(at, points.length);
        const joined = lines.flatMap(([a, b]) => (a === at ? [b + 1] : b === at ? [a + 1] : []));
        return (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: points are told apart by their place
            key={at}
            type="button"
            className={cx(styles.dot, from === at && styles.dotNow)}
            style={{ left: `${x}%`, top: `${y}%` }}
            aria-pressed={from === at}
            aria-label={t("dot", { at: at + 1, name: point, joined: joined.join(", ") || "–" })}
            onClick={() => press(at)}
          >
            {at + 1}
          </button>
        );
      })}
    </div>
  );
}
