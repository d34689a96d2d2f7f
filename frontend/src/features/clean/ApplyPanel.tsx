import { type FormEvent, useState } from "react";
import { type ChosenCount, startCleaning } from "@/api/cleanings";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import type { PlainStep } from "@/app/steps/steps";
import { useWords } from "@/app/words";
import { Button, ConfirmDialog, Panel, TextField } from "@/ui";
import { chosenText } from "./chosen";
import styles from "./clean.module.css";

interface ApplyProps {
  dataset: Dataset;
  steps: readonly PlainStep[];
  filter: string;
  isFaulty: boolean;
  /** What the steps that choose would take out. */
  chosen: readonly ChosenCount[];
  onApplied: () => void;
}

/** A name, and the button that asks once more before anything is changed. */
export function ApplyPanel({ dataset, steps, filter, isFaulty, chosen, onApplied }: ApplyProps) {
  const t = useWords("clean", dataset.modality);
  const [name, setName] = useState("");
  const [isAsking, setIsAsking] = useState(false);
  if (!useMay("curate_project")) return null;
  const ask = (event: FormEvent) => {
    event.preventDefault();
    setIsAsking(true);
  };
  const apply = () =>
    act(async () => {
      await startCleaning(dataset.id, steps, filter, name.trim());
      setName("");
      onApplied();
    });
  return (
    <Panel>
      <form onSubmit={ask} className={styles.apply}>
        <TextField label={t("name")} value={name} onChange={setName} placeholder={t("namePlaceholder")} />
        <Button type="submit" variant="primary" disabled={steps.length === 0 || isFaulty}>
          {t("apply")}
        </Button>
      </form>
      <ConfirmDialog
        open={isAsking}
        onClose={() => setIsAsking(false)}
        title={t(filter ? "applyTitleFiltered" : "applyTitle", { name: dataset.name })}
        confirm={t("apply")}
        onConfirm={apply}
      >
        {chosen.map((one) => (
          <p key={one.step}>
            <strong>{chosenText(one, chosen)}</strong>
          </p>
        ))}
        <p>{t("applyText")}</p>
      </ConfirmDialog>
    </Panel>
  );
}
