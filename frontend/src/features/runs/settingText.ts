import { lookup, translator } from "@/i18n";

/** A setting's value in words where there are any. */
export function settingText(name: string, value: unknown): string {
  const t = translator("runs");
  if (typeof value === "boolean") return value ? t("on") : t("off");
  return lookup("runs", `choice_${name}_${value}`) ?? String(value);
}
