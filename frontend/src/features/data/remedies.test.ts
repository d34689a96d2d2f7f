import { describe, expect, test } from "vitest";
import type { Finding } from "@/api/samples";
import { type RemedyName, remediesOf } from "./remedies";

const finding = (code: string, params: Record<string, unknown> = {}): Finding => ({
  code,
  params,
  severity: "warning",
  count: 3,
  remedy: "",
  checked_at: null,
  samples_url: null,
});
const names = (code: string, modality: string): RemedyName[] =>
  remediesOf(finding(code), { modality }).map(({ name }) => name);

describe("remedies", () => {
  test("what a check of pictures names is dropped by its own code", () => {
    expect(remediesOf(finding("picture_dark"), { modality: "image" })).toEqual([
      {
        to: "clean",
        name: "drop",
        q: "finding:picture_dark",
        steps: [{ op: "drop_finding", params: { finding: "picture_dark" } }],
      },
    ]);
  });

  test("copies are removed, or kept in one split; across splits the other way round", () => {
    expect(names("same_looking", "image")).toEqual(["dedupe", "group"]);
    expect(names("same_looking_across_splits", "image")).toEqual(["group", "dedupe"]);
  });

  test("recordings are never cleaned", () => {
    expect(names("audio_same", "audio")).toEqual(["group"]);
    expect(names("same_looking", "audio")).toEqual(["group"]);
    expect(names("audio_silent", "audio")).toEqual([]);
  });

  test("only the kinds of personal data that were found are masked", () => {
    const [mask] = remediesOf(finding("text_personal", { kinds: { mail: 4 } }), { modality: "text" });
    expect(mask).toMatchObject({
      steps: [{ op: "mask_personal", params: { mail: true, phone: false, identity: false, card: false } }],
    });
  });

  test("the columns of a finding are those of the step, each once", () => {
    const columns = [{ name: "age" }, { name: "age" }, { name: "income" }];
    expect(remediesOf(finding("column_outliers", { columns }), { modality: "tabular" })).toEqual([
      { to: "clean", name: "clip", steps: [{ op: "clip", params: { columns: ["age", "income"] } }] },
    ]);
    expect(names("column_outliers", "tabular")).toEqual([]);
  });
});
