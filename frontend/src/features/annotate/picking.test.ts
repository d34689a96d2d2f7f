import { expect, test } from "vitest";
import { after, meant, moved, pressed, START } from "./picking";

test("a press picks one, with Shift all from the one before, with Ctrl one more or less", () => {
  const one = pressed(START, 3);
  expect([...one.chosen]).toEqual([3]);
  const many = pressed(one, 6, { extend: true });
  expect(meant(many, 12)).toEqual([3, 4, 5, 6]);
  expect(meant(pressed(many, 1, { extend: true }), 12)).toEqual([1, 2, 3]);
  const less = pressed(many, 4, { toggle: true });
  expect(meant(less, 12)).toEqual([3, 5, 6]);
});

test("the cursor stops at the ends and picks on its way with Shift", () => {
  expect(moved(START, -1, 12, false)).toBe(START);
  expect(moved(START, 12, 12, false)).toBe(START);
  const down = moved(moved(START, 1, 12, false), 4, 12, true);
  expect(meant(down, 12)).toEqual([1, 2, 3, 4, 5]);
  expect(meant(moved(down, 1, 12, false), 12)).toEqual([6]);
});

test("a class goes to what is picked, else to the cursor, which goes on behind it", () => {
  expect(meant(START, 12)).toEqual([0]);
  expect(meant(START, 0)).toEqual([]);
  const picked = pressed(pressed(START, 2), 5, { extend: true });
  expect(after(picked, 12)).toMatchObject({ cursor: 6, chosen: new Set() });
  expect(after(pressed(START, 11), 12).cursor).toBe(11);
});
