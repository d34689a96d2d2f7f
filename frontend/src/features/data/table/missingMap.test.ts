import { expect, test } from "vitest";
import { rowsOf } from "./MissingMap";

test("a pattern shows the rows that lack its columns and no other of the map", () => {
  expect(JSON.parse(rowsOf([1, 4], [1, 2, 4]))).toEqual([
    { column: 1, op: "missing" },
    { column: 4, op: "missing" },
    { column: 2, op: "filled" },
  ]);
});

test("of many columns the missing ones are asked for first, within what a filter holds", () => {
  const columns = Array.from({ length: 40 }, (_, index) => index);
  const asked = JSON.parse(rowsOf([30, 31], columns));
  expect(asked).toHaveLength(20);
  expect(asked.slice(0, 2)).toEqual([
    { column: 30, op: "missing" },
    { column: 31, op: "missing" },
  ]);
});
