import { expect, type Page, test } from "@playwright/test";
import { LANGUAGES, setLook } from "./support/look";
import { admin, enter, seeded } from "./support/people";
import { watch } from "./support/watch";

const pictures = (page: Page) =>
  page.locator("figure img").evaluateAll((all) => all.map((image) => image.getAttribute("src")));

/** The pictures once they are others than before. */
async function changed(page: Page, before: (string | null)[]): Promise<(string | null)[]> {
  await expect.poll(async () => (await pictures(page))[0]).not.toBe(before[0]);
  return pictures(page);
}

for (const language of LANGUAGES) {
  test(`somebody builds a recipe, sees it at once and finds it again (${language})`, async ({ page }) => {
    const { project, dataset } = seeded();
    const name = `fog-${Date.now()}`;
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/data?dataset=${dataset}`);
    await page.getByRole("link", { name: /^(Augment|数据增强)$/ }).click();
    await expect(page.locator("figure img")).toHaveCount(12);
    const plain = await pictures(page);

    await page.getByRole("button", { name: /^(Add a step|添加步骤)$/ }).click();
    await page.getByRole("button", { name: /^(Fog|增雾)/ }).click();
    const foggy = await changed(page, plain);
    await page.getByRole("slider", { name: /^(Severity|强度等级)$/ }).press("ArrowRight");
    const thick = await changed(page, foggy);
    await page.getByRole("button", { name: /^(Draw again|重新抽取)$/ }).click();
    const other = await changed(page, thick);
    await page
      .getByRole("spinbutton", { name: /^(Seed|随机种子)$/ })
      .or(page.getByRole("textbox", { name: /^(Seed|随机种子)$/ }))
      .fill("1");
    expect(await changed(page, other)).toEqual(thick);

    await page.getByRole("textbox", { name: /^(Name|名称)$/ }).fill(name);
    await page.getByRole("button", { name: /^(Keep recipe|保存方案)$/ }).click();
    await expect(page).toHaveURL(/recipe=/);
    await page.reload();
    await expect(page.getByRole("textbox", { name: /^(Name|名称)$/ })).toHaveValue(name);
    await expect.poll(() => pictures(page)).toEqual(thick);
    const api = await admin();
    const { results } = await api.get<{ results: { name: string; steps: unknown[] }[] }>(
      `recipes/?project=${project}`,
    );
    expect(results.find((recipe) => recipe.name === name)?.steps).toEqual([
      { op: "fog", params: { severity: 4, vary: false, banks: 0.3 }, p: 1 },
    ]);
    expect(seen.take()).toEqual([]);
  });
}
