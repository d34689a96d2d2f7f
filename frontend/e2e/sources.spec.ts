import { expect, type Page, test } from "@playwright/test";
import { archiveOf } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { orders } from "./support/sqlite";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const JOB_MS = 30_000;

interface Made {
  id: string;
}

async function emptySet(language: string, modality: string, task: string) {
  const api = await admin();
  const name = `Sources ${language} ${Date.now()}`;
  const project = await api.post<Made>("projects/", { name });
  const dataset = await api.post<Made>("datasets/", { project: project.id, name, modality, task });
  return { api, project: project.id, dataset: dataset.id };
}

async function accessible(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

for (const language of languagesOf(import.meta.url)) {
  test(`files given to an empty data page are on their way to be imported (${language})`, async ({
    page,
  }) => {
    const { imports } = wordsOf(language);
    const { api, project, dataset } = await emptySet(language, "image", "image_classification");
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/data?dataset=${dataset}`);
    const zone = page.locator("[class*=_zone]");
    await expect(zone.getByText(imports.dropTitle)).toBeVisible();
    await accessible(page);

    await page.getByTestId("files").setInputFiles({
      name: "pictures.zip",
      mimeType: "application/zip",
      buffer: archiveOf({ cat: 2, rocket: 2 }),
    });
    await page.waitForURL(/\/data\/import\?/);
    const start = page.getByRole("button", { name: imports.start_other.replace("{{count}}", "4") });
    await expect(start).toBeEnabled({ timeout: JOB_MS });
    await start.click();
    await expect(page.getByRole("link", { name: imports.freezeNext })).toBeVisible({ timeout: JOB_MS });
    const { counts } = await api.get<{ counts: { samples: number } }>(`datasets/${dataset}/`);
    expect(counts.samples).toBe(4);
    expect(seen.take()).toEqual([]);
  });

  test(`rows of a SQLite file come in after a refused query and a rehearsal (${language})`, async ({
    page,
  }) => {
    const { imports } = wordsOf(language);
    const { api, project, dataset } = await emptySet(language, "tabular", "tabular_classification");
    await setLook(page, language);
    await enter(page);
    // The refused query is reported by the browser.
    const seen = await watch(page, [/status of 422.*imports/]);
    await page.goto(`/p/${project}/data/import?dataset=${dataset}`);
    await page.getByText(imports.remote_sql, { exact: true }).click();
    await page.getByRole("combobox", { name: imports.sql_driver }).selectOption("sqlite");
    const look = page.getByRole("button", { name: imports.remoteLook });
    await page
      .getByLabel(imports.sql_file)
      .setInputFiles({ name: "orders.db", mimeType: "application/octet-stream", buffer: orders(30) });
    await expect(page.getByRole("button", { name: "orders.db" })).toBeVisible();
    await expect(look).toBeDisabled();
    await accessible(page);

    const query = page.getByRole("textbox", { name: imports.sql_query });
    await query.fill("DELETE FROM orders");
    await look.click();
    await expect(page.getByText(imports.nothingTitle)).toBeVisible({ timeout: JOB_MS });
    await query.fill("SELECT age, city, price FROM orders WHERE price < 5 ORDER BY age");
    await look.click();
    const start = page.getByRole("button", { name: imports.startRows_other.replace("{{count}}", "20") });
    await expect(start).toBeEnabled({ timeout: JOB_MS });
    await expect(page.getByRole("cell", { name: "Oslo" }).first()).toBeVisible();
    await accessible(page);
    const rows = () => api.get<{ counts: { samples: number } }>(`datasets/${dataset}/`);
    expect((await rows()).counts.samples).toBe(0);
    await start.click();
    await expect(page.getByRole("link", { name: imports.seeRows })).toBeVisible({ timeout: JOB_MS });
    expect((await rows()).counts.samples).toBe(20);
    expect(seen.take()).toEqual([]);
  });
}
