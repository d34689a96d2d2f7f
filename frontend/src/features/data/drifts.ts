import { isRecord } from "@/api/errors";
import type { Finding } from "@/api/samples";

export const MEASURES = ["ks", "ks_length", "psi", "missing"] as const;

interface Sides {
  now: number;
  before: number;
}

/** What a finding says of a column that has changed since a version. */
export interface Drift {
  index: number;
  name: string;
  measure: (typeof MEASURES)[number];
  value: number;
  missing: Sides;
  bins?: { low: number | string; high: number | string; now: readonly number[]; before: readonly number[] };
  levels?: readonly (Sides & { value: string })[];
  others?: Sides & { levels: number };
}

/** The columns of a finding that tell how they changed; older findings name them only. */
export function driftsOf({ params }: Finding): Drift[] {
  const { columns } = params;
  return Array.isArray(columns) ? columns.filter(isDrift) : [];
}

function isDrift(one: unknown): one is Drift {
  if (!isRecord(one) || typeof one.index !== "number" || typeof one.value !== "number") return false;
  return isRecord(one.missing) && MEASURES.some((measure) => measure === one.measure);
}
