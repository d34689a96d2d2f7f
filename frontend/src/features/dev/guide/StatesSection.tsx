import { IconPhoto } from "@tabler/icons-react";
import { AppError } from "@/api/errors";
import { NotFoundPage } from "@/app/fallbacks";
import { Failure } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Button, EmptyState, Panel, Skeleton } from "@/ui";
import styles from "../dev.module.css";

const REFUSED = new AppError({ code: "forbidden", status: 403, detail: "", requestId: "01j9" });
const BROKEN = new AppError({ code: "internal_error", status: 500, detail: "", requestId: "01j9" });
const CUT = new AppError({ code: "network", status: 0, detail: "" });

/** Loading, empty, refused, broken, cut off, not found. */
export function StatesSection() {
  const t = useT("app");
  return (
    <div className={styles.grid}>
      <Panel title="Skeleton">
        <Skeleton lines={4} />
      </Panel>
      <Panel title="EmptyState">
        <EmptyState
          compact
          icon={<IconPhoto size={28} stroke={1.6} />}
          title={t("jobsNone")}
          action={<Button variant="primary">{t("jobsAll")}</Button>}
        >
          {t("jobsNoneHint")}
        </EmptyState>
      </Panel>
      <Panel title="403">
        <Failure error={REFUSED} compact />
      </Panel>
      <Panel title="500">
        <Failure error={BROKEN} onRetry={() => undefined} compact />
      </Panel>
      <Panel title="Offline">
        <Failure error={CUT} onRetry={() => undefined} compact />
      </Panel>
      <Panel title="404">
        <NotFoundPage />
      </Panel>
    </div>
  );
}
