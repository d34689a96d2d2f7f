import { describe, expect, it } from "vitest";
import { figureOf } from "./metrics";

describe("a figure of a model", () => {
  it("is taken from the test split before the validation split", () => {
    const metrics = {
      val: { accuracy: { value: 0.9, low: 0.8, high: 1 } },
      test: { accuracy: { value: 0.7, low: 0.6, high: 0.8 } },
    };
    expect(figureOf(metrics, "accuracy")).toBe(0.7);
    expect(figureOf({ val: metrics.val }, "accuracy")).toBe(0.9);
  });

  it("may stand there flat, or not at all", () => {
    expect(figureOf({ accuracy: 0.5 }, "accuracy")).toBe(0.5);
    expect(figureOf({}, "accuracy")).toBeNull();
    expect(figureOf(undefined, "accuracy")).toBeNull();
  });
});
