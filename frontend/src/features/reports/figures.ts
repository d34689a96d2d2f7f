import type { Evaluation, Interval } from "@/api/models";

export type Cell = readonly [truth: number, predicted: number];

/** `2,0` as row and column; null when it is not a cell of this matrix. */
export function cellOf(text: string | undefined, size: number): Cell | null {
  const parts = /^(\d+),(\d+)$/.exec(text ?? "");
  const truth = Number(parts?.[1]);
  const predicted = Number(parts?.[2]);
  return parts && truth < size && predicted < size ? [truth, predicted] : null;
}

export function cellText(truth: number, predicted: number): string {
  return `${truth},${predicted}`;
}

export function intervalOf(metric: Interval | number): Interval {
  return typeof metric === "number" ? { value: metric, low: null, high: null } : metric;
}

/** The figures of a report in the order they are shown. */
export function metricsOf({
  metrics,
  log_loss,
  calibration_error,
}: Evaluation): [string, Interval | number][] {
  const extra = Object.entries({ log_loss, calibration_error }).flatMap(([key, value]): [string, number][] =>
    typeof value === "number" ? [[key, value]] : [],
  );
  return [...Object.entries(metrics), ...extra];
}

export interface Mistake {
  truth: number;
  predicted: number;
  count: number;
}

/** Cells off the diagonal, most frequent first. */
export function mistakesOf(matrix: readonly (readonly number[])[], most = 8): Mistake[] {
  return matrix
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, most);
}
