import { describe, expect, it } from "vitest";
import { bestOf, chartsOf, pointsOf } from "./curves";

describe("curves of a run", () => {
  it("puts training and validation loss into one chart", () => {
    const charts = chartsOf({ "val/loss": [], "train/loss": [], "train/rate": [], "val/macro_f1": [] });
    expect(charts.get("loss")).toEqual(["train/loss", "val/loss"]);
    expect(charts.get("rate")).toEqual(["train/rate"]);
    expect(charts.get("quality")).toEqual(["val/macro_f1"]);
  });

  it("takes validation before training, small losses and large accuracies", () => {
    const series = {
      "train/accuracy": [[1, 0.99]],
      "val/accuracy": [
        [1, 0.5],
        [2, 0.8],
        [3, 0.7],
      ],
      "val/loss": [
        [1, 2],
        [2, 1],
      ],
    } satisfies Record<string, [number, number][]>;
    expect(bestOf(series, "accuracy")).toBe(0.8);
    expect(bestOf(series, "loss")).toBe(1);
    expect(bestOf(series, "recall")).toBeNull();
  });

  it("keeps the later value of a step that a resumed run repeated", () => {
    expect(
      pointsOf([
        [2, 0.4],
        [1, 0.5],
        [2, 0.3],
      ]),
    ).toEqual([
      [1, 0.5],
      [2, 0.3],
    ]);
  });
});
