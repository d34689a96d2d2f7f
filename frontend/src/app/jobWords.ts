import type { Job } from "@/api/types";
import { translator } from "@/i18n";

const KINDS = [
  ["embeddings", "jobKind_embeddings"],
  ["retype", "jobKind_retype"],
  ["purge", "jobKind_purge"],
  ["sync", "jobKind_sync"],
  ["references", "jobKind_references"],
  ["import", "jobKind_import"],
  ["bulk", "jobKind_bulk"],
  ["restore", "jobKind_restore"],
  ["branch", "jobKind_branch"],
  ["merge_plan", "jobKind_mergePlan"],
  ["merge", "jobKind_merge"],
  ["version", "jobKind_version"],
  ["export", "jobKind_export"],
  ["training", "jobKind_training"],
  ["run", "jobKind_training"],
  ["clean", "jobKind_clean"],
  ["quality", "jobKind_quality"],
  ["augment", "jobKind_augment"],
  ["balance", "jobKind_balance"],
  ["evaluat", "jobKind_evaluation"],
  ["deploy", "jobKind_deploy"],
  ["prelabel", "jobKind_prelabel"],
] as const;

/** A job's kind (`datasets.import`, `training.run`) in words. */
export function jobKindText(kind: string): string {
  const name = kind.split(".").at(-1) ?? kind;
  const found = KINDS.find(([part]) => name.includes(part)) ?? KINDS.find(([part]) => kind.includes(part));
  const t = translator("app");
  return found ? t(found[1]) : t("jobKind_unknown");
}

/** What a job is, in words; an import that only looked inside is told from one that wrote. */
export function jobText({ kind, result }: Pick<Job, "kind" | "result">): string {
  return result?.dry_run === true ? translator("app")("jobKind_rehearsal") : jobKindText(kind);
}

/** The file or the place that an import has read, once it has ended. */
export function sourceOf({ result }: Pick<Job, "result">): string {
  return typeof result?.source === "string" ? result.source : "";
}
