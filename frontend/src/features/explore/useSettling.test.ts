import { expect, test } from "vitest";
import type { Suspicion } from "@/api/embeddings";
import type { Sample, SampleShape } from "@/api/types";
import { corrected } from "./useSettling";

const shape = (id: string, label: string): SampleShape => ({ id, kind: "class", label, source: "import" });
const row = (change: Partial<Suspicion>, shapes: SampleShape[]): Suspicion => {
  const annotation = { revision: 3, shapes, source: "import" };
  return {
    id: 1,
    rank: 0,
    margin: -0.5,
    given: "cat",
    suggested: "dog",
    shape: null,
    sample: { id: "s", annotation } as unknown as Sample,
    ...change,
  };
};
const said = (shapes: SampleShape[]) => shapes.map(({ id, label }) => [id, label]);

test("one class is replaced by the suggested one", () => {
  expect(corrected(row({}, [shape("a", "cat")])).map(({ label }) => label)).toEqual(["dog"]);
});

test("of several marks only the one that is meant gets another class", () => {
  const shapes = [shape("a", "cat"), shape("b", "cat")];
  expect(said(corrected(row({ shape: "b" }, shapes)))).toEqual([
    ["a", "cat"],
    ["b", "dog"],
  ]);
});

test("a class that is too many goes, one that is missing comes, the others stay", () => {
  const shapes = [shape("a", "cat"), shape("b", "sea")];
  expect(said(corrected(row({ suggested: null }, shapes)))).toEqual([["b", "sea"]]);
  const labels = corrected(row({ given: null }, shapes)).map(({ label }) => label);
  expect(labels).toEqual(["cat", "sea", "dog"]);
});
