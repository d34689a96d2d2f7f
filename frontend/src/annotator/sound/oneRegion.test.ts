import { expect, test } from "vitest";
import { OneRegion } from "./oneRegion";

const at = (currentTime: number, seeking = false) => ({ currentTime, seeking });

function begun(): OneRegion {
  const one = new OneRegion();
  one.begin({ start: 2, end: 3 });
  one.sought(at(2.001, true));
  return one;
}

test("a region is played from its beginning and no further than its end", () => {
  const one = begun();
  expect(one.isOn).toBe(true);
  expect(one.endOf(at(2.5))).toBeNull();
  expect(one.endOf(at(3.01))).toBe(3);
});

test("whoever seeks past its end stays there, even before the player says so", () => {
  const one = begun();
  expect(one.endOf(at(7, true))).toBeNull();
  one.sought(at(7, true));
  expect(one.isOn).toBe(false);
  expect(one.endOf(at(7.1))).toBeNull();
});

test("whoever seeks inside it hears on past its end", () => {
  const one = begun();
  one.sought(at(2.4, true));
  expect(one.endOf(at(3.2))).toBeNull();
});
