import type { Permission, Project } from "@/api/types";

export type Step = "import" | "label" | "freeze" | "train" | "watch" | "deploy" | "improve" | "work";

const LABELED_ENOUGH = 0.2;

export interface Progress {
  counts: Project["counts"];
  permissions: readonly Permission[];
  isTraining: boolean;
  /** Whether something here trains what the project holds, and whether a task can hand it out for labeling. */
  canTrain: boolean;
  canHandOut: boolean;
}

function firstGap({ counts, isTraining, canTrain, canHandOut }: Progress): Step | null {
  if (counts.samples === 0) return "import";
  const isBare = counts.labeled < counts.samples * LABELED_ENOUGH && counts.versions === 0;
  if (isBare && canHandOut) return "label";
  if (isBare && counts.labeled === 0) return null;
  if (counts.versions === 0) return "freeze";
  if (isTraining) return "watch";
  if (counts.models === 0) return canTrain ? "train" : null;
  return counts.endpoints === 0 ? "deploy" : "improve";
}

const NEEDS: Readonly<Record<Step, Permission>> = {
  import: "curate_project",
  label: "label_project",
  freeze: "curate_project",
  train: "train_project",
  watch: "view_project",
  deploy: "deploy_project",
  improve: "view_project",
  work: "label_project",
};

/** The one next step from pictures to answers that this person may take; null when others have to act. */
export function nextStep(progress: Progress): Step | null {
  const { permissions } = progress;
  if (!permissions.includes("view_project")) return permissions.includes("label_project") ? "work" : null;
  const step = firstGap(progress);
  return step && permissions.includes(NEEDS[step]) ? step : null;
}
