import { asAppError, isRecord } from "@/api/errors";
import type { WeakRule, WeakRules } from "@/api/weakRules";

export const MAX_RULES = 50;

/** A rule while somebody writes it: words as lines of a field, known by an id of its own. */
export interface EditedRule {
  readonly id: number;
  readonly label: string;
  readonly kind: "words" | "pattern";
  readonly words: string;
  readonly pattern: string;
  readonly wholeWord: boolean;
  readonly matchCase: boolean;
}

/** What is wrong with a rule, by its fields. */
export type Faults = Readonly<Partial<Record<string, string>>>;

export const editedFrom = (rules: readonly WeakRule[]): EditedRule[] =>
  rules.map((rule, id) => ({
    id,
    label: rule.label,
    kind: rule.kind,
    words: rule.words.join("\n"),
    pattern: rule.pattern,
    wholeWord: rule.whole_word,
    matchCase: rule.match_case,
  }));

export const withNew = (rules: readonly EditedRule[], label: string): EditedRule[] => [
  ...rules,
  {
    id: Math.max(-1, ...rules.map(({ id }) => id)) + 1,
    label,
    kind: "words",
    words: "",
    pattern: "",
    wholeWord: false,
    matchCase: false,
  },
];

/** Each line is a word or a phrase, and is said once. */
export function wordsIn(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter(Boolean))];
}

/** Whether a rule says enough to be looked at. */
export const isWhole = ({ label, kind, words, pattern }: EditedRule): boolean =>
  label !== "" && (kind === "words" ? wordsIn(words).length > 0 : pattern !== "");

export const sentOf = (rule: EditedRule): WeakRule => ({
  label: rule.label,
  kind: rule.kind,
  words: rule.kind === "words" ? wordsIn(rule.words) : [],
  pattern: rule.kind === "pattern" ? rule.pattern : "",
  whole_word: rule.kind === "words" && rule.wholeWord,
  match_case: rule.matchCase,
});

/** What the server said of single rules, which it knows by their places: place -> field -> sentence. */
export function faultsIn(error: unknown): ReadonlyMap<number, Faults> {
  const found = new Map<number, Faults>();
  const fields = error ? asAppError(error).params.fields : undefined;
  if (!isRecord(fields)) return found;
  for (const [path, said] of Object.entries(fields)) {
    const match = /^rules\.(\d+)\.(\w+)$/.exec(path);
    const first: unknown = Array.isArray(said) ? said[0] : said;
    if (!match?.[1] || !match[2] || typeof first !== "string") continue;
    const place = Number(match[1]);
    found.set(place, { ...found.get(place), [match[2]]: first.replace(/^rule \d+: /, "") });
  }
  return found;
}

/** The rules as they stand at the server, where a refused save says so. */
export function theirsIn(error: unknown): WeakRules | null {
  const { code, params } = asAppError(error);
  return code === "stale_revision" && isSaved(params.current) ? params.current : null;
}

function isSaved(value: unknown): value is WeakRules {
  return isRecord(value) && typeof value.revision === "number" && Array.isArray(value.rules);
}
