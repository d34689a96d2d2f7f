import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { archiveOf } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

interface Made {
  id: string;
}

async function counted(api: Api, dataset: string): Promise<number> {
  return (await api.get<{ counts: { samples: number } }>(`datasets/${dataset}/`)).counts.samples;
}

for (const language of languagesOf(import.meta.url)) {
  test(`what was deleted is found in the bin, comes back, and goes for good (${language})`, async ({
    page,
  }) => {
    const { bin, data, projects } = wordsOf(language);
    const api = await admin();
    const name = `Leftovers ${language} ${Date.now()}`;
    const project = await api.post<Made>("projects/", { name });
    const body = { project: project.id, name, modality: "image", task: "image_classification" };
    const dataset = await api.post<Made>("datasets/", body);
    await api.import(dataset.id, archiveOf({ cat: 3, rocket: 3 }));
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    const remove = async (tab: Page) => {
      await tab.goto(`/p/${project.id}/data?dataset=${dataset.id}&view=table`);
      await tab.locator("tbody input[type=checkbox]").first().click();
      await tab.getByRole("button", { name: data.deleteThese, exact: true }).click();
      await tab.getByRole("dialog").getByRole("button", { name: data.deleteThese, exact: true }).click();
      await expect(tab.getByText(/^(1 picture deleted|已删除 1 )/)).toBeVisible();
      await tab.getByRole("link", { name: data.bin, exact: true }).click();
      await expect(tab.getByRole("row")).toHaveCount(2);
    };

    await remove(page);
    expect(await counted(api, dataset.id)).toBe(5);
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    await page.getByRole("button", { name: bin.restoreOf.replace("{{name}}", name) }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: bin.nothing })).toBeVisible();
    expect(await counted(api, dataset.id)).toBe(6);

    await remove(page);
    await page.getByRole("button", { name: bin.endOf.replace("{{name}}", name) }).click();
    await page.getByRole("dialog").getByRole("button", { name: bin.end, exact: true }).click();
    await expect(page.getByRole("heading", { name: bin.nothing })).toBeVisible();
    await expect(page.getByText(bin.done, { exact: true })).toBeVisible();
    expect(await counted(api, dataset.id)).toBe(5);
    expect((await api.get<{ results: Made[] }>(`projects/${project.id}/bin/`)).results).toEqual([]);

    // The data set whole, from the settings and back.
    await page.goto(`/p/${project.id}/settings`);
    await page.getByRole("button", { name: projects.datasetDelete.replace("{{name}}", name) }).click();
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    await page
      .getByRole("dialog")
      .getByRole("button", { name: projects.datasetDeleteDo, exact: true })
      .click();
    await expect(page.getByText(projects.datasetDeleted.replace("{{name}}", name))).toBeVisible();
    await page.getByRole("link", { name: projects.toBin, exact: true }).click();
    await page.getByRole("button", { name: bin.restoreOf.replace("{{name}}", name) }).click();
    await expect(page.getByRole("heading", { name: bin.nothing })).toBeVisible();
    expect(await counted(api, dataset.id)).toBe(5);
    expect(seen.take()).toEqual([]);
  });
}
