import { describe, expect, it } from "vitest";
import { SLUG, slugOf } from "./versionNames";

describe("an endpoint's name", () => {
  it("is made of any text that has letters or digits", () => {
    expect(slugOf("  Meadow Flowers (v2)! ")).toBe("meadow-flowers-v2");
    expect(slugOf("野花")).toBe("");
    expect(slugOf("x".repeat(90))).toHaveLength(63);
  });

  it("is refused where an address would break", () => {
    expect([SLUG.test("a-b-1"), SLUG.test("A"), SLUG.test(""), SLUG.test("a b"), SLUG.test("ä")]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
