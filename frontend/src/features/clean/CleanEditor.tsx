import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Cleaning, cleaningPreviewQuery } from "@/api/cleanings";
import type { Dataset } from "@/api/types";
import { FilterField, faultOf } from "@/app/filter/FilterField";
import { AddStep } from "@/app/steps/AddStep";
import { StepCard } from "@/app/steps/StepCard";
import {
  added,
  changed,
  edited,
  faultsOf,
  moved,
  type StepOperator,
  type StepWords,
} from "@/app/steps/steps";
import stepStyles from "@/app/steps/steps.module.css";
import { useRested } from "@/app/useRested";
import { useT } from "@/i18n";
import { EmptyState, Stack } from "@/ui";
import { ApplyPanel } from "./ApplyPanel";
import styles from "./clean.module.css";
import { History } from "./History";
import { PreviewPanel } from "./PreviewPanel";
import { askedFor, type EditedStep, MAX_STEPS, newStep, sent } from "./steps";
import { TableNames } from "./TableNames";
import { TablePreview } from "./TablePreview";

/** Long enough to skip what a hand passes over, short enough not to be felt. */
const REST_MS = 120;

/** Not those about rows that are chosen in the table: nobody writes such a choice by hand. */
const isOffered = ({ params_schema: { properties = {} } }: StepOperator) =>
  !Object.values(properties).some((rule) => rule.format === "rows");

interface EditorProps {
  dataset: Dataset;
  operators: readonly StepOperator[];
  filter: string;
  /** Steps to begin with, as the address says them. */
  asked: string | undefined;
  onFilter: (filter: string) => void;
}

/** The steps on the left, what they do on the right, what was done below. */
export function CleanEditor({ dataset, operators, filter, asked, onFilter }: EditorProps) {
  const t = useT("clean");
  const [steps, setSteps] = useState<readonly EditedStep[]>(() => askedFor(asked, operators));
  const rested = useRested(sent(steps), REST_MS);
  const isTable = dataset.modality === "tabular";
  const words = isTable ? "cleanRows" : "clean";
  const preview = useQuery({
    ...cleaningPreviewQuery(dataset.id, rested, filter),
    enabled: rested.length > 0,
  });
  const reuse = (cleaning: Cleaning) => {
    setSteps(edited(cleaning.recipe.steps));
    onFilter(cleaning.filter);
  };
  const faults = faultsOf(preview.error, words, rested);
  const isFaulty = faults.size > 0 || faultOf(preview.error) !== undefined;
  return (
    <Stack gap={24}>
      <TableNames dataset={dataset} made={preview.data?.table}>
        <div className={styles.editor}>
          <Stack>
            {isTable ? null : (
              <div>
                <FilterField dataset={dataset} value={filter} onChange={onFilter} error={preview.error} />
              </div>
            )}
            {steps.length === 0 ? (
              <EmptyState compact title={t("emptyTitle")}>
                {t("emptyText")}
              </EmptyState>
            ) : (
              <Steps words={words} steps={steps} operators={operators} faults={faults} onChange={setSteps} />
            )}
            <AddStep
              words={words}
              operators={operators.filter(isOffered)}
              disabled={steps.length >= MAX_STEPS}
              onAdd={(operator) => setSteps(added(steps, newStep(operator)))}
            />
            <ApplyPanel
              dataset={dataset}
              steps={sent(steps)}
              filter={filter}
              isFaulty={preview.isError}
              chosen={preview.data?.chosen ?? []}
              onApplied={() => {
                setSteps([]);
                // What the address asked for is done.
                onFilter(filter);
              }}
            />
          </Stack>
          {isTable ? (
            <TablePreview hasSteps={steps.length > 0} isFaulty={isFaulty} query={preview} />
          ) : (
            <PreviewPanel
              dataset={dataset}
              hasSteps={steps.length > 0}
              isFaulty={isFaulty}
              steps={rested}
              filter={filter}
              query={preview}
            />
          )}
        </div>
      </TableNames>
      <History dataset={dataset} onReuse={reuse} />
    </Stack>
  );
}

interface StepsProps {
  words: StepWords;
  steps: readonly EditedStep[];
  operators: readonly StepOperator[];
  faults: ReadonlyMap<number, Record<string, string>>;
  onChange: (steps: EditedStep[]) => void;
}

function Steps({ words, steps, operators, faults, onChange }: StepsProps) {
  const t = useT("clean");
  return (
    <ol className={stepStyles.steps} aria-label={t("steps")}>
      {steps.map((step, index) => (
        <StepCard
          key={step.id}
          words={words}
          step={step}
          operator={operators.find((one) => one.key === step.op)}
          isFirst={index === 0}
          isLast={index === steps.length - 1}
          // What is lacking of a step that was just added is no mistake.
          errors={step.isNew ? {} : (faults.get(index) ?? {})}
          onParams={(params) => onChange(changed(steps, step.id, { params }))}
          onLeave={() => step.isNew && onChange(changed(steps, step.id, {}))}
          onMove={(by) => onChange(moved(steps, step.id, by))}
          onRemove={() => onChange(steps.filter((one) => one.id !== step.id))}
        />
      ))}
    </ol>
  );
}
