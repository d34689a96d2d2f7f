import { language, translator } from "./index";

const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dates(kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language()}:${kind}`;
  const found = cache.get(key);
  if (found instanceof Intl.DateTimeFormat) return found;
  const made = new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "zh-Hans", options);
  cache.set(key, made);
  return made;
}

function numbers(kind: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language()}:${kind}`;
  const found = cache.get(key);
  if (found instanceof Intl.NumberFormat) return found;
  const made = new Intl.NumberFormat(language(), options);
  cache.set(key, made);
  return made;
}

/** `23 Nov, 16:05` / `11月23日 16:05`. */
export function formatDateTime(iso: string): string {
  return dates("datetime", {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  }).format(new Date(iso));
}

/** The whole moment, for hovering: `23 November 2026 at 16:05:12`. */
export function formatMoment(iso: string): string {
  return dates("moment", { dateStyle: "long", timeStyle: "medium", hour12: false }).format(new Date(iso));
}

/** `12,345`. */
export function formatCount(value: number): string {
  return numbers("count", { maximumFractionDigits: 0 }).format(value);
}

/** A figure with so many digits behind the point. */
export function formatNumber(value: number, digits = 3): string {
  return numbers(`number${digits}`, { maximumFractionDigits: digits, signDisplay: "negative" }).format(value);
}

/** `0.874` as `87.4 %`. */
export function formatPercent(share: number, digits = 1): string {
  return numbers(`percent${digits}`, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `1.4 MB`, in powers of a thousand. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return `${formatNumber(bytes / 1000 ** power, power === 0 ? 0 : 1)} ${UNITS[power] ?? "B"}`;
}

/** `42 min` / `42 分钟`: one unit, rounded. */
export function formatDuration(seconds: number): string {
  const t = translator("ui");
  if (seconds < 90) return t("durationSeconds", { n: Math.round(seconds) });
  if (seconds < 5400) return t("durationMinutes", { n: Math.round(seconds / 60) });
  if (seconds < 129600) return t("durationHours", { n: formatNumber(seconds / 3600, 1) });
  return t("durationDays", { n: Math.round(seconds / 86400) });
}

/** The length of a recording: `0.48 s` / `0.48 秒`, from a minute on `12:05`. */
export function formatLength(seconds: number): string {
  if (seconds < 60)
    return translator("ui")("durationSeconds", { n: formatNumber(seconds, seconds < 10 ? 2 : 1) });
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** `3 minutes ago`; past a week the date. */
export function formatRelative(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const past = Math.abs(seconds);
  const relative = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  if (past < 45) return relative.format(0, "second");
  if (past < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (past < 86400) return relative.format(Math.round(seconds / 3600), "hour");
  if (past < 604800) return relative.format(Math.round(seconds / 86400), "day");
  return formatDateTime(iso);
}

/** The language of an ISO 639 code in the reader's words: `de` as `German`, `德语`. */
export function languageName(code: string): string | undefined {
  return new Intl.DisplayNames(language(), { type: "language" }).of(code);
}
