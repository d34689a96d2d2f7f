import { expect, test } from "vitest";
import { applyStep, type Shape } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import type { Consensus } from "@/api/consensus";
import { AGREED_COLOR, personColor } from "@/app/personColors";
import {
  beginStep,
  choicesOf,
  firstChoice,
  idsAt,
  momentOf,
  overlaid,
  overlayStyle,
  resolutionOf,
} from "./answers";

const box = (id: string, label = "cat"): Shape => ({
  id,
  kind: "box",
  label,
  box: [1, 2, 3, 4],
  source: "human",
});

const answer = (id: string, author: string, shapes: Shape[]) => ({
  id,
  author,
  shapes,
  seconds_spent: 3,
  submitted_at: "2026-11-20T10:00:00Z",
});

const row = (changes: Partial<Consensus> = {}): Consensus => ({
  id: "c1",
  campaign: "k1",
  state: "conflict",
  reason: "objects",
  revision: 2,
  sample: {
    id: "s1",
    name: "a.jpg",
    media_url: "/media/b/1",
    thumb_url: null,
    media_type: "image/png",
    payload: { width: 10, height: 10, mode: "RGB", frames: 1 },
  },
  shapes: [box("g1")],
  answers: [answer("a1", "ann", [box("x1")]), answer("a2", "ben", [box("y1", "dog"), box("y2")])],
  decided_by: null,
  decided_at: null,
  ...changes,
});

const base: Style = {
  stage: "#000000",
  colorOf: () => "#ffffff",
  nameOf: (label) => label.toUpperCase(),
  isDashed: () => false,
  withFill: true,
  jointsOf: (label) => [label],
};

test("the answers come in their order and what is agreed last, each in a color of its own", () => {
  const choices = choicesOf(row());
  expect(choices.map(({ place, author }) => [place, author])).toEqual([
    [1, "ann"],
    [2, "ben"],
    [0, null],
  ]);
  expect(choices.map(({ color }) => color)).toEqual([personColor(0), personColor(1), AGREED_COLOR]);
  expect(new Set(Array.from({ length: 5 }, (_, at) => personColor(at)).concat(AGREED_COLOR)).size).toBe(6);
});

test("in a conflict without an agreed part there is none to choose, in what is agreed to be nothing there is", () => {
  expect(choicesOf(row({ shapes: [] })).map(({ place }) => place)).toEqual([1, 2]);
  expect(choicesOf(row({ shapes: [], state: "review" })).map(({ place }) => place)).toEqual([1, 2, 0]);
});

test("only what is agreed and waits for a look is chosen beforehand", () => {
  expect(firstChoice(row({ state: "review" }))).toBe(0);
  for (const state of ["conflict", "agreed", "resolved", "due"] as const)
    expect(firstChoice(row({ state }))).toBeNull();
});

test("a sample that was changed elsewhere is not the one that was chosen for", () => {
  expect(momentOf(row({ revision: 3 }))).not.toBe(momentOf(row()));
  expect(momentOf(row({ shapes: [] }))).toBe(momentOf(row()));
});

test("an answer is sent by its id, what is agreed by its shapes, and nothing for a place that is empty", () => {
  expect(resolutionOf(row(), 2)).toEqual({ annotation: "a2" });
  expect(resolutionOf(row(), 0)).toEqual({ shapes: [box("g1")] });
  expect(resolutionOf(row(), 3)).toBeNull();
});

test("an overlay says of each shape whose it is and of which class", () => {
  const choices = choicesOf(row());
  const shapes = overlaid(choices);
  const style = overlayStyle(base, choices, "Agreed");
  expect(new Set(shapes.map(({ id }) => id)).size).toBe(4);
  expect(shapes.map(({ label }) => style.nameOf(label))).toEqual([
    "ann: CAT",
    "ben: DOG",
    "ben: CAT",
    "Agreed: CAT",
  ]);
  expect(shapes.map(({ label }) => style.colorOf(label))).toEqual([
    personColor(0),
    personColor(1),
    personColor(1),
    AGREED_COLOR,
  ]);
  expect(shapes.map(({ label }) => style.isDashed(label))).toEqual([false, false, false, true]);
  expect(style.jointsOf?.(shapes[1]?.label ?? "")).toEqual(["dog"]);
  expect(style.linesOf?.(shapes[1]?.label ?? "")).toEqual([]);
  expect([...idsAt(shapes, new Set([2]))]).toEqual(["2:y1", "2:y2"]);
});

test("an answer of one's own begins with copies under new ids, in one step", () => {
  let n = 0;
  const step = beginStep([box("g1")], [box("y1", "dog"), box("y2")], () => `new${n++}`);
  expect(applyStep([box("g1")], step).map(({ id, label }) => [id, label])).toEqual([
    ["new0", "dog"],
    ["new1", "cat"],
  ]);
});

test("relations of an answer lead to its copies, and make it another answer", () => {
  const span = (id: string, start: number, to?: string): Shape => ({
    ...{ id, kind: "span", label: "cat", source: "human", start, end: start + 2 },
    ...(to ? { relations: [{ type: "near", to }] } : {}),
  });
  let n = 0;
  const step = beginStep([], [span("y1", 0, "y2"), span("y2", 4)], () => `new${n++}`);
  expect(applyStep([], step)[0]?.relations).toEqual([{ type: "near", to: "new1" }]);
  const same = [span("g1", 0, "g2"), span("g2", 4)];
  expect(beginStep(same, [span("y1", 0, "y2"), span("y2", 4)], () => "n")).toEqual([]);
  expect(beginStep(same, [span("y1", 0), span("y2", 4)], () => "n")).not.toEqual([]);
});

test("beginning with what is there already changes nothing", () => {
  expect(beginStep([box("g1")], [box("other")], () => "n")).toEqual([]);
  expect(beginStep([], [], () => "n")).toEqual([]);
});
