import { language, lookup } from "@/i18n";

interface Named {
  id?: string;
  name: string;
  name_zh?: string;
}

/** A class's name in the page's language, where it has one. Values of a table's column are known by themselves. */
export function classText({ id, name, name_zh }: Named): string {
  if (id === name) return valueText(name);
  return language() === "zh-Hans" && name_zh ? name_zh : name;
}

const BOOLEANS: Readonly<Record<string, string>> = { true: "yes", false: "no" };

/** A value to be predicted, in the words that its column has in the grid. */
export function valueText(name: string): string {
  const word = BOOLEANS[name];
  return (word && lookup("tables", word)) || name;
}
