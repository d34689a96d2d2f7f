import { expect, test } from "vitest";
import { imagePoint as p } from "../geometry";
import { applyStep, type Shape } from "../model";
import { BOX_IDLE, type BoxTool, boxTool, draftOf } from "./box";
import { classesOf, classOf, classStep, toggleStep } from "./class";
import { previewOf, SELECT_IDLE, selectTool } from "./select";

const image = { width: 400, height: 300 };

function play(inputs: readonly Parameters<typeof boxTool>[1][]) {
  let state: BoxTool = BOX_IDLE;
  let drawn: ReturnType<typeof boxTool>[1];
  for (const input of inputs) {
    const [next, box] = boxTool(state, input, 4);
    state = next;
    drawn = box ?? drawn;
  }
  return { state, drawn };
}

test("dragging draws a box, whichever way", () => {
  const { state, drawn } = play([
    { type: "down", at: p(50, 60) },
    { type: "move", at: p(30, 40) },
    { type: "up", at: p(10, 20) },
  ]);
  expect(drawn).toEqual([10, 20, 40, 40]);
  expect(state.kind).toBe("idle");
});

test("two clicks draw a box too", () => {
  const { drawn } = play([
    { type: "down", at: p(10, 10) },
    { type: "up", at: p(11, 10) },
    { type: "move", at: p(60, 40) },
    { type: "down", at: p(80, 50) },
    { type: "up", at: p(80, 50) },
  ]);
  expect(drawn).toEqual([10, 10, 70, 40]);
});

test("the second click on the first draws nothing", () => {
  const { state, drawn } = play([
    { type: "down", at: p(10, 10) },
    { type: "up", at: p(10, 10) },
    { type: "down", at: p(11, 11) },
    { type: "up", at: p(11, 11) },
  ]);
  expect(drawn).toBeUndefined();
  expect(state.kind).toBe("idle");
});

test("escape drops the half-drawn box", () => {
  const { state } = play([
    { type: "down", at: p(1, 1) },
    { type: "move", at: p(50, 50) },
    { type: "escape" },
  ]);
  expect(draftOf(state)).toBeNull();
});

test("a drag moves all that is selected, a click moves nothing", () => {
  const targets = [
    { id: "a", box: [10, 10, 20, 20], handle: null },
    { id: "b", box: [370, 10, 20, 20], handle: null },
  ] as const;
  const [moving] = selectTool(SELECT_IDLE, { type: "down", at: p(15, 15), targets }, image);
  const [, moved] = selectTool(moving, { type: "up", at: p(30, 15) }, image);
  expect(moved).toEqual([
    { id: "a", box: [25, 10, 20, 20] },
    { id: "b", box: [380, 10, 20, 20] },
  ]);
  expect(selectTool(moving, { type: "up", at: p(15, 15) }, image)[1]).toBeUndefined();
});

test("a handle resizes only its own box", () => {
  const target = { id: "a", box: [10, 10, 20, 20], handle: "se" } as const;
  const [resizing] = selectTool(SELECT_IDLE, { type: "down", at: p(30, 30), targets: [target] }, image);
  const [state] = selectTool(resizing, { type: "move", at: p(50, 70) }, image);
  expect(previewOf(state, image)).toEqual([{ id: "a", box: [10, 10, 40, 60] }]);
});

test("choosing another class replaces the first, choosing the same changes nothing", () => {
  const before: Shape[] = [{ id: "x", kind: "class", label: "cat", source: "human" }];
  expect(classStep(before, "cat", "new")).toEqual([]);
  const [op] = classStep(before, "dog", "new");
  expect(op).toMatchObject({ type: "change", after: { id: "x", label: "dog" } });
});

test("of several classes, choosing one again takes it away and leaves the others", () => {
  const before: Shape[] = ["cat", "dog"].map((label) => ({
    id: label,
    kind: "class",
    label,
    source: "human",
  }));
  expect(classesOf(applyStep(before, toggleStep(before, "eel", "new")))).toEqual(["cat", "dog", "eel"]);
  const less = applyStep(before, toggleStep(before, "cat", "new"));
  expect(classesOf(less)).toEqual(["dog"]);
  expect(classesOf(applyStep(less, toggleStep(less, "dog", "new")))).toEqual([]);
});

test("confirming a suggestion makes it a person's", () => {
  const suggested: Shape[] = [{ id: "x", kind: "class", label: "cat", source: "model", score: 0.9 }];
  expect(classStep(suggested, "cat", "new")).toMatchObject([{ after: { label: "cat", source: "human" } }]);
  expect(classOf(suggested)).toBe("cat");
});
