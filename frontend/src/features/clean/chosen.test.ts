import { beforeAll, describe, expect, it } from "vitest";
import type { ChosenCount } from "@/api/cleanings";
import { loadStrings } from "@/i18n";
import { chosenText } from "./chosen";

const ONE: ChosenCount = { step: 0, to: "bin", count: 34, total: 156, exact: true, examples: [] };

const said = (one: ChosenCount) => chosenText(one, [one]);

describe("what a step that chooses says before it is applied", () => {
  beforeAll(() => loadStrings(["clean", "data"]));

  it("says how many of how many go to the bin", () => {
    expect(said(ONE)).toBe("34 of 156 samples go to the bin.");
    expect(said({ ...ONE, count: 1 })).toBe("1 of 156 samples goes to the bin.");
  });

  it("says at most where a step before may have taken the same ones", () => {
    expect(said({ ...ONE, exact: false })).toBe("At most 34 of 156 samples go to the bin.");
  });

  it("names the split where they stay", () => {
    expect(said({ ...ONE, to: "test" })).toContain("get the split Test");
  });

  it("does not make up a figure that only the checks can tell", () => {
    expect(said({ ...ONE, count: null, exact: false })).toContain("once the checks have run");
    expect(said({ ...ONE, step: 1, count: null, exact: false })).toContain("the steps before");
  });
});
