import { expect, test } from "vitest";
import { isIdle } from "./Edits";

test("what was done and changed nothing has no way back; what stopped half-way or did more has", () => {
  expect(isIdle({ action: "tag", state: "done", counts: { changed: 0 } })).toBe(true);
  expect(isIdle({ action: "tag", state: "done", counts: { changed: 2 } })).toBe(false);
  expect(isIdle({ action: "tag", state: "doing", counts: {} })).toBe(false);
  expect(isIdle({ action: "restore", state: "done", counts: { changed: 0 } })).toBe(false);
});
