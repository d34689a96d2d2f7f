import { expect, test } from "vitest";
import { KEY_MAP } from "./map";
import { BROWSER_OWNED, chordOf, chordOfEvent, conflictsOf, keycaps } from "./registry";

test("no key means two things at once", () => {
  expect(conflictsOf(KEY_MAP)).toEqual([]);
});

test("a conflict between a scope and one alive with it is found", () => {
  const clash = [
    { action: "one", scope: "boxes", code: "KeyS" },
    { action: "two", scope: "annotate", code: "KeyS" },
  ] as const;
  expect(conflictsOf(clash)).toHaveLength(1);
});

test("no key belongs to the browser", () => {
  expect(KEY_MAP.map(chordOf).filter((chord) => BROWSER_OWNED.includes(chord))).toEqual([]);
});

test("a key pressed under a Chinese input method is the key at that place", () => {
  const event = new KeyboardEvent("keydown", { key: "Process", code: "KeyB" });
  expect(chordOfEvent(event)).toBe("KeyB");
});

test("digits of the number pad are digits", () => {
  expect(chordOfEvent(new KeyboardEvent("keydown", { code: "Numpad3" }))).toBe("Digit3");
});

test("keycaps are what is printed on the keyboard", () => {
  expect(keycaps({ code: "KeyK", mod: true }, true)).toEqual(["⌘", "K"]);
  expect(keycaps({ code: "Slash", shift: true }, false)).toEqual(["?"]);
});
