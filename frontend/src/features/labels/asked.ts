import { type Asked, accepts } from "@/annotator/asking";

export const newAsked = (): Asked => ({
  name: "",
  name_zh: "",
  kind: "select",
  options: [],
  default: "",
  required: false,
});

/** Options of a typed list: commas part them, also the wide ones; each once. */
export function optionsOf(text: string): string[] {
  const words = text
    .split(/[,，;；\n]/)
    .map((word) => word.trim().slice(0, 100))
    .filter(Boolean);
  return [...new Set(words)].slice(0, 100);
}

/** What of an attribute does not make sense yet. */
export function faultOf(one: Asked, all: readonly Asked[]): "name" | "options" | "default" | null {
  const name = one.name.trim();
  const isTwice = all.filter((other) => other.name.trim() === name).length > 1;
  if (name === "" || name.length > 100 || isTwice) return "name";
  if ((one.kind === "select" || one.kind === "multi") && one.options.length === 0) return "options";
  return one.default !== "" && !accepts(one, one.default) ? "default" : null;
}
