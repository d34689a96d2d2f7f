import { useT } from "@/i18n";
import { Button, EmptyState, Row } from "@/ui";
import styles from "./annotate.module.css";

/** In the middle of the stage when a sample cannot be shown. */
export function BrokenSample({ onRetry, onSkip }: { onRetry: () => void; onSkip: () => void }) {
  const t = useT("annotate");
  const ui = useT("ui");
  return (
    <div className={styles.center}>
      <EmptyState
        title={t("pictureBroken")}
        action={
          <Row>
            <Button onClick={onRetry}>{ui("retry")}</Button>
            <Button variant="primary" onClick={onSkip}>
              {t("skip")}
            </Button>
          </Row>
        }
      >
        {t("pictureBrokenHint")}
      </EmptyState>
    </div>
  );
}
