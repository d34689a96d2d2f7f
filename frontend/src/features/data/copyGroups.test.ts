import { expect, test } from "vitest";
import type { Finding } from "@/api/samples";
import { copiesOf } from "./copyGroups";

const finding = (params: Finding["params"]): Finding => ({
  code: "same_looking",
  severity: "warning",
  count: 4,
  remedy: "",
  params,
  checked_at: "",
  samples_url: "",
});

test("groups of ids are copies with their sizes, and an older finding has none", () => {
  const examples = [
    ["a", "b"],
    ["c", "d"],
  ];
  expect(copiesOf(finding({ groups: 2, examples, sizes: [9, 2] }))).toEqual([
    { ids: ["a", "b"], size: 9 },
    { ids: ["c", "d"], size: 2 },
  ]);
  expect(copiesOf(finding({ groups: 2 }))).toEqual([]);
  expect(copiesOf(finding({ examples: [[1, 2], "x"] }))).toEqual([]);
});
