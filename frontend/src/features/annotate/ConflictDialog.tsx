import type { Style } from "@/annotator/paint";
import type { Remote, Session } from "@/annotator/session";
import { useT } from "@/i18n";
import { Button, Dialog, Stack } from "@/ui";
import styles from "./annotate.module.css";
import type { Media } from "./media";
import { Preview } from "./Preview";

export interface ConflictDialogProps {
  session: Session;
  theirs: Remote;
  media: Media | null;
  style: Style;
}

/** Both versions side by side; nothing is overwritten until one is chosen. */
export function ConflictDialog({ session, theirs, media, style }: ConflictDialogProps) {
  const t = useT("annotate");
  const versions = [
    { key: "mine", title: t("conflictMine", { count: session.shapes.length }), shapes: session.shapes },
    { key: "theirs", title: t("conflictTheirs", { count: theirs.shapes.length }), shapes: theirs.shapes },
  ];
  return (
    <Dialog
      open
      onClose={null}
      title={t("conflictTitle")}
      size="xl"
      footer={
        <>
          <Button onClick={() => void session.resolve("theirs")}>{t("keepTheirs")}</Button>
          <Button onClick={() => void session.resolve("both")}>{t("keepBoth")}</Button>
          <Button variant="primary" onClick={() => void session.resolve("mine")}>
            {t("keepMine")}
          </Button>
        </>
      }
    >
      <Stack>
        <p className="muted">{t("conflictText")}</p>
        <div className={styles.versions}>
          {versions.map((version) => (
            <figure key={version.key}>
              <figcaption>{version.title}</figcaption>
              <Preview media={media} shapes={version.shapes} style={style} />
              <p className="small muted">
                {[...new Set(version.shapes.map((shape) => style.nameOf(shape.label)))].join(", ")}
              </p>
            </figure>
          ))}
        </div>
      </Stack>
    </Dialog>
  );
}
