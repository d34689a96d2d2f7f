import { expect, test } from "@playwright/test";
import { drawnOn, holdThrough, makeDrawing, placeOf } from "./support/drawing";
import { languagesOf, setLook, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { expectStatus, onStage } from "./support/stage";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const LOOKED_MS = 60_000;

for (const language of languagesOf(import.meta.url)) {
  test(`an object that is pointed at is taken as a mask, as a polygon, or dropped (${language})`, async ({
    page,
  }) => {
    test.setTimeout(180_000);
    const api = await admin();
    const work = await makeDrawing(api, `Assist ${language}`, "instance_segmentation");
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    const objects = page.getByRole("option");
    const hint = page.locator("[data-hint=magic]");
    await page.keyboard.press("KeyQ");
    await expect(hint).toBeVisible();
    const idle = (await hint.textContent()) ?? "";

    // A box around, one more click that belongs, one that does not, and that one taken back.
    const there = await placeOf(page);
    const said: (() => Promise<unknown>)[] = [
      () =>
        holdThrough(page, [
          [0.35, 0.3],
          [0.5, 0.5],
          [0.65, 0.7],
        ]),
      () => page.mouse.click(...there([0.5, 0.5])),
      () => page.mouse.click(...there([0.38, 0.34]), { button: "right" }),
      () => page.keyboard.press("Backspace"),
    ];
    for (const say of said) {
      const answer = page.waitForResponse((each) => each.url().includes("/assist/segment/") && each.ok(), {
        timeout: LOOKED_MS,
      });
      await say();
      await answer;
    }
    await expect(hint).not.toHaveText(idle);
    expect(await violations(page)).toEqual([]);
    await expect(objects).toHaveCount(0);
    await page.keyboard.press("Enter");
    await expect(objects).toHaveCount(1);
    await expectStatus(page, "saved");
    const [mask] = await drawnOn(api, item);
    expect(mask?.kind).toBe("mask");
    expect(mask?.mask?.size).toEqual([192, 192]);

    await page.keyboard.press("Control+KeyZ");
    await expect(objects).toHaveCount(0);
    await page.keyboard.press("Control+Shift+KeyZ");
    await expect(objects).toHaveCount(1);

    for (const key of ["Escape", "Backslash"]) {
      const answer = page.waitForResponse((each) => each.url().includes("/assist/segment/") && each.ok());
      await holdThrough(page, [
        [0.35, 0.3],
        [0.5, 0.5],
        [0.65, 0.7],
      ]);
      await answer;
      await page.keyboard.press(key);
      await expect(objects).toHaveCount(key === "Escape" ? 1 : 2);
    }
    await expectStatus(page, "saved");
    expect((await drawnOn(api, item)).map(({ kind }) => kind)).toEqual(["mask", "polygon"]);
    expect(seen.take()).toEqual([]);
  });

  test(`pre-labels are asked for in a dialog that is clear without weights, too (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const work = await makeDrawing(api, `Assist ${language} 2`, "object_detection");
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${work.project}/tasks`);
    await page
      .getByRole("main")
      .getByRole("button", { name: `Assist ${language} 2` })
      .click();
    await page.getByRole("menuitem", { name: wordsOf(language).campaigns.prelabels }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("combobox").first()).toBeVisible();
    await expect(dialog.getByRole("combobox")).toHaveCount(3);
    expect(await violations(page)).toEqual([]);
    expect(seen.take()).toEqual([]);
  });
}
