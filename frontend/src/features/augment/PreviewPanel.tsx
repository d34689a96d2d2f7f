import { IconDice5 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { type AugmentPreview, previewQuery, type Step } from "@/api/augment";
import type { Dataset } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Button, EmptyState, NumberField, Panel, Row } from "@/ui";
import styles from "./augment.module.css";

interface PanelProps<S> {
  dataset: Dataset;
  steps: readonly Step[];
  seed: number;
  onSeed: (seed: number) => void;
  /** A field of a step has to be mended first. */
  isFaulty: boolean;
  /** What the modality shows. */
  children: (preview: AugmentPreview<S>) => ReactNode;
}

/** Twelve samples of the data set after the steps, labels with them; the seed is shown and may be drawn anew. */
export function PreviewPanel<S>({ dataset, steps, seed, onSeed, isFaulty, children }: PanelProps<S>) {
  const t = useT("augment");
  const query = useQuery(previewQuery<S>(dataset.id, steps, seed));
  return (
    <Panel
      title={t("preview")}
      actions={
        <Row gap={12} align="end">
          {query.data ? (
            <span className={styles.took} aria-live="polite">
              {t("took", { ms: Math.round(query.data.took_ms) })}
            </span>
          ) : null}
          <div className={styles.seed}>
            <NumberField
              label={t("seed")}
              hideLabel
              value={seed}
              min={0}
              onChange={(value) => onSeed(Math.max(0, Math.round(value ?? 0)))}
            />
          </div>
          <Button icon={<IconDice5 size={16} />} onClick={() => onSeed(seed + 1)}>
            {t("another")}
          </Button>
        </Row>
      }
    >
      {isFaulty ? (
        <EmptyState compact title={t("faultyTitle")}>
          {t("faultyText")}
        </EmptyState>
      ) : (
        <QueryState query={query} compact>
          {children}
        </QueryState>
      )}
    </Panel>
  );
}
