import { expect, test } from "vitest";
import { cloudOf } from "@/api/embeddings";
import {
  FIRST_FRAME,
  frameCorners,
  frameMoved,
  insideOf,
  type MapPoint,
  regionOf,
  regionText,
  thinned,
} from "./lasso";

const SQUARE: MapPoint[] = [
  [0.2, 0.2],
  [0.6, 0.2],
  [0.6, 0.6],
  [0.2, 0.6],
];

test("what lies within a polygon is found, also within a dented one", () => {
  const xy = Float32Array.from([0.3, 0.3, 0.7, 0.3, 0.3, 0.7, 0.59, 0.59]);
  expect([...insideOf(xy, SQUARE)]).toEqual([1, 0, 0, 1]);
  const dented: MapPoint[] = [...SQUARE.slice(0, 2), [0.25, 0.3], ...SQUARE.slice(2)];
  expect([...insideOf(xy, dented)]).toEqual([0, 0, 0, 0]);
  expect([...insideOf(Float32Array.from([0.22, 0.4, 0.4, 0.4]), dented)]).toEqual([1, 0]);
  expect([...insideOf(xy, SQUARE.slice(0, 2))]).toEqual([0, 0, 0, 0]);
});

test("a region goes into an address and comes back", () => {
  expect(regionOf(regionText(SQUARE))).toEqual(SQUARE);
  for (const text of [undefined, "", "1,2,3", "1,2,x,4,5,6"]) expect(regionOf(text)).toEqual([]);
});

test("a long line is thinned evenly and stays a region", () => {
  const line: MapPoint[] = Array.from({ length: 1000 }, (_, i) => [i / 1000, 0.5]);
  const few = thinned(line);
  expect(few).toHaveLength(60);
  expect(few[30]?.[0]).toBeCloseTo(0.5, 2);
});

test("keys move and size the window within the map", () => {
  expect(frameMoved(FIRST_FRAME, "ArrowLeft", false)).toMatchObject({ x: 0.48, y: 0.5 });
  expect(frameMoved(FIRST_FRAME, "ArrowUp", true)?.h).toBeCloseTo(0.12);
  expect(frameMoved(FIRST_FRAME, "KeyA", false)).toBeNull();
  let frame = FIRST_FRAME;
  for (let i = 0; i < 100; i++) frame = frameMoved(frame, "ArrowDown", false) ?? frame;
  expect(frame.y).toBe(1);
  expect(frameCorners(FIRST_FRAME)[0]).toEqual([0.4, 0.4]);
});

test("the map is unpacked as the server packs it", () => {
  const base64 = (bytes: number[]) => btoa(String.fromCharCode(...bytes));
  const cloud = cloudOf({
    count: 2,
    made_at: "2026-01-01T00:00:00Z",
    places: base64([0, 0, 255, 255, 255, 127, 1, 0]),
    indices: base64([3, 0, 255, 255]),
    classes: [{ index: 3, id: "cat" }],
  });
  expect([...cloud.xy].map((one) => one.toFixed(3))).toEqual(["0.000", "1.000", "0.500", "0.000"]);
  expect(cloud.classes).toEqual(["cat", ""]);
});
