import { describe, expect, it } from "vitest";
import { whyNot } from "./launch";

const used = (name: string) => ({ id: name, index: 0, name, train: 5, val: 1, test: 1 });
const version = { classes: [used("a"), used("b")], counts: { samples: 14, train: 10 } };
const ready = { version, mayTrain: true, isFit: true, hasAlgorithm: true };

describe("why a run may not start", () => {
  it("lets a sound one start", () => expect(whyNot(ready)).toBeNull());

  it("names the first thing that is wrong", () => {
    expect(whyNot({ ...ready, mayTrain: false })).toBe("permission");
    expect(whyNot({ ...ready, hasAlgorithm: false })).toBe("algorithm");
    expect(whyNot({ ...ready, version: { ...version, classes: [used("a")] } })).toBe("classes");
    expect(whyNot({ ...ready, version: { ...version, counts: { samples: 4, train: 0 } } })).toBe("train");
    expect(whyNot({ ...ready, isFit: false })).toBe("params");
  });
});
