import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operator } from "@/api/augment";
import { AppError } from "@/api/errors";
import { faultsOf } from "@/app/steps/steps";
import { added, changed, edited, grouped, moved, newStep, sent } from "./steps";

const operator = (key: string, group: Operator["group"]): Operator => ({
  key,
  group,
  moves: false,
  mixes: false,
  params_schema: { properties: { amount: { type: "number", default: 0.2 }, vary: { default: false } } },
});

const steps = fc
  .array(fc.constantFrom("fog", "gray", "crop"), { maxLength: 8 })
  .map((ops) => edited(ops.map((op) => ({ op, params: {}, p: 1 }))));

describe("the list of steps", () => {
  it("begins a step with the defaults of its schema", () => {
    expect(newStep(operator("fog", "weather"))).toEqual({
      op: "fog",
      params: { amount: 0.2, vary: false },
      p: 1,
    });
  });

  it("is told what the server said about a parameter", () => {
    const fields = { "steps.1.params.table": ["line 1: two words"], "steps.0.op": ["no such operator"] };
    const error = new AppError({ code: "invalid_input", status: 422, detail: "no", params: { fields } });
    expect([...faultsOf(error, "augment", [])]).toEqual([[1, { table: "line 1: two words" }]]);
  });

  it("loses nothing and doubles nothing when a step moves", () => {
    fc.assert(
      fc.property(steps, fc.nat(9), fc.integer({ min: -10, max: 10 }), (list, id, by) => {
        const ids = (all: typeof list) => all.map((step) => step.id);
        expect(ids(moved(list, id, by)).sort()).toEqual(ids(list).sort());
      }),
    );
  });

  it("moves a step by one place", () => {
    const list = edited(["a", "b", "c"].map((op) => ({ op, params: {}, p: 1 })));
    expect(moved(list, 0, 1).map((step) => step.op)).toEqual(["b", "a", "c"]);
    expect(moved(list, 2, -1).map((step) => step.op)).toEqual(["a", "c", "b"]);
    expect(moved(list, 2, 1).map((step) => step.op)).toEqual(["a", "b", "c"]);
  });

  it("gives an added step an id that none has", () => {
    fc.assert(
      fc.property(steps, (list) => {
        const more = added(moved(list, 0, 2), { op: "jpeg", params: {}, p: 1 });
        expect(new Set(more.map((step) => step.id)).size).toBe(list.length + 1);
      }),
    );
  });

  it("changes one step and sends no ids", () => {
    const list = edited(["fog", "fog"].map((op) => ({ op, params: { severity: 1 }, p: 1 })));
    expect(sent(changed(list, 1, { params: { severity: 4 }, p: 0.5 }))).toEqual([
      { op: "fog", params: { severity: 1 }, p: 1 },
      { op: "fog", params: { severity: 4 }, p: 0.5 },
    ]);
  });

  it("keeps the server's order inside and between groups", () => {
    const all = [operator("fog", "weather"), operator("crop", "geometry"), operator("rain", "weather")];
    expect(grouped(all).map(([group, members]) => [group, members.map((one) => one.key)])).toEqual([
      ["weather", ["fog", "rain"]],
      ["geometry", ["crop"]],
    ]);
  });
});
