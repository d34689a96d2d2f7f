import fc from "fast-check";
import { expect, test } from "vitest";
import fills from "./fixtures/fills.json";
import type { Point } from "./forms";
import {
  boxOf,
  brushed,
  type Columns,
  columnsOf,
  emptyMask,
  type Joining,
  joinedMasks,
  movedMask,
  pixelsOf,
  rasterized,
  rleOf,
  tracedColumns,
} from "./runs";

/** The slow truth: a pixel a cell. */
function bitsOf({ width, height, ends }: Columns): boolean[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (ends[x] ?? []).filter((end) => end <= y).length % 2 === 1),
  );
}

function columnsFrom(bits: readonly (readonly boolean[])[]): Columns {
  const [height, width] = [bits.length, bits[0]?.length ?? 0];
  const ends = Array.from({ length: width }, (_, x) => {
    const rows: number[] = [];
    for (let y = 0; y <= height; y++)
      if ((bits[y]?.[x] ?? false) !== (bits[y - 1]?.[x] ?? false)) rows.push(y);
    return rows;
  });
  return { width, height, ends };
}

const masks = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .chain(([width, height]) =>
    fc.array(fc.array(fc.boolean(), { minLength: width, maxLength: width }), {
      minLength: height,
      maxLength: height,
    }),
  );

test("what rings fill is what the server fills, to the last pixel", () => {
  for (const { size, rings, counts } of fills) {
    const [height, width] = [size[0] ?? 0, size[1] ?? 0];
    const points = rings.map((ring) => ring.map(([x, y]): Point => [x ?? 0, y ?? 0]));
    expect(rleOf(rasterized(points, width, height))).toEqual({ size, counts });
  }
});

test("a mask is the same after it was packed and read again", () => {
  fc.assert(
    fc.property(masks, (bits) => {
      const mask = columnsFrom(bits);
      expect(bitsOf(mask)).toEqual(bits);
      expect(columnsOf(rleOf(mask)).ends).toEqual(mask.ends);
      expect(pixelsOf(mask)).toBe(bits.flat().filter(Boolean).length);
    }),
  );
});

test("the rings around a mask fill it again, and run the other way around holes", () => {
  fc.assert(
    fc.property(masks, (bits) => {
      const mask = columnsFrom(bits);
      const rings = tracedColumns(mask);
      expect(rasterized(rings, mask.width, mask.height).ends).toEqual(mask.ends);
      const area = rings.reduce((sum, ring) => sum + shoelace(ring), 0);
      expect(area).toBe(pixelsOf(mask));
    }),
  );
});

function shoelace(ring: readonly Point[]): number {
  return ring.reduce((sum, [x, y], at) => {
    const [nx, ny] = ring[(at + 1) % ring.length] ?? [x, y];
    return sum + (x * ny - nx * y) / 2;
  }, 0);
}

test("masks are joined pixel by pixel", () => {
  const rules: Record<Joining, (a: boolean, b: boolean) => boolean> = {
    or: (a, b) => a || b,
    minus: (a, b) => a && !b,
    xor: (a, b) => a !== b,
  };
  fc.assert(
    fc.property(masks, fc.constantFrom<Joining>("or", "minus", "xor"), fc.nat(), (bits, how, seed) => {
      const other = bits.map((row, y) => row.map((_, x) => (x * 7 + y * 13 + seed) % 3 > 0));
      const joined = joinedMasks(columnsFrom(bits), columnsFrom(other), how);
      const wanted = bits.map((row, y) => row.map((is, x) => rules[how](is, other[y]?.[x] ?? false)));
      expect(bitsOf(joined)).toEqual(wanted);
    }),
  );
});

test("a stroke sets the pixels whose centers are near it, and the eraser takes them away", () => {
  const at = fc.double({ min: -5, max: 35, noNaN: true }).map((value) => Math.round(value * 8) / 8);
  fc.assert(
    fc.property(
      at,
      at,
      at,
      at,
      fc.constantFrom(0.5, 2, 3.3, 9),
      fc.boolean(),
      (x0, y0, x1, y1, radius, isErasing) => {
        const before = isErasing ? joinedMasks(emptyMask(30, 20), full(30, 20), "or") : emptyMask(30, 20);
        const after = bitsOf(brushed(before, [x0, y0], [x1, y1], radius, isErasing));
        after.forEach((row, y) => {
          row.forEach((isSet, x) => {
            const far = distance([x + 0.5, y + 0.5], [x0, y0], [x1, y1]);
            // On the rim itself rounding may say either.
            if (Math.abs(far - radius) > 1e-6) expect(isSet).toBe(far < radius !== isErasing);
          });
        });
      },
    ),
  );
});

const full = (width: number, height: number): Columns => ({
  width,
  height,
  ends: Array.from({ length: width }, () => [0, height]),
});

function distance([x, y]: Point, a: Point, b: Point): number {
  let best = Math.hypot(x - a[0], y - a[1]);
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  if (length === 0) return best;
  const share = Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length));
  best = Math.min(best, Math.hypot(x - a[0] - dx * share, y - a[1] - dy * share));
  return best;
}

test("a mask that is moved loses what leaves the picture", () => {
  const mask = columnsFrom([
    [true, true, false],
    [false, true, false],
  ]);
  const moved = columnsOf(movedMask(rleOf(mask), 2, 1));
  expect(bitsOf(moved)).toEqual([
    [false, false, false],
    [false, false, true],
  ]);
  expect(boxOf(moved)).toEqual([2, 1, 1, 1]);
  expect(boxOf(emptyMask(4, 4))).toBeNull();
});

test("a move of the brush over 4000 by 3000 pixels costs a part of a frame", () => {
  let mask = emptyMask(4000, 3000);
  for (let turn = 0; turn < 12; turn++) {
    const angle = (turn / 12) * 2 * Math.PI;
    const at: Point = [2000 + Math.cos(angle) * 1200, 1500 + Math.sin(angle) * 900];
    mask = brushed(mask, [2000, 1500], at, 120, false);
  }
  const costs = Array.from({ length: 60 }, (_, step) => {
    const began = performance.now();
    mask = brushed(mask, [600 + step * 30, 700], [660 + step * 30, 760], 60, step % 2 === 1);
    return performance.now() - began;
  }).sort((a, b) => a - b);
  // The quiet half: others may be at work on this machine.
  expect(costs[30] ?? 99).toBeLessThan(8);
});
