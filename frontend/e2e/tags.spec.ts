import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { LABELED } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { watch } from "./support/watch";

interface Made {
  id: string;
}

async function made(api: Api, name: string): Promise<{ project: string; dataset: string }> {
  const project = await api.post<Made>("projects/", { name, template: "image_classification" });
  const { results } = await api.get<{ results: Made[] }>(`datasets/?project=${project.id}`);
  const dataset =
    results[0] ??
    (await api.post<Made>("datasets/", { project: project.id, name, task: "image_classification" }));
  return { project: project.id, dataset: dataset.id };
}

async function counted(api: Api, dataset: string, filter: string): Promise<number> {
  const query = new URLSearchParams({ filter, count: "exact", limit: "1" });
  return (await api.get<{ count: number }>(`datasets/${dataset}/samples/?${query}`)).count;
}

async function looksRight(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

for (const language of languagesOf(import.meta.url)) {
  test(`somebody imports with a tag, tags what a filter finds, takes it back and looks (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const { project, dataset } = await made(api, `Tags ${language} ${Date.now()}`);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    const home = `/p/${project}/data`;

    // An import brings a tag for everything in it.
    await page.goto(`${home}/import?dataset=${dataset}`);
    const zip = { name: "photos.zip", mimeType: "application/zip", buffer: readFileSync(LABELED) };
    await page.locator("input[type=file]").first().setInputFiles(zip);
    const tags = page.getByRole("combobox", { name: /^(Tags for every sample|给每个样本的标记)$/ });
    await tags.fill("Line 3");
    await tags.press("Enter");
    await looksRight(page);
    await page.getByRole("button", { name: /^(Import 156 |导入 156 )/ }).click();
    await expect(page.getByText(/156/).first()).toBeVisible();
    await expect.poll(() => counted(api, dataset, 'tag:"line 3"')).toBe(156);

    // By keyboard alone: all rockets get two more, one of them typed and not ended.
    await page.goto(`${home}?dataset=${dataset}&view=table&columns=name%2Clabel%2Ctags&q=label%3Arocket`);
    await page.locator("tbody input[type=checkbox]").first().click();
    await page.getByRole("button", { name: /^(Select all 26 |选择全部 26 )/ }).click();
    await page.getByRole("button", { name: /^(Tag|标记)…$/ }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("combobox")).toBeFocused();
    await page.keyboard.type("Rainy,wrong,");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("下雨");
    await looksRight(page);
    await dialog.getByRole("button", { name: /^(Put tags on|添加标记)$/ }).click();
    await expect(page.getByText(/26 pictures changed|已更改 26 张图片/)).toBeVisible();
    expect(await counted(api, dataset, "tag:rainy tag:下雨")).toBe(26);
    expect(await counted(api, dataset, "tag:wrong")).toBe(0);
    await expect(page.getByRole("row").nth(1)).toContainText("rainy");

    // The facet narrows, the filter completes, a sample shows its own.
    await page.goto(`${home}?dataset=${dataset}`);
    await page.getByRole("button", { name: /^rainy 26$/ }).click();
    await expect(page).toHaveURL(/tag=rainy/);
    await expect(page.getByText(/^26 (pictures|张图片)$/)).toBeVisible();
    await page.goto(`${home}?dataset=${dataset}`);
    await page.getByRole("combobox", { name: /^(Filter|筛选条件)$/ }).focus();
    await page.keyboard.type(language === "en" ? "tag:rai" : "标记:rai");
    await expect(page.getByRole("option", { name: "rainy" })).toBeVisible();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect(page.getByText(/^26 (pictures|张图片)$/)).toBeVisible();
    await page
      .getByRole("button", { name: /rocket/ })
      .last()
      .click();
    await expect(page.getByRole("dialog").getByRole("link", { name: "下雨" })).toBeVisible();
    await looksRight(page);

    // What was done is listed by its words and taken back.
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^(Changes|改动)$/ }).click();
    await page
      .getByRole("button", { name: /^(Undo: Tagged: rainy, 下雨|撤销：添加标记：rainy, 下雨)$/ })
      .click();
    await expect(page.getByText(/26 pictures are as they were|26 张图片已恢复原状/)).toBeVisible();
    expect(await counted(api, dataset, "tag:rainy")).toBe(0);
    expect(await counted(api, dataset, 'tag:"line 3"')).toBe(156);
    expect(seen.take()).toEqual([]);
  });
}
