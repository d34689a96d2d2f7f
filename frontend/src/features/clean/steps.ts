import { isRecord } from "@/api/errors";
import { defaultsOf, type Edited, edited, type PlainStep, type StepOperator } from "@/app/steps/steps";

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

/** The steps that an address asks for, as far as there are such operators and parameters; the rest at its defaults. */
export function askedFor(text: string | undefined, operators: readonly StepOperator[]): EditedStep[] {
  const asked = parsed(text);
  if (!Array.isArray(asked)) return [];
  const steps = asked.slice(0, MAX_STEPS).flatMap((one: unknown): PlainStep[] => {
    const operator = isRecord(one) ? operators.find(({ key }) => key === one.op) : undefined;
    if (!operator || !isRecord(one)) return [];
    const { op, params } = newStep(operator);
    const given = isRecord(one.params) ? one.params : {};
    const known = Object.entries(given).filter(([name]) => name in params);
    return [{ op, params: { ...params, ...Object.fromEntries(known) } }];
  });
  return edited(steps);
}

function parsed(text: string | undefined): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
