import { describe, expect, it } from "vitest";
import { nextPlace, nextWord, snapped, trimmed, unitAt, wordNear } from "./units";

const points = (text: string) => Array.from(text);

/** All places a caret stops at on its way through a text. */
function stops(text: string, step: typeof nextWord): number[] {
  const found = [0];
  for (let at = 0; at < points(text).length; ) {
    at = step(points(text), at, 1);
    found.push(at);
  }
  return found;
}

describe("places in a text", () => {
  it("are code points, an emoji being one, and never within a sign", () => {
    expect(stops("a😀b", nextPlace)).toEqual([0, 1, 2, 3]);
    expect(stops("e\u0301x", nextPlace)).toEqual([0, 2, 3]);
    expect(stops("👩\u200d🚀!", nextPlace)).toEqual([0, 3, 4]);
    expect(stops("👍🏽!", nextPlace)).toEqual([0, 2, 3]);
  });

  it("go back the way they came", () => {
    const text = "Ann’s e\u0301 👩\u200d🚀 去北京, ok";
    const there = stops(text, nextPlace);
    const back = [points(text).length];
    for (let at = back[0] ?? 0; at > 0; ) {
      at = nextPlace(points(text), at, -1);
      back.push(at);
    }
    expect(back.reverse()).toEqual(there);
  });
});

describe("words", () => {
  it("end where a word ends; apostrophes and hyphens within one do not end it", () => {
    expect(stops("Ann’s co-op, ok", nextWord)).toEqual([0, 5, 11, 12, 15]);
  });

  it("are single signs in Chinese, also beside Latin letters", () => {
    expect(stops("去北京 NASA工", nextWord)).toEqual([0, 1, 2, 3, 8, 9]);
  });

  it("go backwards to the beginning of a word", () => {
    const text = points("one two");
    expect(nextWord(text, 7, -1)).toBe(4);
    expect(nextWord(text, 4, -1)).toBe(0);
    expect(nextWord(text, 0, -1)).toBe(0);
  });

  it("are found at a place, and nothing between spaces", () => {
    const text = points("to Paris  now");
    expect(unitAt(text, 4)).toEqual({ start: 3, end: 8 });
    expect(unitAt(text, 8)).toBeNull();
    expect(unitAt(text, 13)).toBeNull();
    expect(unitAt(points("北京"), 1)).toEqual({ start: 1, end: 2 });
  });
});

describe("the word near a caret", () => {
  it("is the one behind which it stands rather than the full stop that follows", () => {
    const text = points("in London. 北京。");
    expect(wordNear(text, 9)).toEqual({ start: 3, end: 9 });
    expect(wordNear(text, 13)).toEqual({ start: 12, end: 13 });
    expect(wordNear(text, 3)).toEqual({ start: 3, end: 9 });
    expect(wordNear(text, 10)).toEqual({ start: 9, end: 10 });
  });
});

describe("what a mouse went over", () => {
  it("grows to whole words in Latin and stays as it is in Chinese", () => {
    expect(snapped(points("to Paris now"), { start: 4, end: 6 })).toEqual({ start: 3, end: 8 });
    expect(snapped(points("我在北京工作"), { start: 2, end: 4 })).toEqual({ start: 2, end: 4 });
  });

  it("loses the spaces at its ends", () => {
    expect(trimmed(points("to Paris now"), { start: 2, end: 9 })).toEqual({ start: 3, end: 8 });
    expect(trimmed(points("a   b"), { start: 1, end: 4 })).toBeNull();
  });
});
