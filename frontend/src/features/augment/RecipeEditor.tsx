import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import {
  type AugmentedSound,
  type AugmentedText,
  createRecipe,
  deleteRecipe,
  type Operator,
  previewQuery,
  type Recipe,
  type RenderedSample,
  type Step,
  saveRecipe,
} from "@/api/augment";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import { AddStep } from "@/app/steps/AddStep";
import { StepCard } from "@/app/steps/StepCard";
import { faultsOf } from "@/app/steps/steps";
import stepStyles from "@/app/steps/steps.module.css";
import { useRested } from "@/app/useRested";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import {
  Badge,
  Button,
  ConfirmDialog,
  EmptyState,
  IconButton,
  Panel,
  Row,
  SliderField,
  Stack,
  TextField,
  toast,
} from "@/ui";
import styles from "./augment.module.css";
import { afterSave, type Draft, draftOf, following, isDirty, theirsOf, withMine } from "./draft";
import { Pictures } from "./Pictures";
import { PreviewPanel } from "./PreviewPanel";
import { Sounds } from "./Sounds";
import { added, changed, type EditedStep, MAX_STEPS, moved, newStep, sent } from "./steps";
import { Texts } from "./Texts";

/** Long enough to skip what a hand passes over, short enough not to be felt. */
const REST_MS = 60;
/** Recordings are decoded anew for every preview. */
const SOUNDS_REST_MS = 400;

interface EditorProps {
  dataset: Dataset;
  operators: readonly Operator[];
  recipe: Recipe | undefined;
  onOpen: (recipe: string | undefined) => void;
}

/** The steps on the left, what they do on the right. A refetch never takes unsaved steps away. */
export function RecipeEditor({ dataset, operators, recipe, onOpen }: EditorProps) {
  const t = useWords("augment", dataset.modality);
  const [held, setHeld] = useState(() => draftOf(recipe));
  const draft = following(held, recipe);
  // Always from the newest draft: a save ends long after the click that began it.
  const change = (next: (draft: Draft) => Draft) => setHeld((was) => next(following(was, recipe)));
  const setSteps = (steps: readonly EditedStep[]) => change((was) => ({ ...was, steps }));
  const { steps } = draft;
  const [seed, setSeed] = useState(1);
  const rested = useRested(sent(steps), dataset.modality === "audio" ? SOUNDS_REST_MS : REST_MS);
  const faults = faultsOf(useQuery(previewQuery(dataset.id, rested, seed)).error, "augment", rested);
  return (
    <div className={styles.editor}>
      <Stack>
        <SavePanel dataset={dataset} recipe={recipe} draft={draft} onChange={change} onOpen={onOpen} />
        {steps.length === 0 ? (
          <EmptyState compact title={t("emptyTitle")}>
            {t("emptyText")}
          </EmptyState>
        ) : (
          <Steps
            modality={dataset.modality}
            steps={steps}
            operators={operators}
            faults={faults}
            onChange={setSteps}
          />
        )}
        <AddStep
          words="augment"
          operators={operators}
          disabled={steps.length >= MAX_STEPS}
          onAdd={(operator) => setSteps(added(steps, newStep(operator)))}
        />
      </Stack>
      <Preview
        dataset={dataset}
        steps={rested}
        seed={seed}
        onSeed={setSeed}
        isFaulty={steps.length > 0 && faults.size > 0}
      />
    </div>
  );
}

interface PreviewProps {
  dataset: Dataset;
  steps: readonly Step[];
  seed: number;
  onSeed: (seed: number) => void;
  isFaulty: boolean;
}

function Preview(shown: PreviewProps) {
  const { dataset, steps } = shown;
  const { classes } = dataset.label_schema;
  switch (dataset.modality) {
    case "text":
      return (
        <PreviewPanel<AugmentedText> {...shown}>
          {(preview) => <Texts preview={preview} classes={classes} hasSteps={steps.length > 0} />}
        </PreviewPanel>
      );
    case "audio":
      return (
        <PreviewPanel<AugmentedSound> {...shown}>
          {(preview) => <Sounds preview={preview} classes={classes} />}
        </PreviewPanel>
      );
    default:
      return (
        <PreviewPanel<RenderedSample> {...shown}>
          {(preview) => <Pictures preview={preview} classes={classes} />}
        </PreviewPanel>
      );
  }
}

function Steps({
  modality,
  steps,
  operators,
  faults,
  onChange,
}: {
  modality: string;
  steps: readonly EditedStep[];
  operators: readonly Operator[];
  faults: ReadonlyMap<number, Record<string, string>>;
  onChange: (steps: EditedStep[]) => void;
}) {
  const t = useWords("augment", modality);
  return (
    <ol className={stepStyles.steps} aria-label={t("steps")}>
      {steps.map((step, index) => (
        <StepCard
          key={step.id}
          words="augment"
          step={step}
          operator={operators.find((one) => one.key === step.op)}
          isFirst={index === 0}
          isLast={index === steps.length - 1}
          errors={step.isNew ? {} : (faults.get(index) ?? {})}
          onParams={(params) => onChange(changed(steps, step.id, { params }))}
          onLeave={() => step.isNew && onChange(changed(steps, step.id, {}))}
          onMove={(by) => onChange(moved(steps, step.id, by))}
          onRemove={() => onChange(steps.filter((one) => one.id !== step.id))}
        >
          <SliderField
            label={t("share")}
            hint={t("shareHint")}
            value={step.p}
            min={0}
            max={1}
            step={0.05}
            format={(p) => formatPercent(p, 0)}
            onChange={(p) => onChange(changed(steps, step.id, { p }))}
          />
        </StepCard>
      ))}
    </ol>
  );
}

interface SaveProps {
  dataset: Dataset;
  recipe: Recipe | undefined;
  draft: Draft;
  onChange: (next: (draft: Draft) => Draft) => void;
  onOpen: (recipe: string | undefined) => void;
}

function SavePanel({ dataset, recipe, draft, onChange, onOpen }: SaveProps) {
  const t = useWords("augment", dataset.modality);
  const [isBusy, setIsBusy] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  if (!useMay("curate_project")) return null;
  const name = draft.name.trim();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    await act(async () => {
      const kept = await keptOf(dataset, recipe, draft).catch((error: unknown) => {
        const theirs = theirsOf(error);
        if (!theirs) throw error;
        onChange((was) => ({ ...was, theirs }));
      });
      if (!kept) return;
      onChange((was) => afterSave(was, draft, kept));
      toast(t("saved", { name: kept.name }));
      onOpen(kept.id);
    });
    setIsBusy(false);
  };
  return (
    <>
      {draft.theirs ? <Conflict theirs={draft.theirs} onChange={onChange} /> : null}
      <Panel>
        <form onSubmit={save} className={styles.save}>
          <TextField
            label={t("name")}
            value={draft.name}
            onChange={(text) => onChange((was) => ({ ...was, name: text }))}
            placeholder={t("namePlaceholder")}
            required
          />
          <Button
            type="submit"
            variant="primary"
            loading={isBusy}
            disabled={!name || draft.steps.length === 0 || draft.theirs !== null}
          >
            {recipe ? t("save") : t("create")}
          </Button>
          {recipe ? (
            <IconButton label={t("delete")} onClick={() => setIsAsking(true)}>
              <IconTrash size={16} />
            </IconButton>
          ) : null}
        </form>
        {recipe && isDirty(draft) ? <Badge tone="warn">{t("unsaved")}</Badge> : null}
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
    </>
  );
}

function keptOf(dataset: Dataset, recipe: Recipe | undefined, draft: Draft): Promise<Recipe> {
  const name = draft.name.trim();
  const steps = sent(draft.steps);
  if (!recipe) return createRecipe(dataset, name, steps);
  return saveRecipe({ ...recipe, revision: draft.base?.revision ?? 0 }, name, steps);
}

/** Somebody else kept the recipe first; nothing is overwritten until one of the two is chosen. */
function Conflict({ theirs, onChange }: { theirs: Recipe; onChange: SaveProps["onChange"] }) {
  const t = useT("augment");
  return (
    <Panel
      tone="warn"
      title={t("staleTitle")}
      actions={
        <Row>
          <Button onClick={() => onChange(() => draftOf(theirs))}>{t("keepTheirs")}</Button>
          <Button onClick={() => onChange(withMine)}>{t("keepMine")}</Button>
        </Row>
      }
    >
      {t("staleText")}
    </Panel>
  );
}
