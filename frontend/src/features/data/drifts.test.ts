import { expect, test } from "vitest";
import type { Finding } from "@/api/samples";
import { driftsOf } from "./drifts";

const told = { index: 3, name: "size", measure: "ks", value: 0.4, missing: { now: 0, before: 0 } };
const finding = (columns: unknown) => ({ code: "column_drift", params: { columns } }) as unknown as Finding;

test("columns that tell how they changed are shown", () => {
  expect(driftsOf(finding([told]))).toEqual([told]);
});

test("findings of an older release, which name columns only, show none", () => {
  expect(driftsOf(finding([{ index: 3, name: "size", measure: "ks", value: 0.4 }]))).toEqual([]);
  expect(driftsOf(finding([{ ...told, measure: "another" }, null, 7]))).toEqual([]);
  expect(driftsOf(finding(undefined))).toEqual([]);
});
