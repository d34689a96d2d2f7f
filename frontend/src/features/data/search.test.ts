import { describe, expect, it } from "vitest";
import { conditionsOf, type DataSearch, NO_FILTERS, selectionKey } from "./search";

/** Filters of samples; `rows` and `column` are those of a table, which has a page of its own. */
const NARROWING = Object.keys(NO_FILTERS).filter(
  (name) => name !== "rows" && name !== "column",
) as (keyof DataSearch)[];

it("tells a change of all what lies in a region of the map, but not what is near a sample", () => {
  expect(conditionsOf({ region: "0,0,1,0,1,1", label: "c" })).toEqual({ region: "0,0,1,0,1,1", label: "c" });
  expect(conditionsOf({ similar: "s", q: "a" })).toBeUndefined();
});

describe("what a selection belongs to", () => {
  it.each(NARROWING)("is another one when %s changes", (name) => {
    const before: DataSearch = { dataset: "d", view: "table" };
    expect(selectionKey({ ...before, [name]: "a" })).not.toBe(selectionKey(before));
    expect(selectionKey({ ...before, [name]: "a" })).not.toBe(selectionKey({ ...before, [name]: "b" }));
  });

  it("stays the same when only the order, the columns or the open sample change", () => {
    const search: DataSearch = { q: "state:labeled" };
    const shown = { ...search, ordering: "-size", columns: "name", sample: "s" };
    expect(selectionKey(shown)).toBe(selectionKey(search));
  });
});
