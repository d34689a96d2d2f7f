import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { merged, parted, withoutOverlap } from "./clip";
import type { Shape } from "./model";
import { areaOf, boundsOf, type Ring, type Rings } from "./outline";

const IMAGE = { width: 200, height: 200 };
const poly = (id: string, ...polygon: Rings): Shape => ({
  id,
  kind: "polygon",
  label: "cat",
  polygon,
  box: boundsOf(polygon.flat()),
  source: "human",
});
const square = (x: number, y: number, side: number): Ring => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
];
const area = (shape: Shape | null | undefined) => areaOf(shape?.polygon ?? []);

describe("clip", () => {
  it("two squares that overlap become one, with the id and the words of the first", () => {
    const first = { ...poly("a", square(10, 10, 20)), attributes: { color: "red" } };
    const one = merged([first, poly("b", square(20, 20, 20))], IMAGE);
    expect(one).toMatchObject({ id: "a", attributes: { color: "red" }, box: [10, 10, 30, 30] });
    expect(area(one)).toBeCloseTo(700, 6);
    expect(one?.polygon).toHaveLength(1);
  });

  it("squares apart become one shape of two rings, neighbors of one ring, a frame keeps its hole", () => {
    expect(merged([poly("a", square(0, 0, 5)), poly("b", square(50, 50, 5))], IMAGE)?.polygon).toHaveLength(
      2,
    );
    expect(merged([poly("a", square(0, 0, 5)), poly("b", square(5, 0, 5))], IMAGE)?.polygon).toHaveLength(1);
    const frame = poly("a", square(0, 0, 30), square(10, 10, 10));
    expect(area(merged([frame, poly("b", square(100, 100, 10))], IMAGE))).toBeCloseTo(900, 6);
    expect(area(merged([frame, poly("b", square(10, 10, 10))], IMAGE))).toBeCloseTo(900, 6);
    expect(merged([frame], IMAGE)).toBeNull();
  });

  it("what others fill is cut off, along the very corners of the neighbor", () => {
    const neighbor = poly("b", [
      [20, 0],
      [40, 0],
      [33, 17],
      [20, 40],
    ]);
    const cut = withoutOverlap(poly("a", square(0, 0, 40)), [neighbor], IMAGE);
    expect(area(cut)).toBeCloseTo(1600 - area(neighbor), 6);
    expect(cut?.polygon?.flat()).toContainEqual([33, 17]);
    expect(withoutOverlap(poly("a", square(0, 0, 10)), [neighbor], IMAGE)).toBeNull();
    expect(withoutOverlap(poly("a", square(22, 2, 3)), [poly("c", square(0, 0, 90))], IMAGE)).toBeNull();
    expect(withoutOverlap(poly("a", square(10, 0, 10)), [neighbor], IMAGE)).toBeNull();
  });

  it("a line through a polygon with a hole parts it in two that share the border", () => {
    const frame = poly("a", square(0, 0, 30), square(10, 10, 10));
    const parts = parted(
      frame,
      [
        [-5, 15],
        [35, 15],
      ],
      IMAGE,
    );
    expect(parts).toHaveLength(2);
    expect(parts?.[0]?.id).toBe("a");
    expect(parts?.[1]?.id).not.toBe("a");
    expect(area(parts?.[0]) + area(parts?.[1])).toBeCloseTo(800, 6);
  });

  it("a line that ends inside goes on as it went; one that misses parts nothing", () => {
    const line: Ring = [
      [15, -5],
      [15, 10],
    ];
    expect(parted(poly("a", square(10, 0, 20)), line, IMAGE)?.map(area)).toEqual([300, 100]);
    expect(parted(poly("a", square(100, 100, 20)), line, IMAGE)).toBeNull();
  });

  it("nothing is lost and nothing is twice, wherever the line goes", () => {
    const place = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }));
    fc.assert(
      fc.property(fc.array(place, { minLength: 2, maxLength: 5 }), (line) => {
        const star = poly("a", [
          [100, 10],
          [120, 80],
          [190, 80],
          [130, 120],
          [150, 190],
          [100, 140],
          [40, 190],
          [70, 120],
          [10, 80],
          [80, 80],
        ]);
        const parts = parted(star, line, IMAGE);
        const sum = (parts ?? [star]).reduce((all, part) => all + area(part), 0);
        // Corners are kept to a tenth of a pixel, and slivers under half a pixel are dropped.
        expect(Math.abs(sum - area(star))).toBeLessThan(60);
      }),
      { numRuns: 20 },
    );
  });
});
