import { expect, test } from "vitest";
import { faultOf, newAsked, optionsOf } from "./asked";
import { isFit, mirrorOf, movedPoint, type Skeleton, toggledLine, withoutPoint } from "./skeleton";

const FACE: Skeleton = {
  points: ["left eye", "right eye", "mouth"],
  lines: [
    [0, 2],
    [1, 2],
  ],
};

test("points change places in a mirror by the sides in their names", () => {
  expect(mirrorOf(FACE.points)).toEqual([1, 0, 2]);
  expect(mirrorOf(["左眼", "右眼", "鼻子"])).toEqual([1, 0, 2]);
  expect(mirrorOf(["hand L", "hand R", "lr"])).toEqual([1, 0, 2]);
  expect(mirrorOf(["left eye", "mouth"])).toEqual([0, 1]);
});

test("a line comes and goes whichever end was pressed first", () => {
  expect(toggledLine(FACE, 2, 0).lines).toEqual([[1, 2]]);
  expect(toggledLine(FACE, 0, 1).lines).toEqual([
    [0, 2],
    [1, 2],
    [0, 1],
  ]);
});

test("lines stay with their points when one is moved or taken out", () => {
  expect(withoutPoint(FACE, 0)).toEqual({ points: ["right eye", "mouth"], lines: [[0, 1]] });
  expect(movedPoint(FACE, 2, -1)).toEqual({
    points: ["left eye", "mouth", "right eye"],
    lines: [
      [0, 1],
      [2, 1],
    ],
  });
});

test("points need names of their own", () => {
  expect(isFit(FACE)).toBe(true);
  expect(isFit({ points: ["a", "a"], lines: [] })).toBe(false);
  expect(isFit({ points: [], lines: [] })).toBe(false);
});

test("options are parted by commas of either width, each once", () => {
  expect(optionsOf("red, blue，红；red")).toEqual(["red", "blue", "红"]);
});

test("an attribute that makes no sense yet says where", () => {
  const color = { ...newAsked(), name: "color", options: ["red"] };
  expect(faultOf(newAsked(), [newAsked()])).toBe("name");
  expect(faultOf({ ...color, options: [] }, [color])).toBe("options");
  expect(faultOf({ ...color, default: "blue" }, [color])).toBe("default");
  expect(faultOf(color, [color, { ...color }])).toBe("name");
  expect(faultOf(color, [color])).toBeNull();
});
