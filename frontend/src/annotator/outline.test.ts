import fc from "fast-check";
import { expect, test } from "vitest";
import type { Point } from "./forms";
import {
  areaOf,
  cornerAt,
  distinct,
  edgeAt,
  insidePoint,
  insideRings,
  nearestOn,
  type Ring,
  signedArea,
  simplerRings,
  simplified,
  withoutCorner,
} from "./outline";

const point = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }));
const rings = fc.array(point, { minLength: 3, maxLength: 10 });
const SQUARE: Ring = [
  [0, 0],
  [10, 0],
  [10, 10],
  [0, 10],
];

/** The slow truth: how often the ring goes around the point, by its angles, is odd. */
function goesAround(ring: Ring, [x, y]: Point): boolean {
  let sum = 0;
  ring.forEach(([ax, ay], at) => {
    const [bx, by] = ring[(at + 1) % ring.length] ?? [ax, ay];
    const turn = Math.atan2(by - y, bx - x) - Math.atan2(ay - y, ax - x);
    sum += turn > Math.PI ? turn - 2 * Math.PI : turn < -Math.PI ? turn + 2 * Math.PI : turn;
  });
  return Math.abs(Math.round(sum / (2 * Math.PI))) % 2 === 1;
}

test("a point is inside when the ring goes around it an odd number of times", () => {
  fc.assert(
    fc.property(rings, fc.nat(49), fc.nat(49), (ring, x, y) => {
      const at: Point = [x + 0.37, y + 0.61];
      const isOnEdge = ring.some((a, n) => nearestOn(a, ring[(n + 1) % ring.length] ?? a, at).far < 1e-9);
      if (!isOnEdge) expect(insideRings([ring], at)).toBe(goesAround(ring, at));
    }),
  );
});

test("the point said to be inside is", () => {
  fc.assert(
    fc.property(rings, (ring) => {
      if (Math.abs(signedArea(ring)) > 0) expect(insideRings([ring], insidePoint(ring))).toBe(true);
    }),
  );
});

test("a hole is not counted, an island in it is", () => {
  const ring = (from: number, to: number): Ring => [
    [from, from],
    [to, from],
    [to, to],
    [from, to],
  ];
  expect(areaOf([ring(0, 10), ring(2, 8), ring(4, 6)])).toBe(100 - 36 + 4);
});

test("what is left out of a line is never farther from it than the tolerance", () => {
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 2, maxLength: 40 }),
      fc.constantFrom(0.5, 2, 8),
      (line, tolerance) => {
        const simple = simplified(line, tolerance, false);
        expect(simple[0]).toEqual(line[0]);
        expect(simple.at(-1)).toEqual(line.at(-1));
        for (const each of line) {
          const far = Math.min(
            ...simple.slice(0, -1).map((from, at) => nearestOn(from, simple[at + 1] ?? from, each).far),
            ...simple.map((one) => Math.hypot(one[0] - each[0], one[1] - each[1])),
          );
          expect(far).toBeLessThanOrEqual(tolerance + 1e-9);
        }
      },
    ),
  );
});

test("simplifying takes at least a point each time, down to a few and never to nothing", () => {
  let ring: readonly Ring[] = [
    Array.from({ length: 40 }, (_, at): Point => {
      const angle = (at / 40) * 2 * Math.PI;
      return [100 + 50 * Math.cos(angle), 100 + 50 * Math.sin(angle)];
    }),
  ];
  for (let turn = 0; turn < 50; turn++) {
    const next = simplerRings(ring, 3, true);
    if (next === ring) break;
    expect(next[0]?.length).toBeLessThan(ring[0]?.length ?? 0);
    ring = next;
  }
  expect([3, 4]).toContain(ring[0]?.length);
});

test("the nearest corner and the nearest edge within reach are found, and none beyond it", () => {
  expect(cornerAt([SQUARE], [9, 1], 3)).toEqual({ path: 0, index: 1 });
  expect(cornerAt([SQUARE], [5, 5], 3)).toBeNull();
  expect(edgeAt([SQUARE], [-1, 5], 2, true)).toEqual({ path: 0, index: 3, at: [0, 5] });
  expect(edgeAt([SQUARE], [-1, 5], 2, false)).toBeNull();
});

test("a ring that loses its third corner goes, and so does a point on the one before", () => {
  expect(withoutCorner([SQUARE.slice(0, 3), SQUARE], { path: 0, index: 1 }, 3)).toEqual([SQUARE]);
  expect(distinct([...SQUARE, [0, 10], [0, 0]], true)).toEqual(SQUARE);
});
