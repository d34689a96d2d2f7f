import { expect, test } from "vitest";
import type { Point } from "../forms";
import {
  jointsRule,
  LINE,
  PATH_IDLE,
  type PathInput,
  type PathRule,
  type PathTool,
  POLYGON,
  pathTool,
  TURNED,
} from "./path";

const REACH = 8;

function play(inputs: readonly PathInput[], rule: PathRule, from: PathTool = PATH_IDLE) {
  let state = from;
  let drawn: ReturnType<typeof pathTool>[1];
  for (const input of inputs) {
    const [next, done] = pathTool(state, input, rule, REACH);
    state = next;
    drawn = done ?? drawn;
  }
  return {
    state,
    drawn: drawn?.map(([x, y, visible]) => (rule === POLYGON || rule === LINE ? [x, y] : [x, y, visible])),
  };
}

const click = (x: number, y: number): PathInput[] => [
  { type: "move", at: [x, y] },
  { type: "down", at: [x, y] },
  { type: "up", at: [x, y] },
];
const TRIANGLE = [...click(10, 10), ...click(90, 10), ...click(50, 80)];
const CORNERS = [
  [10, 10],
  [90, 10],
  [50, 80],
];

test("a polygon is closed by Enter, by its first corner and by a second press on the last", () => {
  expect(play([...TRIANGLE, { type: "finish" }], POLYGON).drawn).toEqual(CORNERS);
  expect(play([...TRIANGLE, ...click(12, 13)], POLYGON).drawn).toEqual(CORNERS);
  expect(play([...TRIANGLE, ...click(51, 80)], POLYGON).drawn).toEqual(CORNERS);
});

test("two corners are no polygon, one point no line", () => {
  const { state, drawn } = play([...click(1, 1), ...click(50, 1), { type: "finish" }], POLYGON);
  expect(drawn).toBeUndefined();
  expect(state.points).toHaveLength(2);
  expect(play([...click(1, 1), { type: "finish" }], LINE).drawn).toBeUndefined();
});

test("a point taken back comes again, until another is set", () => {
  const { state } = play([...TRIANGLE, { type: "back" }, { type: "back" }], POLYGON);
  expect(state.points).toHaveLength(1);
  expect(play([{ type: "again" }, { type: "again" }, { type: "finish" }], POLYGON, state).drawn).toEqual(
    CORNERS,
  );
  expect(play([...click(5, 70), { type: "again" }], POLYGON, state).state.points).toHaveLength(2);
});

test("what Escape drops comes again too", () => {
  const { state } = play([...TRIANGLE, { type: "escape" }], POLYGON);
  expect(state.points).toHaveLength(0);
  const again: PathInput[] = [{ type: "again" }, { type: "again" }, { type: "again" }, { type: "finish" }];
  expect(play(again, POLYGON, state).drawn).toEqual(CORNERS);
});

function stroke(points: readonly Point[]): PathInput[] {
  const [first = [0, 0]] = points;
  return [
    { type: "down", at: first },
    ...points.map((at): PathInput => ({ type: "move", at })),
    { type: "up", at: points.at(-1) ?? first },
  ];
}
const circle = Array.from({ length: 73 }, (_, at): Point => {
  const angle = (at / 72) * 2 * Math.PI;
  return [200 + 100 * Math.cos(angle), 200 + 100 * Math.sin(angle)];
});

test("one stroke draws a whole outline with few points, near to what was drawn", () => {
  const { drawn } = play(stroke(circle), POLYGON);
  expect(drawn?.length).toBeGreaterThan(8);
  expect(drawn?.length).toBeLessThan(60);
  for (const [x = 0, y = 0] of drawn ?? []) expect(Math.hypot(x - 200, y - 200)).toBeCloseTo(100, 0);
});

test("a stroke within a polygon is a part of it, and clicking goes on", () => {
  const first = play([...click(100, 100), ...stroke(circle.slice(0, 20))], POLYGON);
  expect(first.drawn).toBeUndefined();
  expect(first.state.points.length).toBeGreaterThan(3);
  expect(play([...click(100, 300), { type: "finish" }], POLYGON, first.state).drawn?.length).toBeGreaterThan(
    4,
  );
});

test("a trembling click is one point and no stroke", () => {
  const { state } = play(
    [
      { type: "down", at: [10, 10] },
      { type: "move", at: [11, 10] },
      { type: "up", at: [11, 11] },
    ],
    POLYGON,
  );
  expect(state.points).toHaveLength(1);
  expect(state.held).toBeNull();
});

test("a turned box is done with its third point", () => {
  expect(play(TRIANGLE, TURNED).drawn).toHaveLength(3);
});

test("key points end with the last name, some hidden, some passed over", () => {
  const inputs: PathInput[] = [
    ...click(1, 2),
    { type: "see", visible: 1 },
    { type: "see", visible: 0 },
    ...click(30, 40),
  ];
  expect(play(inputs, jointsRule(3)).drawn).toEqual([
    [1, 2, 1],
    [0, 0, 0],
    [30, 40, 2],
  ]);
  expect(play([...click(1, 2), { type: "finish" }], jointsRule(17)).drawn).toEqual([[1, 2, 2]]);
});
