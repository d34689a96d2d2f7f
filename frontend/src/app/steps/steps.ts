import type { PlainStep, StepOperator } from "@/api/cleanings";
import { asAppError, isRecord } from "@/api/errors";
import { lookup } from "@/i18n";

export type { PlainStep, StepOperator } from "@/api/cleanings";

/** A step of the list on screen; `id` stays while the step moves. One that `isNew` nobody has filled in yet. */
export type Edited<S extends PlainStep> = S & { id: number; isNew?: boolean };

/** Where the words of operators, groups, parameters and choices stand. */
export type StepWords = "augment" | "clean" | "cleanRows";

/** Every parameter at its default. */
export function defaultsOf(operator: StepOperator): Record<string, unknown> {
  const properties = Object.entries(operator.params_schema.properties ?? {});
  return Object.fromEntries(properties.map(([name, rule]) => [name, rule.default]));
}

/** Steps with ids of their own. */
export function edited<S extends PlainStep>(steps: readonly S[]): Edited<S>[] {
  return steps.map((step, id) => ({ ...step, id }));
}

export function added<S extends PlainStep>(steps: readonly Edited<S>[], step: S): Edited<S>[] {
  const id = Math.max(-1, ...steps.map((one) => one.id)) + 1;
  return [...steps, { ...step, id, isNew: true }];
}

/** The list with one step `by` places further down; it stays inside the list. */
export function moved<S extends PlainStep>(steps: readonly Edited<S>[], id: number, by: number): Edited<S>[] {
  const from = steps.findIndex((step) => step.id === id);
  const step = steps[from];
  if (!step) return [...steps];
  const rest = steps.filter((one) => one.id !== id);
  const to = Math.min(Math.max(from + by, 0), rest.length);
  return [...rest.slice(0, to), step, ...rest.slice(to)];
}

export function changed<S extends PlainStep>(
  steps: readonly Edited<S>[],
  id: number,
  changes: Partial<S>,
): Edited<S>[] {
  return steps.map((step) => (step.id === id ? { ...step, ...changes, isNew: false } : step));
}

/** Operators by group, in the server's order of both. */
export function grouped<O extends StepOperator>(operators: readonly O[]): [O["group"], O[]][] {
  const groups = new Map<O["group"], O[]>();
  for (const operator of operators)
    groups.set(operator.group, [...(groups.get(operator.group) ?? []), operator]);
  return [...groups];
}

/**
 * What the server said about each step's parameters: `steps.2.params.pattern` is step 2's `pattern`.
 *
 * The words are those of the operators, for one of them or for all that have such a parameter.
 */
export function faultsOf(
  error: unknown,
  words: StepWords,
  steps: readonly { op: string }[],
): ReadonlyMap<number, Record<string, string>> {
  const found = new Map<number, Record<string, string>>();
  if (!error) return found;
  const { fields } = asAppError(error).params;
  if (!isRecord(fields)) return found;
  for (const [path, said] of Object.entries(fields)) {
    const match = /^(?:recipe\.)?steps\.(\d+)\.params\.(.+)$/.exec(path);
    const first: unknown = Array.isArray(said) ? said[0] : said;
    if (!match?.[1] || !match[2] || typeof first !== "string") continue;
    const place = Number(match[1]);
    const inWords =
      lookup(words, `fault_${steps[place]?.op}_${match[2]}`) ?? lookup(words, `fault_${match[2]}`) ?? first;
    found.set(place, { ...found.get(place), [match[2]]: inWords });
  }
  return found;
}
