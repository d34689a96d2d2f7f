import { beforeAll, describe, expect, it } from "vitest";
import { AppError } from "@/api/errors";
import { loadStrings, setLanguage } from "@/i18n";
import { errorText } from "./errorText";

const invalid = (detail: string, params = {}) =>
  new AppError({ code: "invalid_input", status: 422, detail, params });

describe("what is told of a refusal", () => {
  beforeAll(() => loadStrings(["errors"]));

  it("says what the server says is wrong, whether a field is marked or not", () => {
    const why = "nothing here trains the task ner yet";
    expect(errorText(invalid(why, { fields: { algorithm: [why] } }))).toContain(why);
    expect(errorText(invalid(why))).toContain(why);
    expect(errorText(invalid("", { fields: { name: ["may not be blank"] } }))).toContain("may not be blank");
  });

  it("has words of its own for codes it knows", async () => {
    const picture = new AppError({ code: "image_not_recognized", status: 422, detail: "not a picture" });
    expect(errorText(picture)).toContain("Use JPEG, PNG");
    await setLanguage("zh-Hans");
    expect(errorText(picture)).toContain("请使用 JPEG");
    await setLanguage("en");
  });

  it("says of each fault what to do about it, and something of a fault it does not know", async () => {
    const told = (fault: string) =>
      errorText(new AppError({ code: "relation_refused", status: 422, detail: "", params: { fault } }));
    expect(told("twice")).toContain("twice");
    expect(told("to_itself")).toContain("to itself");
    expect(told("unknown_type")).toContain("does not have any more");
    for (const fault of ["unknown_span", "classes", "another"]) expect(told(fault)).toContain("both ends");
    await setLanguage("zh-Hans");
    expect(told("twice")).toContain("重复");
    expect(told("classes")).toContain("两端");
    await setLanguage("en");
  });

  it("keeps to general words where the server said nothing", () => {
    expect(errorText(invalid(""))).toBe("Some values are not valid. Check the marked fields.");
  });
});
