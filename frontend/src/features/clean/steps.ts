import { asAppError, isRecord } from "@/api/errors";
import { defaultsOf, type Edited, type PlainStep, type StepOperator } from "@/app/steps/steps";
import { lookup } from "@/i18n";

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

/** What the server said about each step's parameters: `recipe.steps.2.params.pattern` is step 2's `pattern`. */
export function faultsOf(error: unknown): ReadonlyMap<number, Record<string, string>> {
  const found = new Map<number, Record<string, string>>();
  if (!error) return found;
  const { fields } = asAppError(error).params;
  if (!isRecord(fields)) return found;
  for (const [path, said] of Object.entries(fields)) {
    const match = /^recipe\.steps\.(\d+)\.params\.(.+)$/.exec(path);
    const first: unknown = Array.isArray(said) ? said[0] : said;
    if (!match?.[1] || !match[2] || typeof first !== "string") continue;
    const place = Number(match[1]);
    found.set(place, { ...found.get(place), [match[2]]: lookup("clean", `fault_${match[2]}`) ?? first });
  }
  return found;
}
