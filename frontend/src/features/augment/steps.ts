import type { Operator, OperatorGroup, Step } from "@/api/augment";

/** A step of the list on screen; `id` stays while the step moves. */
export interface EditedStep extends Step {
  id: number;
}

/** The server takes no more. */
export const MAX_STEPS = 16;

/** A step of this operator with every parameter at its default. */
export function newStep(operator: Operator): Step {
  const properties = Object.entries(operator.params_schema.properties ?? {});
  return {
    op: operator.key,
    params: Object.fromEntries(properties.map(([name, rule]) => [name, rule.default])),
    p: 1,
  };
}

/** Steps with ids of their own. */
export function edited(steps: readonly Step[]): EditedStep[] {
  return steps.map((step, id) => ({ ...step, id }));
}

/** What is sent: without the ids of the screen. */
export function sent(steps: readonly EditedStep[]): Step[] {
  return steps.map(({ op, params, p }) => ({ op, params, p }));
}

export function added(steps: readonly EditedStep[], step: Step): EditedStep[] {
  const id = Math.max(-1, ...steps.map((one) => one.id)) + 1;
  return [...steps, { ...step, id }];
}

/** The list with one step `by` places further down; it stays inside the list. */
export function moved(steps: readonly EditedStep[], id: number, by: number): EditedStep[] {
  const from = steps.findIndex((step) => step.id === id);
  const step = steps[from];
  if (!step) return [...steps];
  const rest = steps.filter((one) => one.id !== id);
  const to = Math.min(Math.max(from + by, 0), rest.length);
  return [...rest.slice(0, to), step, ...rest.slice(to)];
}

export function changed(steps: readonly EditedStep[], id: number, changes: Partial<Step>): EditedStep[] {
  return steps.map((step) => (step.id === id ? { ...step, ...changes } : step));
}

/** Operators by group, in the server's order of both. */
export function grouped(operators: readonly Operator[]): [OperatorGroup, Operator[]][] {
  const groups = new Map<OperatorGroup, Operator[]>();
  for (const operator of operators)
    groups.set(operator.group, [...(groups.get(operator.group) ?? []), operator]);
  return [...groups];
}
