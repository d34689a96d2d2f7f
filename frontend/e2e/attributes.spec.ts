import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { drawBox, expectStatus, makeWork, onStage } from "./support/stage";
import { watch } from "./support/watch";

interface Said {
  id: string;
  attributes?: Record<string, string>;
}

const ASKED = [
  { name: "pose", name_zh: "姿态", kind: "select", options: ["up", "down"], required: true },
  { name: "parts", name_zh: "部位", kind: "multi", options: ["wing", "tail", "nose"] },
  { name: "cut off", name_zh: "截断", kind: "bool", default: "false" },
  { name: "weight", name_zh: "重量", kind: "number" },
];

async function saidOn(api: Api, item: string): Promise<(Record<string, string> | undefined)[]> {
  const { annotation } = await api.get<{ annotation: { shapes: Said[] } }>(`items/${item}/`);
  return annotation.shapes.map(({ attributes }) => attributes);
}

const now = (page: Page) => page.locator("[data-asked][class*=now]");

for (const language of languagesOf(import.meta.url)) {
  test(`A class asks its attribute, an answer without is shown, digits answer, a sweep goes by all (${language})`, async ({
    page,
  }) => {
    test.setTimeout(180_000);
    const api = await admin();
    const work = await makeWork(api, `A5 ${language} 1`, [{ name: "plane", name_zh: "飞机" }]);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${work.project}/labels?dataset=${work.dataset}`);
    await page.getByRole("button", { name: /^(0 attributes|0 项属性)$/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /^(Add attribute|添加属性)$/ }).click();
    await dialog.getByLabel(/^(Name \(English\)|名称（英文）)$/).fill("pose");
    await dialog.getByLabel(/^(Options|选项)/).fill("up, down");
    await dialog.getByRole("checkbox").check();
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    await dialog.getByRole("button", { name: /^(Take over|确定)$/ }).click();
    await page.getByRole("button", { name: /^(Save classes|保存类别)$/ }).click();
    await expect(page.getByRole("button", { name: /^(1 attribute|1 项属性)$/ })).toBeVisible();
    const classes = async () =>
      (
        await api.get<{ label_schema: { classes: { id: string; attributes: unknown[] }[] } }>(
          `datasets/${work.dataset}/`,
        )
      ).label_schema.classes;
    await expect
      .poll(async () => (await classes())[0]?.attributes)
      .toMatchObject([{ name: "pose", options: ["up", "down"] }]);
    const asked = (await classes()).map(({ id }) => ({ id, attributes: ASKED }));
    await api.patch(`datasets/${work.dataset}/`, { label_schema: { classes: asked } });

    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    await drawBox(page, [0.35, 0.3], [0.42, 0.4]);
    await drawBox(page, [0.5, 0.3], [0.57, 0.4]);
    await page.keyboard.press("Enter");
    await expect(page.locator(`[data-item="${item}"]`)).toBeVisible();
    await expect(now(page)).toHaveAttribute("data-asked", "pose");
    await expect(page.locator("[id^=object-]").nth(0)).toHaveAttribute("aria-selected", "true");
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    await page.keyboard.press("Digit2");
    await expect(now(page)).toHaveAttribute("data-asked", "parts");
    await page.keyboard.press("Digit3");
    await page.keyboard.press("Digit1");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Digit1");
    await expect(now(page)).toHaveAttribute("data-asked", "weight");
    await page.keyboard.type("12.5");
    await page.keyboard.press("Enter");
    await expect(now(page)).toHaveCount(0);
    await expectStatus(page, "saved");
    expect(await saidOn(api, item)).toEqual([
      { pose: "down", parts: "wing;nose", "cut off": "true", weight: "12.5" },
      { "cut off": "false" },
    ]);

    await page.keyboard.press("Shift+KeyT");
    await expect(page.locator("[data-sweep]")).toHaveText(/^(1 of 1|第 1 个，共 1 个)$/);
    await expect(page.locator("[id^=object-]").nth(1)).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Digit1");
    await expect(page.locator("[data-sweep]")).toHaveCount(0);
    await page.keyboard.press("Shift+KeyT");
    await page.getByRole("combobox", { name: /^(Attribute|属性)$/ }).selectOption("cut off");
    await expect(page.locator("[data-sweep]")).toHaveText(/^(1 of 2|第 1 个，共 2 个)$/);
    await page.locator("[data-sweep]").click();
    await page.keyboard.press("Digit2");
    await page.keyboard.press("Digit2");
    await expect(page.locator("[data-sweep]")).toHaveCount(0);
    await expectStatus(page, "saved");
    await page.keyboard.press("Enter");
    await expect(page.locator(`[data-item="${item}"]`)).toHaveCount(0);
    await expect
      .poll(() => saidOn(api, item))
      .toEqual([
        { pose: "down", parts: "wing;nose", "cut off": "false", weight: "12.5" },
        { pose: "up", "cut off": "false" },
      ]);
    expect(seen.take()).toEqual([]);
  });
}

test("What the classes ask meanwhile brings an answer back that was handed in", async ({ page }) => {
  const api = await admin();
  const work = await makeWork(api, "A5 en 2", [{ name: "plane", name_zh: "飞机" }]);
  await setLook(page, "en");
  await enter(page);
  await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
  const item = await onStage(page);
  await drawBox(page, [0.35, 0.3], [0.42, 0.4]);
  await expectStatus(page, "saved");
  const classes = work.classes.map(({ id }) => ({ id, attributes: ASKED.slice(0, 1) }));
  await api.patch(`datasets/${work.dataset}/`, { label_schema: { classes } });
  await page.keyboard.press("Enter");
  await expect(page.getByText("attribute “pose” is missing").first()).toBeVisible();
  await expect(page.locator(`[data-item="${item}"]`)).toBeVisible();
  await expect(now(page)).toHaveAttribute("data-asked", "pose");
  await page.keyboard.press("Digit1");
  await page.keyboard.press("Enter");
  await expect(page.locator(`[data-item="${item}"]`)).toHaveCount(0);
  await expect.poll(() => saidOn(api, item)).toEqual([{ pose: "up" }]);
});
