import { describe, expect, it } from "vitest";
import type { JobSubject } from "@/api/types";
import { subjectText } from "./JobSubject";

const words = (key: string, params?: Record<string, string | number>) =>
  `${key}(${Object.values(params ?? {}).join(",")})`;
const about = (subject: Partial<JobSubject>) =>
  ({
    subject: {
      kind: "dataset",
      id: "1",
      belongs_to: null,
      name: "birds",
      number: null,
      gone: false,
      ...subject,
    },
  }) satisfies { subject: JobSubject };

describe("what a job is about", () => {
  it("is a name, or a name with the number of its version", () => {
    expect(subjectText(about({}), words)).toBe("birds");
    expect(subjectText(about({ kind: "run" }), words)).toBe("birds");
    expect(subjectText(about({ kind: "version", number: 3 }), words)).toBe("jobSubject_version(birds,3)");
    expect(subjectText(about({ kind: "model_version", number: 3 }), words)).toBe(
      "jobSubject_version(birds,3)",
    );
    expect(subjectText(about({ kind: "report", number: 3 }), words)).toBe("jobSubject_report(birds,3)");
  });

  it("is nothing where nothing is known", () => {
    expect(subjectText({ subject: null }, words)).toBe("");
    expect(subjectText({}, words)).toBe("");
  });
});
