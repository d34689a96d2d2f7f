import type { Alias, Model } from "@/api/models";

export const ALIASES = ["champion", "challenger"] as const satisfies readonly Alias[];

/** The names this version goes by. */
export function aliasesOf(model: Model | undefined, version: string): Alias[] {
  return ALIASES.filter((alias) => model?.aliases[alias] === version);
}
