import { beforeAll, expect, test } from "vitest";
import type { TableColumn } from "@/api/tables";
import { momentText } from "@/app/cellText";
import { loadStrings } from "@/i18n";
import { conditionsOf, conditionText, opsOf, sortOf, typedOf } from "./cells";

beforeAll(() => loadStrings(["tables"]));

const age: TableColumn = { index: 1, name: "age", kind: "number", reason: {}, params: {}, statistics: {} };

test("what was typed becomes a value of the column's kind or nothing", () => {
  expect(typedOf("1,5", "number", "ge")).toBe(1.5);
  expect(typedOf("", "number", "ge")).toBeUndefined();
  expect(typedOf("ten", "number", "ge")).toBeUndefined();
  expect(typedOf("2024-01-31", "datetime", "ge")).toBe("2024-01-31");
  expect(typedOf("31.1.2024", "datetime", "ge")).toBeUndefined();
  expect(typedOf("false", "boolean", "eq")).toBe(false);
  expect(typedOf("", "category", "contains")).toBeUndefined();
});

test("an address that is no filter of this table filters nothing", () => {
  expect(conditionsOf('[{"column":1,"op":"ge","value":3}]', [age])).toHaveLength(1);
  expect(conditionsOf('[{"column":7,"op":"ge","value":3}]', [age])).toEqual([]);
  expect(conditionsOf("[null]", [age])).toEqual([]);
  expect(conditionsOf("{", [age])).toEqual([]);
  expect(conditionsOf("3", [age])).toEqual([]);
});

test("a filter about rows as a whole needs no column", () => {
  const [copied, named] = conditionsOf('[{"op":"copied"},{"op":"row","value":[3,9]}]', [age]);
  expect(copied && conditionText(copied, [age])).toBe("says the same as another row");
  expect(named && conditionText(named, [age])).toBe("2 chosen rows");
});

test("both ends of what a cell is outside of are told", () => {
  expect(conditionText({ column: 1, op: "outside", value: [-3, 40] }, [age])).toBe("age is outside -3 – 40");
});

test("a sort is a number of a column with its direction", () => {
  expect(sortOf("-3")).toEqual({ index: 3, isDown: true });
  expect(sortOf("0")).toEqual({ index: 0, isDown: false });
  expect(sortOf("name")).toBeNull();
  expect(sortOf(undefined)).toBeNull();
});

test("a day is written without its midnight", () => {
  expect(momentText("2024-01-31T00:00:00")).toBe("2024-01-31");
  expect(momentText("2024-01-31T10:30:00")).toBe("2024-01-31 10:30:00");
});

test("only what can be compared has a below and an above", () => {
  expect(opsOf("number")).toContain("lt");
  expect(opsOf("category")).not.toContain("lt");
});
