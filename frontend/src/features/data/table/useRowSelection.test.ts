import { expect, test } from "vitest";
import { changedBy, MOST_NAMED } from "./useRowSelection";

test("rows are turned on and off beside those that are chosen", () => {
  expect(changedBy([1, 2], [2, 3], true)).toEqual(new Set([1, 2, 3]));
  expect(changedBy([1, 2], [2, 3], false)).toEqual(new Set([1]));
});

test("more rows than can be named are not taken", () => {
  const many = Array.from({ length: MOST_NAMED }, (_, id) => id);
  expect(changedBy([], many, true)?.size).toBe(MOST_NAMED);
  expect(changedBy(many, [MOST_NAMED], true)).toBeNull();
  expect(changedBy(many, [0], false)?.size).toBe(MOST_NAMED - 1);
});
