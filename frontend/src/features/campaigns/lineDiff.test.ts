import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DiffLine, lineDiff } from "./lineDiff";

const read = (lines: DiffLine[], left: DiffLine["kind"]) =>
  lines
    .filter(({ kind }) => kind !== left)
    .map(({ text }) => text)
    .join("\n");

/** How many lines stay at best, by trying every subsequence of a short text. */
function longest(old: string[], now: string[]): number {
  if (old.length === 0 || now.length === 0) return 0;
  const [first, ...rest] = old;
  const skipped = longest(rest, now);
  const at = now.indexOf(first ?? "");
  return at < 0 ? skipped : Math.max(skipped, 1 + longest(rest, now.slice(at + 1)));
}

describe("lineDiff", () => {
  it("says what went and what came", () => {
    expect(lineDiff("a\nb\nc", "a\nx\nc")).toEqual([
      { kind: "same", text: "a" },
      { kind: "gone", text: "b" },
      { kind: "come", text: "x" },
      { kind: "same", text: "c" },
    ]);
    expect(lineDiff("a", "a")).toEqual([{ kind: "same", text: "a" }]);
  });

  it("gives both texts back, and keeps as many lines as can be kept", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", ""), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(text, text, (old, now) => {
        const lines = lineDiff(old.join("\n"), now.join("\n"));
        expect(read(lines, "come")).toBe(old.join("\n"));
        expect(read(lines, "gone")).toBe(now.join("\n"));
        expect(lines.filter(({ kind }) => kind === "same")).toHaveLength(longest(old, now));
      }),
    );
  });

  it("does not compare what is too large to compare", () => {
    const many = (letter: string) => Array.from({ length: 3_000 }, (_, at) => `${letter}${at}`).join("\n");
    const lines = lineDiff(many("a"), many("b"));
    expect(lines).toHaveLength(6_000);
    expect(read(lines, "gone")).toBe(many("b"));
  });
});
