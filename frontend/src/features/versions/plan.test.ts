import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  columnFilters,
  countOf,
  FIRST_CHOICE,
  GIVEN,
  lacksColumn,
  partsOf,
  type SplitChoice,
  splitOf,
  thinClasses,
} from "./plan";

describe("planning a version", () => {
  it("never loses or invents a picture", () => {
    const percents = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(fc.nat(100_000), percents, (count, [val, test]) => {
        const parts = partsOf(count, { train: 100 - val - test, val, test });
        expect(parts.train + parts.val + parts.test).toBeGreaterThanOrEqual(count);
        expect(parts.train + parts.val + parts.test).toBeLessThanOrEqual(count + 1);
      }),
    );
  });

  it("counts labeled together with reviewed unless told otherwise", () => {
    const states = { unlabeled: 5, labeled: 30, reviewed: 10, draft: 1, rejected: 2 };
    expect(countOf(states, "labeled")).toBe(40);
    expect(countOf(states, "reviewed")).toBe(10);
    expect(countOf(states, "all")).toBe(48);
  });

  it("names classes with fewer pictures than parts", () => {
    const classes = [
      { id: "1", name: "rare", count: 2 },
      { id: "2", name: "common", count: 90 },
      { id: "3", name: "unused", count: 0 },
    ];
    expect(thinClasses(classes, { train: 80, val: 10, test: 10 })).toEqual(["rare"]);
    expect(thinClasses(classes, { train: 80, val: 20, test: 0 })).toEqual([]);
  });
});

describe("choosing a split", () => {
  const version = "01a2";

  it("sends one source of the test split, and none with a given split", () => {
    const of = (change: Partial<SplitChoice>) => splitOf({ ...FIRST_CHOICE, ...change });
    expect(of({})).toMatchObject({ lock_test: false, test_of: null, train: 0.7 });
    expect(of({ test: GIVEN })).toMatchObject({ lock_test: true, test_of: null });
    expect(of({ test: version })).toMatchObject({ lock_test: false, test_of: version });
    expect(of({ strategy: "given", test: version })).toMatchObject({ lock_test: false, test_of: null });
    expect(of({ strategy: "given", test: GIVEN })).toMatchObject({ lock_test: false, test_of: null });
  });

  it("asks a table for the columns that the choice goes by and sends no others", () => {
    const locked: SplitChoice = { ...FIRST_CHOICE, test: GIVEN, column: "4" };
    expect(lacksColumn(FIRST_CHOICE)).toBe(false);
    expect(lacksColumn(locked)).toBe(true);
    expect(columnFilters({ ...locked, testColumn: "2" })).toEqual({ test_column: "2" });
    const given: SplitChoice = { ...locked, strategy: "given", testColumn: "2" };
    expect(lacksColumn(given)).toBe(false);
    expect(columnFilters(given)).toEqual({ split_column: "4" });
  });
});
