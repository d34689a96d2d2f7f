import { hasPlaces } from "@/api/tasks";
import type { Settling, TaskType } from "@/api/types";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { ChoiceCards, SliderField } from "@/ui";
import styles from "./campaigns.module.css";
import { methodsOf, settlingFor, votesNeeded } from "./settling";

interface SettlingFieldProps {
  task: TaskType;
  overlap: number;
  value: Settling;
  onChange: (value: Settling) => void;
  error?: string | undefined;
  /** The share of samples whose answer is known. */
  gold: number;
  onGold: (rate: number) => void;
}

/** How several answers to one picture become one. */
export function SettlingField({ task, overlap, value, onChange, error, gold, onGold }: SettlingFieldProps) {
  const t = useT("campaigns");
  const { method, quorum, min_iou: minIou } = settlingFor(task, value);
  return (
    <>
      <ChoiceCards
        legend={t("settling")}
        name="settling"
        value={method}
        onChange={(chosen) => onChange({ ...value, method: chosen })}
        choices={methodsOf(task).map((one) => ({
          value: one,
          title: t(`settle_${one}`),
          text: t(`settleText_${one}`),
        }))}
      />
      {error ? <p role="alert">{error}</p> : null}
      {method === "none" ? null : (
        <div className={styles.pair}>
          {method === "majority" ? (
            <SliderField
              label={t("quorum")}
              hint={t("quorumHint", { count: overlap, votes: votesNeeded(overlap, quorum) })}
              min={0.5}
              max={1}
              step={0.05}
              value={quorum}
              format={(share) => formatPercent(share, 0)}
              onChange={(share) => onChange({ ...value, quorum: share })}
            />
          ) : null}
          {hasPlaces(task) ? (
            <SliderField
              label={t("minIou")}
              hint={t("minIouHint")}
              min={0.1}
              max={0.95}
              step={0.05}
              value={minIou}
              format={(share) => formatPercent(share, 0)}
              onChange={(share) => onChange({ ...value, min_iou: share })}
            />
          ) : null}
          <SliderField
            label={t("gold")}
            hint={t("goldHint")}
            min={0}
            max={0.5}
            step={0.05}
            value={gold}
            format={(share) => formatPercent(share, 0)}
            onChange={onGold}
          />
        </div>
      )}
    </>
  );
}
