import { describe, expect, it } from "vitest";
import type { Dataset } from "@/api/types";
import { completed, completionsOf, quoted, type Vocabulary, wordAt } from "./filterWords";

const CLASSES = [
  { name: "cat", name_zh: "猫" },
  { name: "big eel", name_zh: "" },
];
const WORDS: Vocabulary = {
  field: (field) => (field === "state" ? "状态" : field === "label" ? "类别" : field),
  value: (_, value) => (value === "unlabeled" ? "未标注" : value),
  tags: ["rainy", "line 3"],
  findings: ["picture_blurry", "boxes_tiny"],
  dataset: { label_schema: { classes: CLASSES } } as unknown as Dataset,
};
const inserts = (text: string) => completionsOf(text, text.length, WORDS).map((one) => one.insert);

describe("completion of a filter", () => {
  it("offers fields by their key and by the reader's word", () => {
    expect(inserts("sta")).toEqual(["state:"]);
    expect(inserts("cat -状")).toEqual(["-state:"]);
    expect(inserts("(siz")).toEqual(["size>"]);
    expect(inserts("").length).toBeGreaterThan(5);
  });

  it("offers a field by any word that the server takes for it", () => {
    expect(inserts("标")).toEqual(["label:", "tag:"]);
    expect(inserts("cla")).toEqual(["label:"]);
    expect(inserts("标签：猫")).toEqual(["标签：cat"]);
    expect(inserts("class:cat")).toEqual(["class:cat"]);
  });

  it("offers the values of a field, also behind a comma and in another language", () => {
    expect(inserts("label:")).toEqual(["label:cat", 'label:"big eel"']);
    expect(inserts("label:cat,big")).toEqual(['label:cat,"big eel"']);
    expect(inserts("label:猫")).toEqual(["label:cat"]);
    expect(inserts("状态：未")).toEqual(["状态：unlabeled"]);
    expect(inserts("finding:blur")).toEqual(["finding:picture_blurry"]);
    expect(inserts("size>1")).toEqual([]);
    expect(inserts("tag:")).toEqual(["tag:rainy", 'tag:"line 3"', "tag:none"]);
    expect(inserts("tag:rainy,LI")).toEqual(['tag:rainy,"line 3"']);
  });

  it("puts the completion where the cursor is and leaves the rest", () => {
    const [first] = completionsOf("split:test lab size>1kb", 14, WORDS);
    expect(first && completed("split:test lab size>1kb", 14, first)).toEqual({
      text: "split:test label: size>1kb",
      cursor: 17,
    });
    const [whole] = completionsOf("state:unl", 9, WORDS);
    expect(whole && completed("state:unl", 9, whole)).toEqual({ text: "state:unlabeled ", cursor: 16 });
  });

  it("takes a quoted value as one word", () => {
    expect(wordAt('a label:"big e', 14)).toEqual({ from: 2, word: 'label:"big e' });
    expect(quoted('say "hi"')).toBe('"say \\"hi\\""');
    expect(quoted("-odd")).toBe('"-odd"');
    expect(quoted("猫")).toBe("猫");
  });
});
