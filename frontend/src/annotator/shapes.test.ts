import fc from "fast-check";
import { expect, test } from "vitest";
import { filled, simpler, turnedOver, withHole } from "./commands";
import { type Point, turnedCorners } from "./forms";
import { areaOf, type Ring } from "./outline";
import { columnsOf, joinedMasks, pixelsOf, rasterized } from "./runs";
import {
  keypointsOf,
  movedTo,
  polygonOf,
  rotatedOf,
  shifted,
  turnedBy,
  turnedFurther,
  turnedResized,
  withPaths,
  withVisible,
} from "./shapes";
import { snappedToForms } from "./snapping";

const IMAGE = { width: 400, height: 300 };
const NAMED = { id: "a", label: "b" };
const square = (left: number, top: number, side: number): Ring => [
  [left, top],
  [left + side, top],
  [left + side, top + side],
  [left, top + side],
];
const polygon = (...rings: Ring[]) => {
  const made = polygonOf(NAMED, rings, IMAGE);
  if (!made) throw new Error("no polygon");
  return made;
};

test("a polygon keeps to the picture and to tenths; without an area there is none", () => {
  const made = polygon([
    [-5, -5],
    [100.04, 0],
    [500, 500],
  ]);
  expect(made.polygon).toEqual([
    [
      [0, 0],
      [100, 0],
      [400, 300],
    ],
  ]);
  expect(made.box).toEqual([0, 0, 400, 300]);
  expect(
    polygonOf(
      NAMED,
      [
        [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
      ],
      IMAGE,
    ),
  ).toBeNull();
});

test("a turned box has its two first points as a side and the third on the opposite one", () => {
  const at = fc.integer({ min: 100, max: 200 });
  fc.assert(
    fc.property(at, at, at, at, at, at, (ax, ay, bx, by, cx, cy) => {
      const turned = turnedBy([
        [ax, ay],
        [bx, by],
        [cx, cy],
      ]);
      if (!turned || Math.min(turned[2], turned[3]) < 20) return;
      const corners = turnedCorners(turned);
      for (const [x, y] of [
        [ax, ay],
        [bx, by],
      ] as const)
        expect(Math.min(...corners.map((one) => Math.hypot(one[0] - x, one[1] - y)))).toBeLessThan(0.5);
      const onLine = ([px, py]: Point, [qx, qy]: Point) =>
        Math.abs((qx - px) * (cy - py) - (qy - py) * (cx - px)) / Math.hypot(qx - px, qy - py);
      const sides = corners.map((corner, n) => onLine(corner, corners[(n + 1) % 4] ?? corner));
      expect(Math.min(...sides)).toBeLessThan(0.5);
    }),
  );
});

test("a turned box pulled by a corner keeps the opposite one and its angle", () => {
  const box = [100, 100, 60, 30, 30] as const;
  const pulled = turnedResized(box, 2, [190, 170]);
  expect(pulled?.[4]).toBe(30);
  const [before, after] = [turnedCorners(box)[0], turnedCorners(pulled ?? box)];
  expect(
    Math.hypot((after[0]?.[0] ?? 0) - (before?.[0] ?? 0), (after[0]?.[1] ?? 0) - (before?.[1] ?? 0)),
  ).toBeLessThan(0.2);
  expect(Math.hypot((after[2]?.[0] ?? 0) - 190, (after[2]?.[1] ?? 0) - 170)).toBeLessThan(0.2);
  expect(turnedFurther([0, 0, 1, 1, 170], 20)[4]).toBe(-170);
});

test("a turned box whose middle is off the picture is refused", () => {
  expect(rotatedOf(NAMED, [390, 100, 40, 10, 0], IMAGE)).toBeNull();
  expect(rotatedOf(NAMED, [370, 100, 40, 10, 0], IMAGE)).not.toBeNull();
});

test("key points that were not set are not there, and one that comes into being is among the others", () => {
  const made = keypointsOf(
    NAMED,
    [
      [10, 10, 2],
      [0, 0, 0],
      [30, 50, 1],
    ],
    4,
    IMAGE,
  );
  expect(made?.keypoints).toEqual([
    [10, 10, 2],
    [0, 0, 0],
    [30, 50, 1],
    [0, 0, 0],
  ]);
  expect(made?.box).toEqual([10, 10, 20, 40]);
  expect(made && withVisible(made, 1, 2, IMAGE)?.keypoints?.[1]).toEqual([20, 30, 2]);
  expect(made && withVisible(made, 0, 0, IMAGE)?.box).toEqual([30, 50, 0, 0]);
  const lone = keypointsOf(NAMED, [[10, 10, 2]], 1, IMAGE);
  expect(lone && withVisible(lone, 0, 0, IMAGE)).toBeNull();
});

test("every kind moves as a whole and stays on the picture", () => {
  const kinds = [
    polygon(square(10, 10, 20)),
    turnedOver(polygon(square(10, 10, 20)), IMAGE),
    keypointsOf(
      NAMED,
      [
        [10, 10, 2],
        [30, 30, 1],
      ],
      2,
      IMAGE,
    ),
    rotatedOf(NAMED, [10, 10, 20, 20, 0], IMAGE),
  ];
  for (const shape of kinds) {
    if (!shape) throw new Error("no shape");
    expect(shifted(shape, 5, 7, IMAGE).box).toEqual([15, 17, 20, 20]);
    expect(shifted(shape, -500, 0, IMAGE).box).toEqual([0, 10, 20, 20]);
    expect(movedTo(shape, [10, 10, 20, 20], IMAGE)).toBe(shape);
  }
});

test("attributes outlive a change, a score does not", () => {
  const scored = { ...polygon(square(10, 10, 20)), score: 0.5, attributes: { color: "red" } };
  const moved = withPaths(scored, [square(20, 10, 20)], IMAGE);
  expect(moved).toMatchObject({ attributes: { color: "red" }, source: "human" });
  expect(moved).not.toHaveProperty("score");
});

test("a hole lies inside and is taken out of the area; elsewhere it is refused", () => {
  const whole = polygon(square(0, 0, 100));
  const holed = withHole(whole, square(20, 20, 30), IMAGE);
  expect(areaOf(holed?.polygon ?? [])).toBe(10_000 - 900);
  expect(withHole(whole, square(80, 80, 40), IMAGE)).toBeNull();
  expect(holed && withHole(holed, square(25, 25, 10), IMAGE)).toBeNull();
  expect(holed && withHole(holed, square(10, 10, 60), IMAGE)).toBeNull();
});

test("filling takes holes away from polygons and masks, with the islands in them", () => {
  const holed = polygon(square(0, 0, 100), square(20, 20, 60), square(40, 40, 10));
  expect(areaOf(filled(holed, IMAGE)?.polygon ?? [])).toBe(10_000);
  const mask = turnedOver(holed, IMAGE);
  const full = mask && filled(mask, IMAGE);
  expect(full?.mask && pixelsOf(columnsOf(full.mask))).toBe(10_000);
  expect(full && filled(full, IMAGE)).toBeNull();
});

test("from polygon to mask and back the same is filled, to 0.99 and more", () => {
  const at = fc.tuple(
    fc.double({ min: 5, max: 290, noNaN: true }),
    fc.double({ min: 5, max: 290, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(at, { minLength: 3, maxLength: 12 }), (points) => {
      const made = polygonOf(NAMED, [points.map(([x, y]): Point => [x, y])], IMAGE);
      const mask = made && turnedOver(made, IMAGE);
      if (!mask?.mask) return;
      const back = turnedOver(mask, IMAGE);
      const before = columnsOf(mask.mask);
      const after = rasterized(back?.polygon ?? [], IMAGE.width, IMAGE.height);
      const union = pixelsOf(joinedMasks(before, after, "or"));
      expect(1 - pixelsOf(joinedMasks(before, after, "xor")) / union).toBeGreaterThanOrEqual(0.99);
    }),
    { numRuns: 60 },
  );
});

test("fewer points, and null when none can go", () => {
  const many = polygon(
    Array.from({ length: 24 }, (_, n): Point => [100 + 50 * Math.cos(n / 3.8), 100 + 50 * Math.sin(n / 3.8)]),
  );
  expect(simpler(many, IMAGE)?.polygon?.[0]?.length).toBeLessThan(24);
  expect(
    simpler(
      polygon([
        [0, 0],
        [50, 0],
        [0, 50],
      ]),
      IMAGE,
    ),
  ).toBeNull();
});

test("a point near a neighbor's corner is that corner, near its edge a place on it", () => {
  const near = [polygon(square(100, 100, 50))];
  expect(snappedToForms([102, 98], near, 6)).toEqual([100, 100]);
  expect(snappedToForms([125, 97], near, 6)).toEqual([125, 100]);
  expect(snappedToForms([125, 80], near, 6)).toBeNull();
});
