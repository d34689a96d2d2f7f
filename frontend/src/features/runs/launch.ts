import type { Algorithm, Profile } from "@/api/training";
import type { DatasetVersion } from "@/api/versions";

export const PROFILES = ["fast", "balanced", "accurate"] as const satisfies readonly Profile[];

/** The parameters a preset uses. */
export function presetOf(algorithm: Algorithm | undefined, profile: Profile): Record<string, unknown> {
  const defaults = Object.entries(algorithm?.params_schema.properties ?? {}).map(
    ([name, one]) => [name, one.default] as const,
  );
  return { ...Object.fromEntries(defaults), ...algorithm?.profiles[profile] };
}

export interface Launch {
  version: Pick<DatasetVersion, "classes" | "counts">;
  mayTrain: boolean;
  isFit: boolean;
  hasAlgorithm: boolean;
}

export type Reason = "permission" | "algorithm" | "classes" | "train" | "params";

/** Why the run may not start yet; null when it may. */
export function whyNot({ version, mayTrain, isFit, hasAlgorithm }: Launch): Reason | null {
  const used = version.classes.filter(
    ({ train = 0, val = 0, test = 0, count = 0 }) => train + val + test + count > 0,
  ).length;
  if (!mayTrain) return "permission";
  if (!hasAlgorithm) return "algorithm";
  if (used < 2) return "classes";
  if (version.counts.train === 0) return "train";
  return isFit ? null : "params";
}
