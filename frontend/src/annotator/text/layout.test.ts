import { describe, expect, it } from "vitest";
import { blocksOf, LANES, lanesOf, piecesOf } from "./layout";

const span = (id: string, start: number, end: number) => ({ id, label: "a", start, end });
const whole = (text: string) => ({ start: 0, end: Array.from(text).length });
const textsOf = (text: string, spans: ReturnType<typeof span>[], cuts: number[] = []) =>
  piecesOf(whole(text), spans, cuts).map(({ start, end }) => Array.from(text).slice(start, end).join(""));

describe("a text with spans", () => {
  it("is cut by code points, an emoji being one", () => {
    expect(textsOf("😀 Ann👍!", [span("1", 2, 5), span("2", 5, 6)])).toEqual(["😀 ", "Ann", "👍", "!"]);
  });

  it("gives all of it back, line ends included", () => {
    const text = "one\r\ntwo 𠮷 three";
    expect(textsOf(text, [span("1", 4, 9), span("2", 5, 8)], [3, 12]).join("")).toBe(text);
  });

  it("names the spans over each piece, the outer one first", () => {
    const pieces = piecesOf(whole("abcdef"), [span("inner", 2, 4), span("outer", 1, 5)]);
    expect(pieces.map(({ spans }) => spans.map(({ id }) => id))).toEqual([
      [],
      ["outer"],
      ["outer", "inner"],
      ["outer"],
      [],
    ]);
    expect(pieces.map(({ begins }) => begins.length)).toEqual([0, 1, 1, 0, 0]);
  });
});

describe("blocks", () => {
  it("are lines that join to the whole text", () => {
    const points = Array.from(`one\n\ntwo ${"word ".repeat(2_000)}\nlast`);
    const blocks = blocksOf(points);
    expect(blocks[0]).toEqual({ start: 0, end: 4 });
    expect(blocks.map(({ start, end }) => points.slice(start, end).join("")).join("")).toBe(points.join(""));
    expect(Math.max(...blocks.map(({ start, end }) => end - start))).toBeLessThan(3_001);
  });

  it("of a text without any space are bounded, too, and an empty text is one", () => {
    expect(blocksOf(Array.from("字".repeat(10_000))).length).toBeGreaterThan(3);
    expect(blocksOf([])).toEqual([{ start: 0, end: 0 }]);
  });
});

describe("lanes", () => {
  it("keep spans that overlap apart, and use a lane again", () => {
    const lanes = lanesOf([span("a", 0, 10), span("b", 2, 4), span("c", 4, 6), span("d", 3, 5)]);
    expect(Object.fromEntries(lanes)).toEqual({ a: 0, b: 1, d: 2, c: 1 });
  });

  it("end: what is beyond lies on the last one", () => {
    const lanes = lanesOf(Array.from({ length: 9 }, (_, at) => span(String(at), 0, 20 - at)));
    expect(Math.max(...lanes.values())).toBe(LANES - 1);
  });
});
