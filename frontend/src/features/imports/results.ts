import { isRecord } from "@/api/errors";
import type { ColumnKind, ImportColumn, ImportProblem, ImportResult } from "@/api/imports";
import { wordKey } from "@/app/words";
import { lookup } from "@/i18n";

const number = (value: unknown) => (typeof value === "number" ? value : 0);
const text = (value: unknown) => (typeof value === "string" ? value : "");

function problemOf(value: unknown): ImportProblem[] {
  return isRecord(value)
    ? [{ code: text(value.code), where: text(value.where), detail: text(value.detail) }]
    : [];
}

function columnOf(value: unknown): ImportColumn[] {
  return isRecord(value) && "role" in value
    ? [{ role: text(value.role), column: text(value.column), why: text(value.why) }]
    : [];
}

function kindOf(value: unknown): ColumnKind[] {
  return isRecord(value) && "kind" in value ? [{ name: text(value.name), kind: text(value.kind) }] : [];
}

function rowOf(value: unknown): (string | null)[][] {
  return Array.isArray(value) ? [value.map((cell) => (cell === null ? null : String(cell)))] : [];
}

/** A job's result as that of an import; figures it does not name are zero. */
export function importResult(raw: Readonly<Record<string, unknown>> | null | undefined): ImportResult | null {
  if (!raw) return null;
  const { problems, problem_samples: listed, classes, also, columns, rows } = raw;
  return {
    created: number(raw.created),
    duplicates: number(raw.duplicates),
    annotated: number(raw.annotated),
    skipped: number(raw.skipped),
    tagged: number(raw.tagged),
    problems: isRecord(problems)
      ? Object.fromEntries(Object.entries(problems).map(([code, count]) => [code, number(count)]))
      : {},
    problem_samples: Array.isArray(listed) ? listed.flatMap(problemOf) : [],
    format: text(raw.format),
    modality: text(raw.modality) || "image",
    reason: text(raw.reason),
    also: Array.isArray(also) ? also.map(String) : [],
    classes: Array.isArray(classes) ? classes.map(String) : [],
    columns: Array.isArray(columns) ? columns.flatMap(columnOf) : [],
    kinds: Array.isArray(columns) ? columns.flatMap(kindOf) : [],
    rows: Array.isArray(rows) ? rows.flatMap(rowOf) : [],
  };
}

/** Several parts as one. */
export function sumOf(results: readonly ImportResult[]): ImportResult {
  const problems: Record<string, number> = {};
  for (const result of results)
    for (const [code, count] of Object.entries(result.problems))
      problems[code] = (problems[code] ?? 0) + count;
  const sum = (field: "created" | "duplicates" | "annotated" | "skipped" | "tagged") =>
    results.reduce((total, result) => total + result[field], 0);
  return {
    created: sum("created"),
    duplicates: sum("duplicates"),
    annotated: sum("annotated"),
    skipped: sum("skipped"),
    tagged: sum("tagged"),
    problems,
    problem_samples: results.flatMap((result) => result.problem_samples).slice(0, 100),
    format: results[0]?.format ?? "",
    modality: results[0]?.modality ?? "image",
    reason: results[0]?.reason ?? "",
    also: results[0]?.also ?? [],
    kinds: results[0]?.kinds ?? [],
    rows: results[0]?.rows ?? [],
    classes: [...new Set(results.flatMap((result) => result.classes ?? []))],
    columns: results[0]?.columns ?? [],
  };
}

/** Whether it is about rows of a table, not about pictures. */
export function isTable({ format }: Pick<ImportResult, "format">): boolean {
  return format?.endsWith("_table") ?? false;
}

/** What is wrong with an entry, in the words of its modality. */
export function problemText(
  { code, detail }: Pick<ImportProblem, "code" | "detail">,
  modality: string,
): string {
  const key = `problem_${code}`;
  return lookup("imports", wordKey(modality, key)) ?? lookup("imports", key) ?? (detail || code);
}

/** What to do about it, in the reader's language; undefined where the code has no words. */
export function remedyText(code: string, modality: string): string | undefined {
  const key = `remedy_${code}`;
  return lookup("imports", wordKey(modality, key)) ?? lookup("imports", key);
}

/** The problems of one code. `says` are the program's own sentences, as far as they tell one place from another. */
export interface ProblemGroup {
  code: string;
  count: number;
  places: readonly ImportProblem[];
  says: ReadonlySet<string>;
}

/** Problems by their code, the most frequent first; of each the places that are listed, each once. */
export function problemGroups({ problems, problem_samples: listed }: ImportResult): ProblemGroup[] {
  return Object.entries(problems)
    .toSorted(([, one], [, other]) => other - one)
    .map(([code, count]) => {
      const own = listed.filter((row) => row.code === code);
      const places = [...new Map(own.map((row) => [`${row.where} ${row.detail}`, row])).values()];
      const details = new Set(places.flatMap(({ detail }) => (detail ? [detail] : [])));
      const isOneForAll = places.length > 1 && details.size === 1;
      return { code, count, places, says: isOneForAll ? new Set<string>() : details };
    });
}

/** A format's name in the words of a modality. */
export function formatText(format: string, modality: string): string {
  return formatWord("format", format, modality) ?? format;
}

const WORDS = {
  format: (format: string) => `format_${format}`,
  formatHelp: (format: string) => `formatHelp_${format}`,
  because: (format: string) => `because_${format}`,
} as const;

/** What is said of a format: its name, a help, or why it was taken for this one. */
export function formatWord(kind: keyof typeof WORDS, format: string, modality: string): string | undefined {
  const key = WORDS[kind](format);
  return lookup("imports", wordKey(modality, key)) ?? lookup("imports", key);
}
