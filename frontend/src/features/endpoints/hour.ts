import type { EndpointMetrics } from "@/api/endpoints";

const MINUTE_S = 60;
const HOUR_S = 3_600;

type Point = [x: number, y: number];

export interface Hour {
  /** The first and the last minute, in seconds since 1970. */
  range: [number, number];
  requests: Point[];
  errors: Point[];
  p50: Point[];
  p95: Point[];
}

/** Curves of all sixty minutes: nobody asked in those that are not named, and nothing took time in them. */
export function hourOf({ until, per_minute: minutes }: Pick<EndpointMetrics, "until" | "per_minute">): Hour {
  const last = Math.floor(Date.parse(until) / 1_000 / MINUTE_S) * MINUTE_S;
  const first = last - HOUR_S + MINUTE_S;
  const known = new Map(minutes.map((minute) => [Math.round(Date.parse(minute.at) / 1_000), minute]));
  const starts = Array.from({ length: HOUR_S / MINUTE_S }, (_, index) => first + index * MINUTE_S);
  const latency = (share: "p50" | "p95") =>
    starts.flatMap((at): Point[] => {
      const value = known.get(at)?.latency[share];
      return value === null || value === undefined ? [] : [[at, value]];
    });
  return {
    range: [first, last],
    requests: starts.map((at) => [at, known.get(at)?.requests ?? 0]),
    errors: starts.map((at) => [at, known.get(at)?.errors ?? 0]),
    p50: latency("p50"),
    p95: latency("p95"),
  };
}
