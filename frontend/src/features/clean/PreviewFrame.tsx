import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { CleaningPreview } from "@/api/cleanings";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { EmptyState, Panel } from "@/ui";
import styles from "./clean.module.css";

export interface PreviewProps {
  hasSteps: boolean;
  /** A field of a step has to be mended first. */
  isFaulty: boolean;
  query: UseQueryResult<CleaningPreview>;
}

interface PreviewFrameProps extends PreviewProps {
  /** How many were looked at and how many change. */
  looked: (preview: CleaningPreview) => string;
  /** Said while there is no step. */
  emptyText: string;
  children: (preview: CleaningPreview) => ReactNode;
}

/** What every preview of a cleaning is shown in, whatever kind of data it is of. */
export function PreviewFrame({ hasSteps, isFaulty, query, looked, emptyText, children }: PreviewFrameProps) {
  const t = useT("clean");
  const isShown = hasSteps && !isFaulty;
  return (
    <Panel
      title={t("preview")}
      actions={
        isShown && query.data ? (
          <span className={styles.took} aria-live="polite">
            {looked(query.data)}
          </span>
        ) : null
      }
    >
      {isShown ? (
        <QueryState query={query} compact>
          {children}
        </QueryState>
      ) : hasSteps ? (
        <EmptyState compact title={t("faultyTitle")}>
          {t("faultyText")}
        </EmptyState>
      ) : (
        <EmptyState compact title={t("previewEmptyTitle")}>
          {emptyText}
        </EmptyState>
      )}
    </Panel>
  );
}
