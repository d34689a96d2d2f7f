import { describe, expect, it } from "vitest";
import type { SampleShape } from "@/api/types";
import { piecesOf } from "./spans";

const span = (id: string, start: number, end: number): SampleShape => ({
  id,
  kind: "span",
  label: "a",
  start,
  end,
  source: "human",
});

describe("a text with spans", () => {
  it("is cut by code points, an emoji being one", () => {
    expect(piecesOf("😀 Ann👍!", [span("1", 2, 5), span("2", 5, 6)]).map((piece) => piece.text)).toEqual([
      "😀 ",
      "Ann",
      "👍",
      "!",
    ]);
  });

  it("gives all of it back, line ends included", () => {
    const text = "one\r\ntwo 𠮷 three";
    expect(
      piecesOf(text, [span("1", 4, 9), span("2", 5, 8)])
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });

  it("names the spans over each piece, the outer one first", () => {
    const pieces = piecesOf("abcdef", [span("inner", 2, 4), span("outer", 1, 5)]);
    expect(pieces.map((piece) => piece.spans.map(({ id }) => id))).toEqual([
      [],
      ["outer"],
      ["outer", "inner"],
      ["outer"],
      [],
    ]);
    expect(pieces.map((piece) => piece.begins.map(({ id }) => id))).toEqual([
      [],
      ["outer"],
      ["inner"],
      [],
      [],
    ]);
  });

  it("is one piece without any", () => {
    expect(piecesOf("abc", [])).toEqual([{ text: "abc", spans: [], begins: [] }]);
    expect(piecesOf("", [])).toEqual([]);
  });
});
