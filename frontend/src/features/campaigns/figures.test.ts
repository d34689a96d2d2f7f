import { expect, test } from "vitest";
import type { AgreementPair, Consensus, Figure } from "@/api/consensus";
import { answersShown, isCell, isOpen, pairsByNames, shadeOf } from "./figures";

const figure: Figure = { value: 0.8, low: 0.7, high: 0.9, samples: 10 };
const pair = (a: string, b: string): AgreementPair => ({
  a,
  b,
  agreement: figure,
  kappa: null,
  differing: 2,
});

test("two people are found in either order", () => {
  const of = pairsByNames([pair("zoe", "ann"), pair("ann", "ben")]);
  expect(of("ann", "zoe")).toEqual(pair("zoe", "ann"));
  expect(of("zoe", "ann")).toEqual(pair("zoe", "ann"));
  expect(of("ben", "zoe")).toBeNull();
});

test("a cell is open for the same two people in either order, and for no other", () => {
  expect(isOpen({ a: "ann", b: "ben" }, { a: "ben", b: "ann" })).toBe(true);
  expect(isOpen({ a: "ann", b: "ben" }, { a: "ann", b: "eve" })).toBe(false);
  expect(isOpen({ a: "ann", label: "c1" }, { a: "ann", label: "c2" })).toBe(false);
  expect(isOpen({ a: "ann", label: "c1" }, { a: "ann", label: "c1" })).toBe(true);
  expect(isOpen({ label: "c1" }, { a: "ann", label: "c1" })).toBe(false);
});

test("without a name or a class nothing is open", () => {
  expect(isCell({})).toBe(false);
  expect(isCell({ label: "c1" })).toBe(true);
});

test("a cell of two people shows their answers, one of a person and a class everybody's", () => {
  const answers = ["ann", "ben", "eve"].map((author) => ({
    id: author,
    author,
    shapes: [],
    seconds_spent: 1,
    submitted_at: "2026-11-20T10:00:00Z",
  }));
  const row = { answers } as unknown as Consensus;
  expect(answersShown(row, { a: "eve", b: "ann" }).map(({ author, at }) => [author, at])).toEqual([
    ["ann", 0],
    ["eve", 2],
  ]);
  expect(answersShown(row, { a: "eve", label: "c1" })).toHaveLength(3);
});

test("more agreement is darker, and what cannot be is no darker than what can", () => {
  const alpha = (value: number) => Number(/\/ ([\d.]+)\)/.exec(shadeOf(value))?.[1]);
  expect(alpha(0)).toBeGreaterThan(0);
  expect(alpha(0.9)).toBeGreaterThan(alpha(0.5));
  expect(alpha(1.5)).toBe(alpha(1));
  expect(alpha(-1)).toBe(alpha(0));
});
