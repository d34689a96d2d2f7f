import { describe, expect, it } from "vitest";
import { tagForm, tagsWith } from "./TagsField";

describe("tags as they are typed", () => {
  it("have the form in which the server keeps them", () => {
    expect(tagForm("  Line   3 ")).toBe("line 3");
    expect(tagForm("ＲＡＩＮ")).toBe("rain");
    expect(tagForm("下雨")).toBe("下雨");
  });

  it("are parted by commas and are there once", () => {
    expect(tagsWith(["a"], "B, a，c ,,", 32)).toEqual(["a", "b", "c"]);
    expect(tagsWith(["a"], "b,c,d", 3)).toEqual(["a", "b", "c"]);
  });
});
