import type { Dataset } from "@/api/types";
import { SPLITS, STATES } from "./values";

/** What can be asked about a sample; the server knows the same ones (`datasets/filters/grammar.py`). */
export const FILTER_FIELDS = [
  "label",
  "state",
  "split",
  "finding",
  "tag",
  "name",
  "group",
  "source",
  "size",
  "duration",
  "score",
  "imported",
  "assignee",
] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

/** Other words that the server takes for a field. */
const ALSO: Readonly<Partial<Record<FilterField, readonly string[]>>> = {
  label: ["class", "标签", "类别"],
  finding: ["检查结果", "问题"],
  tag: ["tags", "标记"],
  name: ["text", "文件名"],
  size: ["bytes"],
  duration: ["seconds"],
  score: ["confidence"],
  imported: ["date"],
};

const SOURCES = ["human", "import", "model"] as const;
/** What stands behind a field that has no list of values. */
const STARTS: Readonly<Partial<Record<FilterField, string>>> = {
  name: "name~",
  size: "size>",
  duration: "duration>",
  score: "score>=",
  imported: "imported>=",
};

export interface Completion {
  /** What takes the place of the word at the cursor. */
  insert: string;
  /** What it means, in the reader's language. */
  meaning: string;
  /** Whether the word is whole, or a value is still to follow. */
  isWhole: boolean;
}

export interface Vocabulary {
  /** The reader's word for a field or one of its values. */
  field: (field: FilterField) => string;
  value: (field: "state" | "split" | "source" | "finding" | "tag", value: string) => string;
  findings: readonly string[];
  tags: readonly string[];
  dataset: Dataset;
}

const MOST = 8;
const WORD = /(?:[^\s()"]|"(?:[^"\\]|\\.)*(?:"|$))*$/;
const VALUE = /^(-?)([^\s:=<>~"]+)[:：=](?:.*[,，])?(.*)$/s;

/** The word that ends at the cursor. */
export function wordAt(text: string, cursor: number): { from: number; word: string } {
  const word = WORD.exec(text.slice(0, cursor))?.[0] ?? "";
  return { from: cursor - word.length, word };
}

/** What the word at the cursor could become, the likeliest first. */
export function completionsOf(text: string, cursor: number, words: Vocabulary): Completion[] {
  const { word } = wordAt(text, cursor);
  const value = VALUE.exec(word);
  const field = value ? fieldOf(value[2] ?? "", words) : undefined;
  if (value && field) {
    const typed = (value[3] ?? "").replace(/^"/, "");
    const before = word.slice(0, word.length - (value[3] ?? "").length);
    return valuesOf(field, words)
      .filter(({ key, meaning }) => starts(key, typed) || starts(meaning, typed))
      .slice(0, MOST)
      .map(({ key, meaning }) => ({ insert: before + quoted(key), meaning, isWhole: true }));
  }
  const sign = word.startsWith("-") ? "-" : "";
  const typed = word.slice(sign.length);
  const fields = FILTER_FIELDS.filter((key) => key !== "duration" || words.dataset.modality === "audio");
  return fields.flatMap((key) => {
    const found = wordsFor(key, words).find((one) => starts(one, typed));
    if (found === undefined) return [];
    // What was typed may be another word for it than the one that is shown.
    const isKnown = found === key || found === words.field(key).toLowerCase();
    const meaning = isKnown ? words.field(key) : `${found} · ${words.field(key)}`;
    return [{ insert: sign + (STARTS[key] ?? `${key}:`), meaning, isWhole: false }];
  });
}

/** The text with the completion in place of the word at the cursor, and where the cursor then is. */
export function completed(text: string, cursor: number, { insert, isWhole }: Completion) {
  const { from } = wordAt(text, cursor);
  const rest = text.slice(cursor);
  const space = isWhole && !rest.startsWith(" ") ? " " : "";
  return { text: text.slice(0, from) + insert + space + rest, cursor: from + insert.length + space.length };
}

/** A value as it must be written: with quotation marks where it has other signs than letters and digits. */
export function quoted(value: string): string {
  return /^[\p{L}\p{N}_.][\p{L}\p{N}_.-]*$/u.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
}

function starts(word: string, typed: string): boolean {
  const [whole, part] = [word.toLowerCase(), typed.toLowerCase()];
  return whole.startsWith(part) || (part.length > 1 && whole.includes(part));
}

function fieldOf(word: string, words: Vocabulary): FilterField | undefined {
  return FILTER_FIELDS.find((key) => wordsFor(key, words).includes(word.toLowerCase()));
}

/** What a field may be called: by its key, in the reader's language, and otherwise. */
function wordsFor(field: FilterField, words: Vocabulary): string[] {
  return [field, words.field(field).toLowerCase(), ...(ALSO[field] ?? [])];
}

function valuesOf(field: FilterField, words: Vocabulary): { key: string; meaning: string }[] {
  const named = (of: "state" | "split" | "source" | "finding" | "tag", keys: readonly string[]) =>
    keys.map((key) => ({ key, meaning: words.value(of, key) }));
  switch (field) {
    case "label":
      return words.dataset.label_schema.classes.map(({ name, name_zh }) => ({
        key: name,
        meaning: name_zh || name,
      }));
    case "state":
      return named(field, STATES);
    case "split":
      return named(field, SPLITS);
    case "source":
      return named(field, SOURCES);
    case "finding":
      return named(field, words.findings);
    case "tag":
      return [...words.tags.map((tag) => ({ key: tag, meaning: "" })), ...named(field, ["none"])];
    default:
      return [];
  }
}
