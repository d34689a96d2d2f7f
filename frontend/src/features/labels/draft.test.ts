import { expect, test } from "vitest";
import { CLASS_COLORS } from "@/ui/classColors";
import { hasDuplicate, newDraft, parseList } from "./draft";

const cat = newDraft([], "cat", "猫");

test("a pasted list gives names in both languages and leaves out what is there", () => {
  expect(parseList("dog, 狗\n\ncat\nbird\t鸟\n dog ", [cat])).toEqual([
    { name: "dog", name_zh: "狗" },
    { name: "bird", name_zh: "鸟" },
  ]);
});

test("new classes get the twelve colors in order before one is used twice", () => {
  const drafts = [cat];
  for (let n = 1; n < 12; n++) drafts.push(newDraft(drafts, `class ${n}`));
  expect(drafts.map((draft) => draft.color)).toEqual([...CLASS_COLORS]);
  expect(newDraft(drafts).color).toBe(CLASS_COLORS[0]);
});

test("names that differ only in case are the same name", () => {
  expect(hasDuplicate([cat, newDraft([cat], "Cat")])).toBe(true);
  expect(hasDuplicate([cat, newDraft([cat], "dog")])).toBe(false);
});
