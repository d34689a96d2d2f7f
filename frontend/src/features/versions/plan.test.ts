import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countOf, partsOf, thinClasses } from "./plan";

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
