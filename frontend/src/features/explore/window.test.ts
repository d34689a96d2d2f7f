import { expect, test } from "vitest";
import { percentsOf, windowOf } from "./window";

test("the shape lies in the middle of a window that is four to three and wider than it", () => {
  for (const box of [
    [10, 20, 30, 40],
    [5, 5, 200, 10],
  ] as const) {
    const [x, y, w, h] = windowOf(box);
    expect(w / h).toBeCloseTo(4 / 3);
    expect(x + w / 2).toBeCloseTo(box[0] + box[2] / 2);
    expect(y + h / 2).toBeCloseTo(box[1] + box[3] / 2);
    expect(w).toBeGreaterThan(box[2]);
    expect(h).toBeGreaterThan(box[3]);
  }
});

test("a window that is the picture shows all of it", () => {
  expect(percentsOf([0, 0, 400, 300], 400, 300)).toEqual({
    left: "0%",
    top: "0%",
    width: "100%",
    height: "100%",
  });
  expect(percentsOf([100, 150, 200, 150], 400, 300)).toMatchObject({
    left: "-50%",
    top: "-100%",
    width: "200%",
  });
});
