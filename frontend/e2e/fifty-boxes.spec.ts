import { expect, test } from "@playwright/test";
import { languagesOf, setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { answerTo, drawNth, expectStatus, makeWork, onStage } from "./support/stage";
import { watch } from "./support/watch";

const BOXES = 50;
const PER_CLASS = 13;

for (const language of languagesOf(import.meta.url)) {
  test(`A2: fifty boxes of four classes cost one action each and one per class (${language})`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    const api = await admin();
    const work = await makeWork(api, `A2 ${language}`);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    let actions = 0;
    const began = Date.now();
    for (let n = 0; n < BOXES; n++) {
      await drawNth(page, n, 5);
      actions += 1;
      if (n === 0 || n % PER_CLASS > 0) continue;
      await page.keyboard.press(`Digit${n / PER_CLASS + 1}`);
      actions += 1;
    }
    const drawnMs = Date.now() - began;
    const objects = page.getByRole("option");
    await expect(objects).toHaveCount(BOXES);
    const texts = await objects.allTextContents();
    await expectStatus(page, "saved");
    const before = await answerTo(api, item);

    for (let n = 0; n < actions; n++) await page.keyboard.press("Control+KeyZ");
    await expect(objects).toHaveCount(0);
    for (let n = 0; n < actions; n++) await page.keyboard.press("Control+Shift+KeyZ");
    await expect(objects).toHaveCount(BOXES);
    expect(await objects.allTextContents()).toEqual(texts);

    await page.keyboard.press("Enter");
    await expect(page.locator(`[data-item="${item}"]`)).toHaveCount(0);
    await expectStatus(page, "saved");
    const after = await answerTo(api, item);
    expect(after.shapes).toEqual(before.shapes);
    expect(after.state).toBe("submitted");
    const counted = work.classes.map(({ id }) => after.shapes.filter((shape) => shape.label === id).length);
    expect(counted).toEqual([13, 13, 13, 11]);
    expect(actions).toBe(BOXES + 3);
    expect(seen.take()).toEqual([]);
    console.log(`A2 ${language}: ${BOXES} boxes, ${actions} actions, drawn in ${drawnMs} ms`);
  });
}
