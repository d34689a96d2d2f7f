import { describe, expect, it } from "vitest";
import { fromZero } from "@/ui/Chart";
import { hourOf } from "./hour";

const UNTIL = "2026-03-01T12:00:30+00:00";
const minute = (at: string, requests: number, p50: number | null) => ({
  at,
  requests,
  errors: 1,
  latency: { p50, p95: p50 === null ? null : 2 * p50 },
});

describe("the hour of an endpoint", () => {
  it("has every minute, with nothing where nobody asked", () => {
    const hour = hourOf({ until: UNTIL, per_minute: [minute("2026-03-01T11:30:00+00:00", 7, 3)] });
    expect(hour.requests).toHaveLength(60);
    expect(hour.requests.filter(([, count]) => count > 0)).toEqual([
      [Date.UTC(2026, 2, 1, 11, 30) / 1_000, 7],
    ]);
    expect(hour.errors.reduce((sum, [, count]) => sum + count, 0)).toBe(1);
    expect(hour.p50).toEqual([[Date.UTC(2026, 2, 1, 11, 30) / 1_000, 3]]);
    expect(hour.p95.map(([, value]) => value)).toEqual([6]);
  });

  it("ends with the minute that runs and leaves out what is older", () => {
    const old = [minute("2026-03-01T10:59:00+00:00", 5, 1), minute("2026-03-01T12:00:00+00:00", 2, null)];
    const hour = hourOf({ until: UNTIL, per_minute: old });
    expect(hour.range).toEqual([Date.UTC(2026, 2, 1, 11, 1) / 1_000, Date.UTC(2026, 2, 1, 12, 0) / 1_000]);
    expect(hour.requests.at(-1)?.[1]).toBe(2);
    expect(hour.requests.reduce((sum, [, count]) => sum + count, 0)).toBe(2);
    expect(hour.p50).toEqual([]);
  });
});

describe("an axis from zero", () => {
  it("has room above the highest figure and is never empty", () => {
    expect(fromZero(200, 4)[1]).toBeCloseTo(220);
    expect(fromZero(0, 4)).toEqual([0, 4]);
    expect(fromZero(null, 4)).toEqual([0, 4]);
  });
});
