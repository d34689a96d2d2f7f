import { asAppError, isRecord } from "@/api/errors";
import {
  defaultsOf,
  type Edited,
  type PlainStep,
  type StepOperator,
  type StepWords,
} from "@/app/steps/steps";
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

/**
 * What is wrong with each step's parameters: `recipe.steps.2.params.pattern` is step 2's `pattern`.
 *
 * The words are those of the operators, for one of them or for all that have such a parameter.
 */
export function faultsOf(
  error: unknown,
  words: StepWords,
  steps: readonly PlainStep[],
): ReadonlyMap<number, Record<string, string>> {
  const found = new Map<number, Record<string, string>>();
  if (!error) return found;
  const { fields } = asAppError(error).params;
  if (!isRecord(fields)) return found;
  for (const [path, said] of Object.entries(fields)) {
    const match = /^recipe\.steps\.(\d+)\.params\.(.+)$/.exec(path);
    const first: unknown = Array.isArray(said) ? said[0] : said;
    if (!match?.[1] || !match[2] || typeof first !== "string") continue;
    const place = Number(match[1]);
    const inWords =
      lookup(words, `fault_${steps[place]?.op}_${match[2]}`) ?? lookup(words, `fault_${match[2]}`) ?? first;
    found.set(place, { ...found.get(place), [match[2]]: inWords });
  }
  return found;
}
