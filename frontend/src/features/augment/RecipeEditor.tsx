import { IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { createRecipe, deleteRecipe, type Operator, type Recipe, type Step, saveRecipe } from "@/api/augment";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import { useT } from "@/i18n";
import { Button, ConfirmDialog, EmptyState, IconButton, Panel, Stack, TextField, toast } from "@/ui";
import { AddStep } from "./AddStep";
import styles from "./augment.module.css";
import { PreviewPanel } from "./PreviewPanel";
import { StepCard } from "./StepCard";
import { added, changed, type EditedStep, edited, MAX_STEPS, moved, newStep, sent } from "./steps";

interface EditorProps {
  dataset: Dataset;
  operators: readonly Operator[];
  recipe: Recipe | undefined;
  onOpen: (recipe: string | undefined) => void;
}

/** The steps on the left, what they do on the right. */
export function RecipeEditor({ dataset, operators, recipe, onOpen }: EditorProps) {
  const t = useT("augment");
  const [steps, setSteps] = useState(() => edited(recipe?.steps ?? []));
  const pipeline = sent(steps);
  return (
    <div className={styles.editor}>
      <Stack>
        <SavePanel project={dataset.project} recipe={recipe} steps={pipeline} onOpen={onOpen} />
        {steps.length === 0 ? (
          <EmptyState compact title={t("emptyTitle")}>
            {t("emptyText")}
          </EmptyState>
        ) : (
          <Steps steps={steps} operators={operators} onChange={setSteps} />
        )}
        <AddStep
          operators={operators}
          disabled={steps.length >= MAX_STEPS}
          onAdd={(operator) => setSteps(added(steps, newStep(operator)))}
        />
      </Stack>
      <PreviewPanel dataset={dataset} steps={pipeline} />
    </div>
  );
}

function Steps({
  steps,
  operators,
  onChange,
}: {
  steps: readonly EditedStep[];
  operators: readonly Operator[];
  onChange: (steps: EditedStep[]) => void;
}) {
  const t = useT("augment");
  return (
    <ol className={styles.steps} aria-label={t("steps")}>
      {steps.map((step, index) => (
        <StepCard
          key={step.id}
          step={step}
          operator={operators.find((one) => one.key === step.op)}
          isFirst={index === 0}
          isLast={index === steps.length - 1}
          onChange={(changes) => onChange(changed(steps, step.id, changes))}
          onMove={(by) => onChange(moved(steps, step.id, by))}
          onRemove={() => onChange(steps.filter((one) => one.id !== step.id))}
        />
      ))}
    </ol>
  );
}

function SavePanel({
  project,
  recipe,
  steps,
  onOpen,
}: {
  project: string;
  recipe: Recipe | undefined;
  steps: readonly Step[];
  onOpen: (recipe: string | undefined) => void;
}) {
  const t = useT("augment");
  const [name, setName] = useState(recipe?.name ?? "");
  const [isBusy, setIsBusy] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  if (!useMay("curate_project")) return null;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    await act(async () => {
      const kept = recipe
        ? await saveRecipe(recipe, name.trim(), steps)
        : await createRecipe(project, name.trim(), steps);
      toast(t("saved", { name: kept.name }));
      onOpen(kept.id);
    });
    setIsBusy(false);
  };
  return (
    <Panel>
      <form onSubmit={save} className={styles.save}>
        <TextField
          label={t("name")}
          value={name}
          onChange={setName}
          placeholder={t("namePlaceholder")}
          required
        />
        <Button
          type="submit"
          variant="primary"
          loading={isBusy}
          disabled={!name.trim() || steps.length === 0}
        >
          {recipe ? t("save") : t("create")}
        </Button>
        {recipe ? (
          <IconButton label={t("delete")} onClick={() => setIsAsking(true)}>
            <IconTrash size={16} />
          </IconButton>
        ) : null}
      </form>
      {recipe ? (
        <ConfirmDialog
          open={isAsking}
          onClose={() => setIsAsking(false)}
          title={t("deleteTitle", { name: recipe.name })}
          confirm={t("delete")}
          variant="danger"
          onConfirm={() =>
            act(async () => {
              await deleteRecipe(recipe);
              onOpen(undefined);
            })
          }
        >
          {t("deleteText")}
        </ConfirmDialog>
      ) : null}
    </Panel>
  );
}
