import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { LABELED } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { watch } from "./support/watch";

interface Schema {
  label_schema: { classes: { id: string; name: string; count: number }[] };
}

async function counts(api: Api, dataset: string): Promise<Record<string, number>> {
  const { label_schema } = await api.get<Schema>(`datasets/${dataset}/`);
  return Object.fromEntries(label_schema.classes.map(({ name, count }) => [name, count]));
}

async function looksRight(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

for (const language of languagesOf(import.meta.url)) {
  test(`Classes are merged, split and deleted over all data, and each is taken back (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const name = `Classes ${language} ${Date.now()}`;
    const project = await api.post<{ id: string }>("projects/", { name });
    const body = { project: project.id, name, task: "image_classification" };
    const { id: dataset } = await api.post<{ id: string }>("datasets/", body);
    await api.import(dataset, readFileSync(LABELED));
    const before = await counts(api, dataset);
    expect(before).toMatchObject({ rocket: 26, cat: 26 });
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project.id}/labels?dataset=${dataset}`);
    const dialog = page.getByRole("dialog");
    const other = dialog.getByRole("combobox", { name: /^(Other class|另一个类别)$/ });
    const undo = page.getByRole("button", { name: /^(Undo|撤销)$/ });

    await page.getByRole("button", { name: /^(Merge, split or delete cat|合并、拆分或删除 cat)$/ }).click();
    await other.selectOption("rocket");
    await expect(dialog.getByText(/^(26 samples change|26 个样本将更改)/)).toBeVisible();
    await looksRight(page);
    await dialog.getByRole("button", { name: /^(Merge classes|合并类别)$/ }).click();
    await expect.poll(() => counts(api, dataset)).toMatchObject({ rocket: 52 });
    await expect.poll(async () => Object.keys(await counts(api, dataset))).not.toContain("cat");
    await expect(page.getByRole("textbox", { name: /^(Name \(English\)|名称（英文）)$/ })).toHaveCount(
      Object.keys(before).length - 1,
    );
    await looksRight(page);
    await undo.click();
    await expect.poll(() => counts(api, dataset)).toEqual(before);

    // Those of a filter only.
    await page.getByRole("button", { name: /^(Merge, split or delete cat|合并、拆分或删除 cat)$/ }).click();
    await dialog.getByRole("radio", { name: /^(Split|拆分)$/ }).check({ force: true });
    await other.selectOption("rocket");
    await dialog.locator("input[role=combobox]").last().fill("name:1");
    await page.keyboard.press("Enter");
    await expect(dialog.getByText(/^(\d+ samples? changes?|\d+ 个样本将更改)/)).toBeVisible();
    await looksRight(page);
    await dialog.getByRole("button", { name: /^(Move marks|移动标记)$/ }).click();
    await expect.poll(async () => (await counts(api, dataset)).cat).toBeLessThan(26);
    const { cat = 0, rocket } = await counts(api, dataset);
    expect(cat + (rocket ?? 0)).toBe(52);
    await undo.click();
    await expect.poll(() => counts(api, dataset)).toEqual(before);

    // The bin of a class in use asks first.
    await page.getByRole("button", { name: /^(Remove cat|删除 cat)$/ }).click();
    await looksRight(page);
    await dialog.getByRole("button", { name: /^(Delete class|删除类别)$/ }).click();
    await expect.poll(async () => Object.keys(await counts(api, dataset))).not.toContain("cat");
    await undo.click();
    await expect.poll(() => counts(api, dataset)).toEqual(before);
    expect(seen.problems).toEqual([]);
  });
}
