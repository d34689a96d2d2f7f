import { describe, expect, it } from "vitest";
import { type Asked, accepts, askedAnew, begun, firstFault, pressed, saying, swept } from "./asking";
import type { Shape } from "./model";

const asked = (name: string, kind: Asked["kind"], more: Partial<Asked> = {}): Asked => ({
  name,
  name_zh: "",
  kind,
  options: [],
  default: "",
  required: false,
  ...more,
});
const COLOR = asked("color", "select", { options: ["red", "blue"], required: true });
const SIDES = asked("sides", "multi", { options: ["left", "right"] });
const OPEN = asked("open", "bool", { default: "false" });
const box = (id: string, x: number, attributes?: Record<string, string>): Shape => ({
  id,
  kind: "box",
  label: "cat",
  box: [x, 0, 5, 5],
  source: "human",
  ...(attributes ? { attributes } : {}),
});
const of = (label: string) => (label === "cat" ? [COLOR, SIDES, OPEN] : []);

describe("asking", () => {
  it("takes the same values as the server", () => {
    expect(accepts(asked("n", "number"), "-1.5e3")).toBe(true);
    for (const value of ["nan", "1e999", "１", "", "0x10"])
      expect(accepts(asked("n", "number"), value)).toBe(false);
    expect(accepts(SIDES, "left;right")).toBe(true);
    expect(accepts(SIDES, "left;left")).toBe(false);
    expect(accepts(OPEN, "1")).toBe(false);
    expect(accepts(asked("t", "text"), "  ")).toBe(false);
  });

  it("one of several comes and goes and stays in the order of the class", () => {
    expect(pressed(SIDES, "right", "left")).toBe("left;right");
    expect(pressed(SIDES, "left;right", "left")).toBe("right");
    expect(pressed(COLOR, "red", "blue")).toBe("blue");
  });

  it("a new object begins with the defaults and keeps what it says", () => {
    expect(begun(box("a", 0), of("cat")).attributes).toEqual({ open: "false" });
    expect(begun(box("a", 0, { open: "true" }), of("cat")).attributes).toEqual({ open: "true" });
  });

  it("another class drops what only the old one asked and leaves the words of others alone", () => {
    const shape = box("a", 0, { color: "red", open: "true", occluded: "1" });
    expect(askedAnew(shape, of("cat"), [OPEN]).attributes).toEqual({ open: "true", occluded: "1" });
    expect(askedAnew(box("a", 0, { color: "red" }), of("cat"), []).attributes).toBeUndefined();
  });

  it("a word makes a suggestion a person's, an empty one takes it back", () => {
    const said = saying({ ...box("a", 0), source: "model", score: 0.5 }, "color", "red");
    expect(said).toMatchObject({ source: "human", attributes: { color: "red" } });
    expect(said).not.toHaveProperty("score");
    expect(saying(said, "color", "").attributes).toBeUndefined();
  });

  it("the first object that lacks its answer is found in reading order", () => {
    const shapes = [box("right", 50), box("left", 0, { color: "red" })];
    expect(firstFault(shapes, of)).toEqual({ shape: "right", attribute: "color", isMissing: true });
    expect(firstFault([box("a", 0, { color: "green" })], of)).toMatchObject({ isMissing: false });
    expect(firstFault([box("a", 0, { color: "red" })], of)).toBeNull();
  });

  it("a sweep comes by those without a value, all, or those with one", () => {
    const shapes = [
      box("b", 50, { color: "red", sides: "left;right" }),
      box("a", 0),
      { ...box("c", 90), label: "dog" },
    ];
    expect(swept(shapes, of, "color", "missing")).toEqual(["a"]);
    expect(swept(shapes, of, "color", "all")).toEqual(["a", "b"]);
    expect(swept(shapes, of, "sides", { value: "left" })).toEqual(["b"]);
  });
});
