import { expect, test } from "vitest";
import { DEFAULT_SETTLING, methodsOf, settlingFor, togetherOf, votesNeeded } from "./settling";

test.each([
  [2, 0.5, 2],
  [3, 0.5, 2],
  [3, 0.67, 3],
  [4, 0.5, 3],
  [4, 0.75, 3],
  [5, 0.6, 3],
  [5, 0.65, 4],
  [5, 1, 5],
])("of %d answers at a share of %d so many must say the same: %d", (answers, quorum, expected) => {
  expect(votesNeeded(answers, quorum)).toBe(expected);
});

test("a share that a fraction cannot hold exactly asks for no vote more", () => {
  expect(votesNeeded(5, 0.1 + 0.7)).toBe(4);
});

test("votes are weighted where one class is chosen only", () => {
  expect(methodsOf("image_classification")).toContain("weighted");
  expect(methodsOf("object_detection")).not.toContain("weighted");
  expect(methodsOf("image_multilabel")).not.toContain("weighted");
});

test("known samples are asked for where answers are compared only", () => {
  const majority = { ...DEFAULT_SETTLING, method: "majority" } as const;
  expect(togetherOf(majority, 0.1)).toEqual({ consensus: majority, gold: { rate: 0.1 } });
  expect(togetherOf(majority, 0)).toEqual({ consensus: majority });
  expect(togetherOf(DEFAULT_SETTLING, 0.1)).toEqual({ consensus: DEFAULT_SETTLING });
});

test("with another data set the way of settling becomes one that its task allows", () => {
  const weighted = { ...DEFAULT_SETTLING, method: "weighted", quorum: 0.8 } as const;
  expect(settlingFor("image_classification", weighted)).toEqual(weighted);
  expect(settlingFor("object_detection", weighted)).toEqual({ ...weighted, method: "majority" });
  expect(settlingFor("object_detection", DEFAULT_SETTLING)).toEqual(DEFAULT_SETTLING);
});
