import { beforeAll, describe, expect, it } from "vitest";
import type { JobSubject } from "@/api/types";
import { loadStrings } from "@/i18n";
import { subjectText } from "./JobSubject";

const BIRDS: JobSubject = {
  kind: "dataset",
  id: "1",
  belongs_to: null,
  name: "birds",
  number: null,
  gone: false,
};

describe("what a job is about", () => {
  beforeAll(() => loadStrings(["app"]));

  it("is a name, or a name with the number of its version", () => {
    expect(subjectText({ subject: BIRDS })).toBe("birds");
    expect(subjectText({ subject: { ...BIRDS, kind: "run" } })).toBe("birds");
    expect(subjectText({ subject: { ...BIRDS, kind: "version", number: 3 } })).toBe("birds, version 3");
    expect(subjectText({ subject: { ...BIRDS, kind: "model_version", number: 3 } })).toBe("birds, version 3");
    expect(subjectText({ subject: { ...BIRDS, kind: "report", number: 3 } })).toBe(
      "Report of birds, version 3",
    );
  });

  it("is nothing where nothing is known", () => {
    expect(subjectText({ subject: null })).toBe("");
    expect(subjectText({})).toBe("");
  });
});
