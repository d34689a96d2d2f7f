import { IconCopy, IconRefresh } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { useT } from "@/i18n";
import { Button } from "./Button";
import { cx } from "./cx";
import styles from "./states.module.css";

export interface StateProps {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
  compact?: boolean;
}

/** Nothing here yet: says what would be here and the next step. */
export function EmptyState({ title, children, action, icon, compact }: StateProps) {
  return (
    <div className={cx(styles.state, compact && styles.compact)}>
      {icon ? <div className={styles.icon}>{icon}</div> : null}
      <h2>{title}</h2>
      {children ? <div className={styles.text}>{children}</div> : null}
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}

export interface ErrorStateProps {
  title: ReactNode;
  detail?: ReactNode;
  requestId?: string | null;
  onRetry?: (() => void) | undefined;
  action?: ReactNode;
  compact?: boolean;
}

/** What went wrong, what to do, and the id to give to whoever helps. */
export function ErrorState({ title, detail, requestId, onRetry, action, compact }: ErrorStateProps) {
  const t = useT("ui");
  return (
    <div className={cx(styles.state, compact && styles.compact)} role="alert">
      <h2>{title}</h2>
      {detail ? <div className={styles.text}>{detail}</div> : null}
      <div className={styles.action}>
        {onRetry ? (
          <Button icon={<IconRefresh size={16} />} onClick={onRetry}>
            {t("retry")}
          </Button>
        ) : null}
        {action}
        {requestId ? (
          <Button
            variant="quiet"
            icon={<IconCopy size={16} />}
            onClick={() => void navigator.clipboard.writeText(requestId)}
          >
            {t("copyErrorId")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** Gray bars where the content will be. Nothing at all for the first 300 ms. */
export function Skeleton({ lines = 3, height }: { lines?: number; height?: number }) {
  const t = useT("ui");
  const visible = useDelay(300);
  return (
    <div className={cx(styles.skeleton, visible && styles.visible)} role="status" aria-label={t("loading")}>
      {Array.from({ length: lines }, (_, line) => `line-${line}`).map((key) => (
        <span key={key} style={height ? { height } : undefined} />
      ))}
    </div>
  );
}

/** A whole page that is still coming. */
export function PageSkeleton() {
  return (
    <div className={styles.pageSkeleton}>
      <Skeleton lines={1} height={28} />
      <Skeleton lines={6} height={40} />
    </div>
  );
}

function useDelay(ms: number): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return over;
}
