import { beforeAll, describe, expect, it } from "vitest";
import { loadStrings } from "@/i18n";
import { jobText, sourceOf } from "./jobWords";

describe("what a job is called", () => {
  beforeAll(() => loadStrings(["app"]));

  it("tells a look inside from an import, and names the file", () => {
    const result = { source: "cats.zip", dry_run: true };
    expect(jobText({ kind: "datasets.import", result })).toBe("Look inside");
    expect(jobText({ kind: "datasets.import", result: { ...result, dry_run: false } })).toBe("Import");
    expect(jobText({ kind: "datasets.import", result: null })).toBe("Import");
    expect(sourceOf({ result })).toBe("cats.zip");
    expect(sourceOf({ result: null })).toBe("");
  });
});
