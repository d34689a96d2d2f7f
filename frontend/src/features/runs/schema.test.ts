import { describe, expect, it } from "vitest";
import { fieldsOf, isValid } from "./schema";

const SCHEMA = {
  type: "object",
  properties: {
    epochs: { type: "integer", title: "Epochs", minimum: 1, maximum: 200 },
    rate: { type: "number", exclusiveMinimum: 0, maximum: 1 },
    side: { type: "integer", enum: [192, 224] },
    ema: { anyOf: [{ type: "boolean" }, { type: "null" }], title: "Averaged weights" },
  },
};

describe("a form from a JSON Schema", () => {
  const [epochs, rate, side, ema] = fieldsOf(SCHEMA);

  it("knows kinds, titles and choices", () => {
    expect([epochs?.kind, rate?.kind, side?.kind, ema?.kind]).toEqual([
      "integer",
      "number",
      "choice",
      "boolean",
    ]);
    expect([epochs?.title, rate?.title]).toEqual(["Epochs", "Rate"]);
    expect(side?.choices).toEqual([192, 224]);
  });

  it("refuses what the server would refuse", () => {
    if (!epochs || !rate) throw new Error("fields are missing");
    expect([isValid(epochs, 0), isValid(epochs, 1), isValid(epochs, 2.5), isValid(epochs, 201)]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect([isValid(rate, 0), isValid(rate, 0.001), isValid(rate, 1)]).toEqual([false, true, true]);
    expect(isValid(rate, undefined)).toBe(true);
  });
});
