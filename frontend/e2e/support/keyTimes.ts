import type { Page } from "@playwright/test";

/** What the yardstick takes on the machine that budgets are written for. */
const YARDSTICK_MS = 100;
/** The browser reports no key that is answered sooner. */
const LEAST_MS = 16;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

export interface KeyTimes {
  /** Milliseconds from a key to the frame that shows what it did, for each key since the last call. */
  taken: () => Promise<number[]>;
  /** How many times slower than the budgets' machine this one is now; at least 1. */
  slowness: () => Promise<number>;
}

/** The browser's own measure of keys (Event Timing). */
export async function keyTimesOf(page: Page): Promise<KeyTimes> {
  await page.evaluate((least) => {
    const seen: number[] = [];
    Object.assign(window, { keyTimes: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === "keydown") seen.push(entry.duration);
    }).observe({ type: "event", durationThreshold: least } as PerformanceObserverInit);
  }, LEAST_MS);
  return {
    taken: () => page.evaluate(() => (window as unknown as { keyTimes: number[] }).keyTimes.splice(0)),
    slowness: async () => Math.max(1, (await yardstick(page)) / YARDSTICK_MS),
  };
}

/** `count` keys of which the browser reported those that took long: the others count as the least it reports. */
export function allOf(taken: readonly number[], count: number): number[] {
  return [...taken, ...Array.from({ length: Math.max(0, count - taken.length) }, () => LEAST_MS)];
}

/**
 * What this browser takes for a fixed piece of work: building and laying out 2,000 rows of text. On a page of its
 * own, for a page under test that became slower must not be granted more time for it.
 */
async function yardstick(page: Page): Promise<number> {
  const blank = await page.context().newPage();
  const taken = await blank.evaluate(() => {
    const start = performance.now();
    const table = document.createElement("div");
    for (let n = 0; n < 2_000; n++) {
      const row = document.createElement("p");
      row.textContent = `Row ${n} of ${JSON.stringify({ n, half: n / 2 })}`;
      table.append(row);
    }
    document.body.append(table);
    table.getBoundingClientRect();
    table.remove();
    return performance.now() - start;
  });
  await blank.close();
  // The keys go on to the page under test.
  await page.bringToFront();
  return taken;
}
