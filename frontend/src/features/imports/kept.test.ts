import { expect, test } from "vitest";
import { isKept } from "./kept";

test("files of over two gibibytes together are not kept across a reload", () => {
  expect(isKept([{ size: 1024 ** 3 }, { size: 1024 ** 3 }])).toBe(true);
  expect(isKept([{ size: 2 * 1024 ** 3 }, { size: 1 }])).toBe(false);
});
