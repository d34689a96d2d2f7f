import type { Operator, Step } from "@/api/augment";
import { defaultsOf, type Edited } from "@/app/steps/steps";

export { added, changed, edited, grouped, moved } from "@/app/steps/steps";

export type EditedStep = Edited<Step>;

/** The server takes no more. */
export const MAX_STEPS = 16;

/** A step of this operator with every parameter at its default. */
export function newStep(operator: Operator): Step {
  return { op: operator.key, params: defaultsOf(operator), p: 1 };
}

/** What is sent: without the ids of the screen. */
export function sent(steps: readonly EditedStep[]): Step[] {
  return steps.map(({ op, params, p }) => ({ op, params, p }));
}
