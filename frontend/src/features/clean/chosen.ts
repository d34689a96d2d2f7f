import type { ChosenCount } from "@/api/cleanings";
import { lookup, translator } from "@/i18n";

/** Whether steps before it make other content, so that nobody can tell beforehand what is a copy. */
export function isBehind(one: ChosenCount, all: readonly ChosenCount[]): boolean {
  return all.indexOf(one) < one.step;
}

/** What a step that chooses would take out, as a sentence. */
export function chosenText(one: ChosenCount, all: readonly ChosenCount[]): string {
  const t = translator("clean");
  const { to, count, total, exact } = one;
  if (count === null) return t(isBehind(one, all) ? "chosenLater" : "chosenUnknown");
  if (to !== "bin")
    return t(exact ? "chosenSplit" : "chosenSplitMost", { count, total, split: splitText(to) });
  return t(exact ? "chosenBin" : "chosenBinMost", { count, total });
}

function splitText(split: string): string {
  return lookup("data", `split_${split}`) ?? split;
}
