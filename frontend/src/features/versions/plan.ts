import type { Statistics } from "@/api/samples";

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
