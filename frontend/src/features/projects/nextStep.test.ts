import { describe, expect, it } from "vitest";
import type { Permission } from "@/api/types";
import { nextStep } from "./nextStep";

const NOTHING = { samples: 0, labeled: 0, versions: 0, runs: 0, models: 0, endpoints: 0, members: 1 };
const ALL: Permission[] = [
  "access_project",
  "view_project",
  "label_project",
  "curate_project",
  "train_project",
  "deploy_project",
];
const PICTURES = { canTrain: true, canHandOut: true };
const at = (counts: Partial<typeof NOTHING>, permissions: Permission[] = ALL, isTraining = false) =>
  nextStep({ counts: { ...NOTHING, ...counts }, permissions, isTraining, ...PICTURES });
const ofTexts = (counts: Partial<typeof NOTHING>) =>
  nextStep({
    counts: { ...NOTHING, ...counts },
    permissions: ALL,
    isTraining: false,
    canTrain: false,
    canHandOut: false,
  });

describe("the next step of a project", () => {
  it("walks from pictures to an endpoint", () => {
    expect(at({})).toBe("import");
    expect(at({ samples: 100, labeled: 3 })).toBe("label");
    expect(at({ samples: 100, labeled: 90 })).toBe("freeze");
    expect(at({ samples: 100, labeled: 90, versions: 1 })).toBe("train");
    expect(at({ samples: 100, labeled: 90, versions: 1 }, ALL, true)).toBe("watch");
    expect(at({ samples: 100, labeled: 90, versions: 1, models: 1 })).toBe("deploy");
    expect(at({ samples: 100, labeled: 90, versions: 1, models: 1, endpoints: 1 })).toBe("improve");
  });

  it("never offers what the role does not allow", () => {
    expect(at({}, ["access_project", "view_project"])).toBeNull();
    expect(
      at({ samples: 9, labeled: 9, versions: 1, models: 1 }, ["access_project", "view_project"]),
    ).toBeNull();
  });

  it("offers neither training nor tasks where there are none", () => {
    expect(ofTexts({})).toBe("import");
    expect(ofTexts({ samples: 100 })).toBeNull();
    expect(ofTexts({ samples: 100, labeled: 3 })).toBe("freeze");
    expect(ofTexts({ samples: 100, labeled: 90, versions: 1 })).toBeNull();
  });

  it("sends an annotator to the tasks, whatever else is missing", () => {
    expect(at({}, ["access_project", "label_project"])).toBe("work");
  });
});
