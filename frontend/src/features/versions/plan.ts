import type { Statistics } from "@/api/samples";
import type { SplitStrategy, VersionInput } from "@/api/versions";

export const WHICH = ["labeled", "reviewed", "all"] as const;
export type Which = (typeof WHICH)[number];

export const STATES_OF: Readonly<Record<Which, string>> = {
  labeled: "labeled,reviewed",
  reviewed: "reviewed",
  all: "all",
};

export interface Shares {
  train: number;
  val: number;
  test: number;
}

/** How many samples a choice takes, from the counters. */
export function countOf(states: Statistics["states"] | undefined, which: Which): number | null {
  if (!states) return null;
  const { labeled = 0, reviewed = 0 } = states;
  if (which === "reviewed") return reviewed;
  if (which === "labeled") return labeled + reviewed;
  return Object.values(states).reduce((sum, count) => sum + count, 0);
}

export function sumOf({ train, val, test }: Shares): number {
  return train + val + test;
}

/** Samples for each part; the parts add up to the whole. */
export function partsOf(count: number, shares: Shares): Shares {
  const val = Math.round((count * shares.val) / 100);
  const test = Math.round((count * shares.test) / 100);
  return { train: Math.max(0, count - val - test), val, test };
}

/** Classes that cannot have a sample in every part that is not empty. */
export function thinClasses(classes: Statistics["classes"] | undefined, shares: Shares): string[] {
  const parts = Object.values(shares).filter((share) => share > 0).length;
  return (classes ?? []).filter((one) => one.count > 0 && one.count < parts).map((one) => one.name);
}

/** Where the test split comes from, when it is not that of a version. */
export const ANEW = "anew";
export const GIVEN = "given";

/** How a version is to be split. `test` is ANEW, GIVEN or the id of a version; columns are those of a table. */
export interface SplitChoice {
  strategy: SplitStrategy;
  shares: Shares;
  seed: number;
  keepsAlike: boolean;
  test: string;
  column: string | null;
  testColumn: string | null;
}

export const STRATEGIES = [
  "stratified",
  "random",
  "group",
  "time",
  "given",
] as const satisfies readonly SplitStrategy[];

export const FIRST_CHOICE: SplitChoice = {
  strategy: "stratified",
  shares: { train: 70, val: 15, test: 15 },
  seed: 42,
  keepsAlike: true,
  test: ANEW,
  column: null,
  testColumn: null,
};

/** What the form begins with; an address may ask for the strategy. */
export function firstChoice(asked?: string): SplitChoice {
  const strategy = STRATEGIES.find((one) => one === asked);
  return strategy ? { ...FIRST_CHOICE, strategy } : FIRST_CHOICE;
}

/** Which columns of a table the choice needs: one that says what goes where, one that says what is test. */
export function columnsOf({ strategy, test }: SplitChoice) {
  const isByColumn = strategy === "group" || strategy === "time" || strategy === "given";
  return { split: isByColumn, test: test === GIVEN && strategy !== "given" };
}

export function lacksColumn(choice: SplitChoice): boolean {
  const needed = columnsOf(choice);
  return (needed.split && choice.column === null) || (needed.test && choice.testColumn === null);
}

/** The choice as the server takes it; a given split leaves no choice of the test split. */
export function splitOf({ strategy, shares, seed, keepsAlike, test }: SplitChoice): VersionInput["split"] {
  const isFree = strategy !== "given";
  return {
    strategy,
    train: shares.train / 100,
    val: shares.val / 100,
    test: shares.test / 100,
    seed,
    keep_alike: keepsAlike,
    lock_test: isFree && test === GIVEN,
    test_of: isFree && test !== ANEW && test !== GIVEN ? test : null,
  };
}

/** The columns of a table that the choice goes by, as filters of the version. */
export function columnFilters(choice: SplitChoice): Record<string, string> {
  const { split, test } = columnsOf(choice);
  return {
    ...(split && choice.column !== null ? { split_column: choice.column } : {}),
    ...(test && choice.testColumn !== null ? { test_column: choice.testColumn } : {}),
  };
}
