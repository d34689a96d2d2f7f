import { beforeAll, describe, expect, it } from "vitest";
import type { ImportResult } from "@/api/imports";
import { wordsOf } from "@/app/words";
import { loadStrings } from "@/i18n";
import en from "@/i18n/en/imports";
import zh from "@/i18n/zh/imports";
import { importResult, problemGroups, problemText, remedyText } from "./results";

describe("the words of an import follow what is imported", () => {
  beforeAll(() => loadStrings(["imports", "versions", "data"]));
  const twice = { code: "conflicting_label", detail: "" };

  it("says text of texts and picture of pictures", () => {
    expect(problemText(twice, "text")).toBe("two labels for the same text");
    expect(problemText(twice, "image")).toBe("two labels for the same picture");
    expect(wordsOf("imports", "text")("groupBy_none")).toBe("Every text on its own");
    expect(wordsOf("imports", "image")("groupBy_none")).toBe("Every picture on its own");
  });

  it("says of every problem what to do about it, in both languages", () => {
    const codes = Object.keys(en).flatMap((key) => (key.startsWith("problem_") ? [key.slice(8)] : []));
    expect(codes.length).toBeGreaterThan(60);
    for (const words of [en, zh])
      expect(
        codes.filter((code) => !(`remedy_${code}` in words)),
        JSON.stringify(words.title),
      ).toEqual([]);
    expect(remedyText("file_encrypted", "image")).toBe("Pack it again without a password.");
    expect(remedyText("of_a_newer_server", "image")).toBeUndefined();
  });

  it("puts problems of one kind together, each place once, and what is said of all alike once", () => {
    const row = (where: string, code: string, detail: string) => ({ where, code, detail });
    const result = importResult({
      problems: { category_unreadable: 2, file_encrypted: 7 },
      problem_samples: [
        row("a.json", "category_unreadable", "two categories have the id 2"),
        row("a.json", "category_unreadable", "two categories have the id 3"),
        row("x.jpg", "file_encrypted", "pack it without a password"),
        row("y.jpg", "file_encrypted", "pack it without a password"),
        row("y.jpg", "file_encrypted", "pack it without a password"),
      ],
    });
    const [locked, unread] = problemGroups(result as ImportResult);
    expect([locked?.code, locked?.count, locked?.places.length, locked?.says.size]).toEqual([
      "file_encrypted",
      7,
      2,
      0,
    ]);
    expect(unread?.says.size).toBe(2);
  });

  it("names the step that is missing where a table cannot be frozen", () => {
    expect(wordsOf("versions", "tabular")("whyNot_none")).toContain("Choose the column");
  });
});
