/** A figure with its 95 % interval. */
export interface Interval {
  value: number;
  low: number | null;
  high: number | null;
}

/** Figures of a run or a model version: for each split, or flat. */
export type Metrics = Record<string, number | Interval | Record<string, number | Interval>>;

function isInterval(value: unknown): value is Interval {
  return typeof value === "object" && value !== null && "value" in value && typeof value.value === "number";
}

function plain(figure: unknown): number | null {
  if (typeof figure === "number") return figure;
  return isInterval(figure) ? figure.value : null;
}

/** One figure, of the test split before that of the validation split; null when it was not measured. */
export function figureOf(metrics: Metrics | undefined, name: string): number | null {
  for (const split of ["test", "val"]) {
    const part = metrics?.[split];
    if (typeof part !== "object" || isInterval(part)) continue;
    const value = plain(part[name]);
    if (value !== null) return value;
  }
  return plain(metrics?.[name]);
}
