import { describe, expect, it } from "vitest";
import { cellOf, mistakesOf } from "./figures";

describe("figures of a report", () => {
  it("reads a cell from the address and nothing that is none", () => {
    expect(cellOf("2,0", 3)).toEqual([2, 0]);
    expect([cellOf("3,0", 3), cellOf("a,b", 3), cellOf(undefined, 3), cellOf("1", 3)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("lists the mistakes, most frequent first, without the diagonal", () => {
    expect(
      mistakesOf([
        [9, 1, 0],
        [4, 8, 2],
        [0, 0, 7],
      ]),
    ).toEqual([
      { truth: 1, predicted: 0, count: 4 },
      { truth: 1, predicted: 2, count: 2 },
      { truth: 0, predicted: 1, count: 1 },
    ]);
  });
});
