import { expect, test } from "vitest";
import { classesText, unseenIn } from "./unseen";

const row = (name: string, train: number, val: number, test: number) => {
  return { id: name.toUpperCase(), index: 0, name, train, val, test };
};

test("a class is unseen that has samples and none in training", () => {
  const classes = [row("cat", 3, 1, 1), row("cross", 0, 0, 29), row("unused", 0, 0, 0), row("hat", 0, 2, 0)];
  expect(unseenIn({ classes }).map(({ name }) => name)).toEqual(["cross", "hat"]);
});

test("many classes are told by the first six", () => {
  const classes = [..."abcdefg"].map((name) => row(name, 0, 0, 1));
  expect(classesText(classes.slice(0, 2))).toBe("a, b");
  expect(classesText(classes)).toBe("a, b, c, d, e, f …");
});
