import { language } from "@/i18n";

/** A day as the server counts it (UTC): `23 Nov` / `11月23日`. */
export function formatDay(iso: string): string {
  const written = new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "zh-Hans", {
    month: "short",
    day: "numeric",
    timeZone: "UTC",
  });
  return written.format(new Date(iso));
}
