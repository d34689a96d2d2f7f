import { beforeAll, describe, expect, it } from "vitest";
import { wordsOf } from "@/app/words";
import { loadStrings } from "@/i18n";
import { problemText } from "./results";

describe("the words of an import follow what is imported", () => {
  beforeAll(() => loadStrings(["imports", "versions", "data"]));
  const twice = { code: "conflicting_label", detail: "" };

  it("says text of texts and picture of pictures", () => {
    expect(problemText(twice, "text")).toBe("two labels for the same text");
    expect(problemText(twice, "image")).toBe("two labels for the same picture");
    expect(wordsOf("imports", "text")("groupBy_none")).toBe("Every text on its own");
    expect(wordsOf("imports", "image")("groupBy_none")).toBe("Every picture on its own");
  });

  it("names the step that is missing where a table cannot be frozen", () => {
    expect(wordsOf("versions", "tabular")("whyNot_none")).toContain("Choose the column");
  });
});
