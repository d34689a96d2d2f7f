import { expect, test } from "vitest";
import type { TableColumn } from "@/api/tables";
import { isValue, said } from "./SetValueDialog";

const column = (kind: TableColumn["kind"], params: TableColumn["params"] = {}): TableColumn => ({
  index: 0,
  name: "x",
  kind,
  reason: {},
  params,
  statistics: {},
});

test("what is no value of the column is not sent", () => {
  expect(isValue("12,5", column("number"))).toBe(true);
  expect(isValue("many", column("number"))).toBe(false);
  expect(isValue(" ", column("text"))).toBe(false);
  expect(isValue("2026-01-31", column("datetime"))).toBe(true);
  expect(isValue("31 January", column("datetime"))).toBe(false);
  expect(isValue("true", column("boolean"))).toBe(true);
});

test("numbers are written as the column reads them", () => {
  expect(said("12,5", column("number"))).toBe("12.5");
  expect(said("12.5", column("number", { decimal: "," }))).toBe("12,5");
  expect(said("a, b.", column("text"))).toBe("a, b.");
});
