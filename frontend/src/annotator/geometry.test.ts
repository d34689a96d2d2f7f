import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type BoxTuple,
  clampBox,
  fitViewport,
  handleAt,
  imagePoint,
  iou,
  moveBox,
  overlaps,
  resizeBox,
  screenPoint,
  snap,
  snapPoint,
  toImage,
  toScreen,
  zoomAt,
} from "./geometry";
import { GridIndex } from "./grid";

const image = { width: 400, height: 300 };
const box = fc.tuple(
  fc.double({ min: 0, max: 380, noNaN: true }),
  fc.double({ min: 0, max: 280, noNaN: true }),
  fc.double({ min: 1, max: 200, noNaN: true }),
  fc.double({ min: 1, max: 200, noNaN: true }),
);

test("a point goes to the screen and back", () => {
  const view = { scale: 1.7, offset: screenPoint(13, -40) };
  const [x, y] = toImage(toScreen(imagePoint(12.5, 99), view), view);
  expect(x).toBeCloseTo(12.5);
  expect(y).toBeCloseTo(99);
});

test("zooming keeps the point under the cursor within a device pixel", () => {
  const view = fitViewport(image, { width: 900, height: 700 });
  const cursor = screenPoint(431, 222);
  const before = toImage(cursor, view);
  const after = toScreen(before, zoomAt(view, cursor, 3.3, [0.01, 50]));
  expect(Math.abs(after[0] - cursor[0])).toBeLessThanOrEqual(1);
  expect(Math.abs(after[1] - cursor[1])).toBeLessThanOrEqual(1);
});

test("a clamped box lies inside the image", () => {
  expect(clampBox([-20, 290, 60, 60], image)).toEqual([0, 290, 40, 10]);
});

test("a moved box stops at the edge without changing its size", () => {
  expect(moveBox([350, 10, 40, 40], 100, -100, image)).toEqual([360, 0, 40, 40]);
});

test("a handle pulled over the far edge turns the box around", () => {
  expect(resizeBox([100, 100, 50, 50], "e", imagePoint(60, 0))).toEqual([60, 100, 40, 50]);
});

test("the corner is found before the edge that passes through it", () => {
  expect(handleAt([0, 0, 10, 10], imagePoint(9, 9), 3)).toBe("se");
  expect(handleAt([0, 0, 100, 100], imagePoint(40, 40), 3)).toBeNull();
});

test("snapping takes the nearest edge in reach and nothing beyond it", () => {
  expect(snap(10, [4, 13, 30], 5)).toBe(13);
  expect(snap(10, [30], 5)).toBe(10);
  expect([...snapPoint(imagePoint(103, 2), [[0, 50, 100, 20]], image, 5)]).toEqual([100, 0]);
});

test("overlap of equal boxes is 1, of separate ones 0", () => {
  expect(iou([0, 0, 10, 10], [0, 0, 10, 10])).toBe(1);
  expect(iou([0, 0, 10, 10], [20, 0, 10, 10])).toBe(0);
  expect(iou([0, 0, 10, 10], [5, 0, 10, 10])).toBeCloseTo(1 / 3);
});

test("the grid finds exactly the boxes that a search through all finds", () => {
  fc.assert(
    fc.property(fc.array(box, { maxLength: 40 }), box, fc.array(fc.nat(39)), (boxes, area, removed) => {
      const grid = new GridIndex(image);
      const all = new Map<string, BoxTuple>();
      boxes.forEach((one, at) => {
        grid.set(String(at), one);
        all.set(String(at), one);
      });
      for (const at of removed) {
        grid.delete(String(at));
        all.delete(String(at));
      }
      const wanted = [...all].filter(([, one]) => overlaps(one, area)).map(([id]) => id);
      expect([...grid.query(area)].sort()).toEqual(wanted.sort());
    }),
  );
});
