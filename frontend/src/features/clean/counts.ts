import { translator } from "@/i18n";

const KNOWN = [
  ["changed", "count_changed"],
  ["unchanged", "count_unchanged"],
  ["binned", "count_binned"],
  ["copies", "count_copies"],
  ["split", "count_split"],
  ["in_work", "count_in_work"],
  ["shapes_lost", "count_shapes_lost"],
  ["restored", "count_restored"],
  ["kept", "count_kept"],
  ["rows_before", "count_rows_before"],
  ["rows_removed", "count_rows_removed"],
  ["rows_after", "count_rows_after"],
] as const;

/** What a cleaning did, as one line. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const t = translator("clean");
  return KNOWN.flatMap(([name, key]) => (counts[name] ? [t(key, { count: counts[name] ?? 0 })] : [])).join(
    " · ",
  );
}
