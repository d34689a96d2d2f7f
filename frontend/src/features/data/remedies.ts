import type { PlainStep } from "@/api/cleanings";
import { isRecord } from "@/api/errors";
import type { Finding } from "@/api/samples";
import type { Dataset } from "@/api/types";

/** What a finding's button says. */
export type RemedyName =
  | "drop"
  | "dedupe"
  | "group"
  | "orient"
  | "crop"
  | "mask"
  | "impute"
  | "misfit"
  | "clip"
  | "drop_columns"
  | "dedupe_rows"
  | "import"
  | "classes";

/** Where a remedy begins: a cleaning with its step filled in, a version by groups, an import, or the classes. */
export type Remedy = { readonly name: RemedyName } & (
  | { readonly to: "clean"; readonly steps: readonly PlainStep[]; readonly q?: string }
  | { readonly to: "freeze" | "import" | "classes" }
);

const clean = (name: RemedyName, op: string, params: PlainStep["params"] = {}, q?: string): Remedy => ({
  to: "clean",
  name,
  steps: [{ op, params }],
  ...(q ? { q } : {}),
});
/** The filter shows in the preview what the check named, and nothing else is touched. */
const named = (name: RemedyName, op: string, code: string, params: PlainStep["params"] = {}): Remedy =>
  clean(name, op, params, `finding:${code}`);
const dropped = (code: string): Remedy => named("drop", "drop_finding", code, { finding: code });
const GROUPED: Remedy = { to: "freeze", name: "group" };
const COPIES = clean("dedupe", "dedupe", { near: true });
const ALTERED = clean("dedupe", "dedupe", { near: true, alike: true });
const IMPORT: Remedy = { to: "import", name: "import" };
const CLASSES: Remedy = { to: "classes", name: "classes" };

/** Findings whose samples are better left out, if they are not to be kept. */
const DROPPED: ReadonlySet<string> = new Set([
  ...["unreadable", "tiny", "blurry", "dark", "bright", "low_contrast", "uniform"].map(
    (one) => `picture_${one}`,
  ),
  ...["unreadable", "empty", "short", "long", "other_script", "other_language"].map((one) => `text_${one}`),
  "outlier",
]);

const BY_CODE: Readonly<Record<string, readonly Remedy[]>> = {
  same_looking: [COPIES, GROUPED],
  same_looking_across_splits: [GROUPED, COPIES],
  look_alike: [ALTERED],
  look_alike_across_splits: [ALTERED],
  text_same: [clean("dedupe", "dedupe", { near: false }), GROUPED],
  picture_turned: [named("orient", "auto_orient", "picture_turned")],
  picture_odd_shape: [
    named("crop", "crop_center", "picture_odd_shape", { shape: "1:1" }),
    dropped("picture_odd_shape"),
  ],
  text_damaged: [dropped("text_damaged"), IMPORT],
  unreadable_files: [IMPORT],
  no_samples: [IMPORT],
  class_unused: [CLASSES],
  class_with_one_sample: [CLASSES],
  only_one_class: [CLASSES],
};

const BY_COLUMNS: Readonly<Record<string, readonly [RemedyName, string]>> = {
  column_missing: ["impute", "impute"],
  column_gaps: ["impute", "impute"],
  column_mixed: ["misfit", "impute"],
  column_outliers: ["clip", "clip"],
  column_constant: ["drop_columns", "drop"],
  column_identifier: ["drop_columns", "drop"],
  columns_alike: ["drop_columns", "drop"],
  target_leak: ["drop_columns", "drop"],
};

const PERSONAL = ["mail", "phone", "identity", "card"] as const;

/** What can be done about a finding, the likeliest first; recordings are not cleaned, but kept together. */
export function remediesOf(finding: Finding, { modality }: Pick<Dataset, "modality">): readonly Remedy[] {
  if (modality === "tabular") return ofTable(finding);
  const found = ofSamples(finding);
  if (modality !== "audio") return found;
  return finding.code === "audio_same" ? [GROUPED] : found.filter(({ to }) => to !== "clean");
}

function ofSamples({ code, params }: Finding): readonly Remedy[] {
  if (DROPPED.has(code)) return [dropped(code)];
  if (code !== "text_personal") return BY_CODE[code] ?? [];
  const kinds = isRecord(params.kinds) ? params.kinds : {};
  const wanted = PERSONAL.map((kind) => [kind, kind in kinds] as const);
  // A set that was checked by an older version names no kinds.
  const isNamed = wanted.some(([, is]) => is);
  return [named("mask", "mask_personal", code, isNamed ? Object.fromEntries(wanted) : {})];
}

function ofTable(finding: Finding): readonly Remedy[] {
  const { code } = finding;
  if (code === "rows_duplicate") return [clean("dedupe_rows", "dedupe")];
  if (code === "no_samples") return [IMPORT];
  const [name, op] = BY_COLUMNS[code] ?? [];
  const columns = namesOf(finding);
  return name && op && columns.length > 0 ? [clean(name, op, { columns })] : [];
}

function namesOf({ params: { columns } }: Finding): string[] {
  if (!Array.isArray(columns)) return [];
  const names = columns.flatMap((one: unknown) =>
    isRecord(one) && typeof one.name === "string" ? [one.name] : [],
  );
  return [...new Set(names)];
}
