import { language } from "@/i18n";

/** A class's name in the page's language, where it has one. */
export function classText(one: { name: string; name_zh?: string }): string {
  return language() === "zh-Hans" && one.name_zh ? one.name_zh : one.name;
}
