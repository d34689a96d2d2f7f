import type { MetricPoint, MetricSeries } from "@/api/training";

export const GROUPS = ["loss", "quality", "rate", "memory", "other"] as const;
export type Group = (typeof GROUPS)[number];

/** Which chart a metric belongs into, by the last part of its key (`val/accuracy`). */
export function groupOf(key: string): Group {
  const name = key.split("/").at(-1) ?? key;
  if (/loss/.test(name)) return "loss";
  if (/accuracy|f1|precision|recall|map/.test(name)) return "quality";
  if (/^(rate|lr|learning_rate)$/.test(name)) return "rate";
  return /memory/.test(name) ? "memory" : "other";
}

/** The keys of each chart, training before validation. */
export function chartsOf(series: MetricSeries): Map<Group, string[]> {
  const charts = new Map<Group, string[]>();
  for (const key of Object.keys(series).sort()) {
    const group = groupOf(key);
    charts.set(group, [...(charts.get(group) ?? []), key]);
  }
  return charts;
}

/** The best value of the first metric of this name; a loss is best when small. */
export function bestOf(series: MetricSeries, name: string): number | null {
  const key =
    Object.keys(series).find((one) => one === `val/${name}`) ??
    Object.keys(series).find((one) => one.split("/").at(-1) === name);
  const values = key ? (series[key] ?? []).map((point) => point[1]) : [];
  if (values.length === 0) return null;
  return groupOf(name) === "loss" ? Math.min(...values) : Math.max(...values);
}

/** Points with a rising step; what came twice after a resume counts once. */
export function pointsOf(points: readonly MetricPoint[]): [number, number][] {
  const last = new Map<number, number>();
  for (const [step, value] of points) last.set(step, value);
  return [...last].sort((a, b) => a[0] - b[0]);
}

/** The newest value of a key; null when there is none. */
export function lastOf(series: MetricSeries, name: string): number | null {
  const key = Object.keys(series).find((one) => one.split("/").at(-1) === name);
  return (key ? series[key]?.at(-1)?.[1] : undefined) ?? null;
}

/** Series that are curves: with one point there is nothing to see that the figures do not say. */
export function curvesOf(series: MetricSeries): MetricSeries {
  return Object.fromEntries(Object.entries(series).filter(([, points]) => points.length > 1));
}
