import { describe, expect, it, vi } from "vitest";
import { AppError } from "@/api/errors";
import { faultsOf } from "@/app/steps/steps";
import { lookup } from "@/i18n";
import { askedFor, newStep, sent } from "./steps";

vi.mock("@/i18n", async (original) => ({ ...(await original<object>()), lookup: vi.fn() }));

describe("steps of a cleaning", () => {
  it("begin with every parameter at its default", () => {
    const operator = {
      key: "width",
      group: "letters",
      params_schema: { type: "object", properties: { to: { type: "string", default: "half" } } },
    } as const;
    expect(newStep(operator)).toEqual({ op: "width", params: { to: "half" } });
  });

  it("begin with what an address asks for, as far as there is such a thing", () => {
    const operator = {
      key: "clip",
      group: "cells",
      params_schema: {
        type: "object",
        properties: { columns: { type: "array", default: [] }, low: { type: "number", default: 0.01 } },
      },
    } as const;
    const asked = [{ op: "clip", params: { columns: ["age"], other: 1 } }, { op: "gone" }, null];
    expect(askedFor(JSON.stringify(asked), [operator])).toEqual([
      { id: 0, op: "clip", params: { columns: ["age"], low: 0.01 } },
    ]);
    for (const none of [undefined, "", "{", '{"op":"clip"}']) expect(askedFor(none, [operator])).toEqual([]);
  });

  it("are sent without the ids of the screen", () => {
    expect(sent([{ op: "lower", params: {}, id: 7 }])).toEqual([{ op: "lower", params: {} }]);
  });

  it("are told what the server said about their parameters", () => {
    const fields = { "recipe.steps.1.params.pattern": ["missing )"], filter: ["unknown word"] };
    const error = new AppError({ code: "invalid_input", status: 422, detail: "no", params: { fields } });
    expect([...faultsOf(error, "clean", [])]).toEqual([[1, { pattern: "missing )" }]]);
    expect(faultsOf(null, "clean", []).size).toBe(0);
  });

  it("are told in the words of their operator, then in those of their parameter", () => {
    vi.mocked(lookup).mockImplementation((feature, key) =>
      ["fault_impute_model_by", "fault_by"].includes(key) ? `${feature} ${key}` : undefined,
    );
    const fields = { "recipe.steps.0.params.by": ["no"], "recipe.steps.1.params.by": ["no"] };
    const error = new AppError({ code: "invalid_input", status: 422, detail: "no", params: { fields } });
    const steps = ["sample", "impute_model"].map((op) => ({ op, params: {} }));
    expect([...faultsOf(error, "cleanRows", steps).values()]).toEqual([
      { by: "cleanRows fault_by" },
      { by: "cleanRows fault_impute_model_by" },
    ]);
  });
});
