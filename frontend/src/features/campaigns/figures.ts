import type { Agreement, AgreementCell, AgreementPair, Consensus, Figure } from "@/api/consensus";
import { translator } from "@/i18n";
import { formatNumber, formatPercent } from "@/i18n/format";

export type FigureName = keyof Agreement["figures"];

/** Shares are read as per cent, measures that can be below zero as numbers. */
export function figureText(name: FigureName | "kappa", value: number): string {
  return name === "observed" || name === "f1" ? formatPercent(value) : formatNumber(value, 2);
}

/** `71 – 90 %`, or nothing where there is no interval. */
export function intervalText({ low, high }: Figure, text: (value: number) => string): string {
  if (low === null || high === null) return "";
  return translator("agreement")("interval", { low: text(low), high: text(high) });
}

/** Each two people by their names, in either order. */
export function pairsByNames(
  pairs: readonly AgreementPair[],
): (a: string, b: string) => AgreementPair | null {
  const known = new Map(pairs.flatMap((pair) => [[keyOf(pair.a, pair.b), pair] as const]));
  return (a, b) => known.get(keyOf(a, b)) ?? null;
}

/** Two names as one key, whichever comes first; no username holds a line break. */
const keyOf = (a: string, b: string) => [a, b].sort().join("\n");

/** Whether this cell is the one that is open; of two people in either order. */
export function isOpen(open: AgreementCell, { a, b, label }: AgreementCell): boolean {
  return open.label === label && keyOf(open.a ?? "", open.b ?? "") === keyOf(a ?? "", b ?? "");
}

export const isCell = ({ a, b, label }: AgreementCell): boolean => Boolean(a || b || label);

/** The answers that a cell is about: those of its two people, else everybody's. Each keeps its place among all. */
export function answersShown(row: Consensus, { a, b }: AgreementCell) {
  const all = row.answers.map((answer, at) => ({ ...answer, at }));
  return a && b ? all.filter(({ author }) => author === a || author === b) : all;
}

/** How dark a cell is: the share, faint even at nothing, so that it is seen as a cell. */
export const shadeOf = (value: number): string =>
  `rgb(var(--heat) / ${(0.06 + 0.34 * Math.min(Math.max(value, 0), 1)).toFixed(3)})`;
