import { describe, expect, it } from "vitest";
import { drawingOf, hasForm, tracedMask, turnedCorners } from "./forms";
import { runsOf } from "./runs";

describe("forms", () => {
  it("reads runs as pycocotools packs them, with differences and many bits", () => {
    // Made by pycocotools.mask.encode.
    expect(runsOf("`1:V10X41_a2")).toEqual([48, 10, 38, 10, 174, 11, 2781]);
  });

  it("traces a mask along its pixels, a hole as a ring of its own", () => {
    // 3 x 3, all set but the middle: runs 0, 4, 1, 4.
    const rings = tracedMask({ size: [3, 3], counts: "0410" });
    expect(rings.map((ring) => ring.length).sort()).toEqual([4, 4]);
    expect(rings.flat()).toContainEqual([0, 0]);
    expect(rings.flat()).toContainEqual([2, 2]);
  });

  it("keeps two pixels that touch by a corner", () => {
    const area = drawingOf({ mask: { size: [2, 2], counts: "0120" } }).area;
    expect(area.match(/L/g)?.length).toBeGreaterThanOrEqual(6);
  });

  it("turns a box clockwise about its center", () => {
    const [first] = turnedCorners([0, 0, 4, 2, 90]);
    expect(first?.[0]).toBeCloseTo(3);
    expect(first?.[1]).toBeCloseTo(-1);
  });

  it("joins key points that are there and draws hidden ones apart", () => {
    const keypoints = [
      [1, 2, 2],
      [3, 4, 1],
      [0, 0, 0],
    ] as const;
    const drawn = drawingOf({ keypoints }, [
      [0, 1],
      [1, 2],
    ]);
    expect(drawn).toEqual({ area: "", line: "M1 2L3 4", seen: "M1 2h.01", hidden: "M3 4h.01" });
  });

  it("knows what is more than a box", () => {
    expect(hasForm({ box: [0, 0, 1, 1] })).toBe(false);
    expect(
      hasForm({
        box: [0, 0, 1, 1],
        polygon: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        ],
      }),
    ).toBe(true);
  });
});
