import { describe, expect, it } from "vitest";
import { AppError } from "@/api/errors";
import { type EditedRule, editedFrom, faultsIn, isWhole, sentOf, theirsIn, withNew, wordsIn } from "./rules";

const refused = (code: string, params: Record<string, unknown>) =>
  new AppError({ code, status: 422, detail: "no", params });

const rule = (changes: Partial<EditedRule>): EditedRule => ({
  ...(withNew([], "cat")[0] as EditedRule),
  ...changes,
});

describe("rules while they are written", () => {
  it("reads each line as a phrase, once", () => {
    expect(wordsIn(" new york \n\nparis\r\nparis\n　北京　")).toEqual(["new york", "paris", "北京"]);
  });

  it("comes back from the server as it was sent", () => {
    const words = rule({ words: "a\nb", pattern: "left over", wholeWord: true });
    const pattern = rule({ id: 1, kind: "pattern", pattern: "a+ ", words: "left over", matchCase: true });
    const sent = [words, pattern].map(sentOf);
    expect(sent[0]).toEqual({
      label: "cat",
      kind: "words",
      words: ["a", "b"],
      pattern: "",
      whole_word: true,
      match_case: false,
    });
    expect(editedFrom(sent).map(sentOf)).toEqual(sent);
    expect(sent[1]?.pattern).toBe("a+ ");
  });

  it("is whole once it has a class and something to find", () => {
    expect([{}, { words: " \n" }, { words: "a" }, { words: "a", label: "" }].map(rule).map(isWhole)).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect(isWhole(rule({ kind: "pattern", words: "a" }))).toBe(false);
    expect(isWhole(rule({ kind: "pattern", pattern: "a" }))).toBe(true);
  });

  it("gives every new rule an id of its own", () => {
    const some = withNew(withNew([], "a"), "b");
    expect(withNew(some.slice(1), "c").map(({ id }) => id)).toEqual([1, 2]);
  });

  it("puts what the server says beside its rule", () => {
    const error = refused("rule_refused", {
      fields: { "rules.1.pattern": ["rule 2: missing )"], rules: ["too many"], "rules.x.label": ["?"] },
    });
    expect([...faultsIn(error)]).toEqual([[1, { pattern: "missing )" }]]);
    expect(faultsIn(null).size).toBe(0);
  });

  it("finds what others have saved meanwhile, and nothing in other refusals", () => {
    const current = { revision: 3, rules: [], changed_by: "bo", changed_at: null };
    expect(theirsIn(refused("stale_revision", { current }))).toEqual(current);
    expect(theirsIn(refused("stale_revision", {}))).toBeNull();
    expect(theirsIn(refused("rule_refused", { current }))).toBeNull();
  });
});
