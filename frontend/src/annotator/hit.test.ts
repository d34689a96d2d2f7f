import fc from "fast-check";
import { expect, test } from "vitest";
import type { Point } from "./forms";
import { type BoxTuple, imagePoint } from "./geometry";
import { GridIndex } from "./grid";
import { shapeAt } from "./hit";
import type { Shape } from "./model";
import { boundsOf } from "./outline";
import { emptyMask, rleOf } from "./runs";

const IMAGE = { width: 400, height: 300 };
const box = fc
  .tuple(fc.nat(380), fc.nat(280), fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 120 }))
  .map((one): BoxTuple => one);

function hitting(shapes: readonly Shape[], x: number, y: number, reach = 3): string | null {
  const grid = new GridIndex(IMAGE);
  for (const shape of shapes) if (shape.box) grid.set(shape.id, shape.box);
  return shapeAt(imagePoint(x, y), reach, grid, (id) => shapes.find((shape) => shape.id === id));
}

const boxed = (id: string, around: BoxTuple): Shape => ({
  id,
  kind: "box",
  label: "a",
  source: "human",
  box: around,
});
const ring = (...points: Point[]): Shape => ({
  id: "ring",
  kind: "polygon",
  label: "a",
  source: "human",
  polygon: [points],
  box: boundsOf(points),
});

test("what is hit is a box around the point, and one is hit where one is", () => {
  fc.assert(
    fc.property(fc.array(box, { maxLength: 30 }), fc.nat(399), fc.nat(299), (boxes, x, y) => {
      const shapes = boxes.map((one, at) => boxed(String(at), one));
      const under = boxes.filter(
        ([left, top, w, h]) => x >= left - 3 && x <= left + w + 3 && y >= top - 3 && y <= top + h + 3,
      );
      const found = hitting(shapes, x, y);
      expect(found === null).toBe(under.length === 0);
      if (found) expect(under).toContain(boxes[Number(found)]);
    }),
  );
});

test("a small box inside a large one can be picked", () => {
  const shapes = [boxed("large", [0, 0, 400, 300]), boxed("small", [100, 100, 30, 30])];
  expect(hitting(shapes, 115, 115)).toBe("small");
});

test("a polygon is met where it is and not in the corner of the box around it", () => {
  const triangle = ring([0, 0], [200, 0], [0, 200]);
  expect(hitting([triangle], 40, 40)).toBe("ring");
  expect(hitting([triangle], 180, 180)).toBeNull();
});

test("a hole is not the polygon, its border is", () => {
  const holed: Shape = {
    ...ring([0, 0], [200, 0], [200, 200], [0, 200]),
    polygon: [
      [
        [0, 0],
        [200, 0],
        [200, 200],
        [0, 200],
      ],
      [
        [50, 50],
        [150, 50],
        [150, 150],
        [50, 150],
      ],
    ],
  };
  expect(hitting([holed], 100, 100)).toBeNull();
  expect(hitting([holed], 51, 100)).toBe("ring");
});

test("a mask is met where it is set", () => {
  const ends = emptyMask(400, 300).ends.map((rows, column) =>
    column >= 10 && column < 60 ? [20, 90] : rows,
  );
  const mask = rleOf({ ...IMAGE, ends });
  const shape: Shape = { id: "m", kind: "mask", label: "a", source: "human", mask, box: [10, 20, 50, 70] };
  expect(hitting([shape], 30, 50)).toBe("m");
  expect(hitting([shape], 100, 50)).toBeNull();
});
