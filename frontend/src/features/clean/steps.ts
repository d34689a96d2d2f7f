import { defaultsOf, type Edited, type PlainStep, type StepOperator } from "@/app/steps/steps";

export type EditedStep = Edited<PlainStep>;

/** The server takes no more. */
export const MAX_STEPS = 32;

/** A step of this operator with every parameter at its default. */
export function newStep(operator: StepOperator): PlainStep {
  return { op: operator.key, params: defaultsOf(operator) };
}

/** What is sent: without the ids of the screen. */
export function sent(steps: readonly EditedStep[]): PlainStep[] {
  return steps.map(({ op, params }) => ({ op, params }));
}
