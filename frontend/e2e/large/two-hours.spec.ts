import { type CDPSession, expect, test } from "@playwright/test";
import { allOf, keyTimesOf, median } from "../support/keyTimes";
import { drawBox } from "../support/stage";
import { makeLabeling, onStage, signIn } from "../support/studio";

const TASKS = 300;
/** Past here everything has been seen once: what still grows is a leak. */
const WARM = 120;
const EVERY = 60;

interface Held {
  heap: number;
  nodes: number;
  listeners: number;
}

/** What the page holds once nothing is left to collect. */
async function held(client: CDPSession): Promise<Held> {
  await client.send("HeapProfiler.collectGarbage");
  const { metrics } = await client.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0;
  return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners") };
}

test(`A12: ${TASKS} tasks in one tab, and it holds and takes no more than at first`, async ({ page }) => {
  test.setTimeout(900_000);
  await signIn(page);
  const work = await makeLabeling(page, "object_detection", TASKS + 2, [320, 240]);
  await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
  await onStage(page);
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable");
  const keys = await keyTimesOf(page);
  const marks: Held[] = [];
  const times: number[] = [];
  const items = new Set<string>();
  for (let task = 1; task <= TASKS; task++) {
    const item = await onStage(page);
    expect(items.has(item), `task ${task} is a new one`).toBe(false);
    items.add(item);
    await drawBox(page, [0.3, 0.3], [0.5, 0.5]);
    await page.keyboard.press(`Digit${(task % 4) + 1}`);
    await keys.taken();
    await page.keyboard.press("Enter");
    await expect(page.locator("[data-item]")).not.toHaveAttribute("data-item", item);
    await page.waitForTimeout(120);
    times.push(...allOf(await keys.taken(), 1));
    if (task >= WARM && task % EVERY === 0) marks.push(await held(client));
  }
  for (const { heap, nodes, listeners } of marks)
    console.log(`A12: ${(heap / 1e6).toFixed(1)} MB, ${nodes} nodes, ${listeners} listeners`);
  const [early, late] = [times.slice(EVERY, WARM), times.slice(-EVERY)].map(median);
  console.log(`A12: a next task ${early} ms after ${EVERY} tasks, ${late} ms after ${TASKS - EVERY}`);
  const [first, last] = [marks[0], marks.at(-1)];
  if (!first || !last || early === undefined || late === undefined) throw new Error("nothing was measured");
  expect(last.heap / first.heap).toBeLessThan(1.1);
  expect(last.nodes / first.nodes).toBeLessThan(1.2);
  expect(last.listeners / first.listeners).toBeLessThan(1.2);
  expect(late).toBeLessThanOrEqual(1.5 * early + 16);
});
