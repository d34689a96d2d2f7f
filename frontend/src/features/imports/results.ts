import { isRecord } from "@/api/errors";
import type { ImportProblem, ImportResult } from "@/api/imports";
import { lookup } from "@/i18n";

const number = (value: unknown) => (typeof value === "number" ? value : 0);
const text = (value: unknown) => (typeof value === "string" ? value : "");

function problemOf(value: unknown): ImportProblem[] {
  return isRecord(value)
    ? [{ code: text(value.code), where: text(value.where), detail: text(value.detail) }]
    : [];
}

/** A job's result as that of an import; figures it does not name are zero. */
export function importResult(raw: Readonly<Record<string, unknown>> | null | undefined): ImportResult | null {
  if (!raw) return null;
  const { problems, problem_samples: listed, classes, also, columns } = raw;
  return {
    created: number(raw.created),
    duplicates: number(raw.duplicates),
    annotated: number(raw.annotated),
    skipped: number(raw.skipped),
    problems: isRecord(problems)
      ? Object.fromEntries(Object.entries(problems).map(([code, count]) => [code, number(count)]))
      : {},
    problem_samples: Array.isArray(listed) ? listed.flatMap(problemOf) : [],
    format: text(raw.format),
    reason: text(raw.reason),
    also: Array.isArray(also) ? also.map(String) : [],
    classes: Array.isArray(classes) ? classes.map(String) : [],
    columns: Array.isArray(columns)
      ? columns.flatMap((one: unknown) =>
          isRecord(one) ? [{ name: text(one.name), kind: text(one.kind) }] : [],
        )
      : [],
  };
}

/** Several parts as one. */
export function sumOf(results: readonly ImportResult[]): ImportResult {
  const problems: Record<string, number> = {};
  for (const result of results)
    for (const [code, count] of Object.entries(result.problems))
      problems[code] = (problems[code] ?? 0) + count;
  const sum = (field: "created" | "duplicates" | "annotated" | "skipped") =>
    results.reduce((total, result) => total + result[field], 0);
  return {
    created: sum("created"),
    duplicates: sum("duplicates"),
    annotated: sum("annotated"),
    skipped: sum("skipped"),
    problems,
    problem_samples: results.flatMap((result) => result.problem_samples).slice(0, 100),
    format: results[0]?.format ?? "",
    reason: results[0]?.reason ?? "",
    also: results[0]?.also ?? [],
    columns: results[0]?.columns ?? [],
    classes: [...new Set(results.flatMap((result) => result.classes ?? []))],
  };
}

/** Whether it is about rows of a table, not about pictures. */
export function isTable({ format }: Pick<ImportResult, "format">): boolean {
  return format?.endsWith("_table") ?? false;
}

export function problemText({ code, detail }: Pick<ImportProblem, "code" | "detail">): string {
  return lookup("imports", `problem_${code}`) ?? (detail || code);
}

export function formatText(format: string): string {
  return lookup("imports", `format_${format}`) ?? format;
}
