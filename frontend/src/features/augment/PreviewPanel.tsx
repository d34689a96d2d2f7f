import { IconDice5 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { type AugmentPreview, previewQuery, type Step } from "@/api/augment";
import type { Dataset } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Button, NumberField, Panel, Row } from "@/ui";
import styles from "./augment.module.css";

/** Long enough to skip what a hand passes over, short enough not to be felt. */
const REST_MS = 60;

interface PanelProps<S> {
  dataset: Dataset;
  steps: readonly Step[];
  /** How long steps have to be still before they are sent. */
  restMs?: number;
  /** What the modality shows. */
  children: (preview: AugmentPreview<S>) => ReactNode;
}

/** Twelve samples of the data set after the steps, labels with them; the seed is shown and may be drawn anew. */
export function PreviewPanel<S>({ dataset, steps, restMs = REST_MS, children }: PanelProps<S>) {
  const t = useT("augment");
  const [seed, setSeed] = useState(1);
  const query = useQuery(previewQuery<S>(dataset.id, useRested(steps, restMs), seed));
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
              onChange={(value) => setSeed(Math.max(0, Math.round(value ?? 0)))}
            />
          </div>
          <Button icon={<IconDice5 size={16} />} onClick={() => setSeed(seed + 1)}>
            {t("another")}
          </Button>
        </Row>
      }
    >
      <QueryState query={query} compact>
        {children}
      </QueryState>
    </Panel>
  );
}

/** The steps once they have been still for so long. */
function useRested(steps: readonly Step[], restMs: number): readonly Step[] {
  const [rested, setRested] = useState(steps);
  const written = JSON.stringify(steps);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is new on every render, what is in it is not
  useEffect(() => {
    const timer = setTimeout(() => setRested(steps), restMs);
    return () => clearTimeout(timer);
  }, [written, restMs]);
  return rested;
}
