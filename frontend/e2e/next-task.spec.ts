import { expect, test } from "@playwright/test";
import { allOf, keyTimesOf, median } from "./support/keyTimes";
import { makeLabeling, onStage, signIn } from "./support/studio";

const BUDGET_MS = 100;
const PRESSES = 10;

test.use({ trace: "off" });

test("the next task is painted within its budget once it was prefetched", async ({ page }) => {
  await signIn(page);
  const work = await makeLabeling(page, "object_detection", PRESSES + 2, [2000, 1500]);
  await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
  await onStage(page);
  const keys = await keyTimesOf(page);
  const slowness: number[] = [];
  const items = new Set<string>();
  for (let n = 0; n < PRESSES; n++) {
    await page.waitForTimeout(1_500);
    slowness.push(await keys.slowness());
    await page.keyboard.press("KeyD");
    items.add(await onStage(page));
  }
  expect(items.size).toBe(PRESSES);
  const taken = await keys.taken();
  expect(taken.length, "keys that the browser reported").toBeGreaterThan(0);
  const times = allOf(taken, PRESSES);
  console.log(
    `next task: median ${median(times)} ms, worst of ${PRESSES} ${Math.max(...times)} ms, ` +
      `a machine ${median(slowness).toFixed(2)} times as slow`,
  );
  expect(median(times)).toBeLessThanOrEqual(BUDGET_MS * median(slowness));
});
