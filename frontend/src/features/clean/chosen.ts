import type { ChosenCount } from "@/api/cleanings";
import { lookup, translator } from "@/i18n";

/** What a step that chooses would take out, as a sentence. */
export function chosenText({ to, count, total, exact }: ChosenCount): string {
  const t = translator("clean");
  if (count === null) return t("chosenUnknown");
  if (to !== "bin") return t(exact ? "chosenSplit" : "chosenSplitMost", { count, total, split: splitText(to) });
  return t(exact ? "chosenBin" : "chosenBinMost", { count, total });
}

function splitText(split: string): string {
  return lookup("data", `split_${split}`) ?? split;
}
