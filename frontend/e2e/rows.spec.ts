import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { makeDataset, ROWS, tableCsv } from "./support/tables";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

function notes(): Buffer {
  const rows = Array.from({ length: 12 }, (_, at) =>
    JSON.stringify({ name: `n-${at}`, text: `A note, number ${at}`, labels: at < 4 ? ["first"] : [] }),
  );
  return Buffer.from(rows.join("\n"));
}

async function rowsOf(api: Api, dataset: string, filter: readonly object[]): Promise<number> {
  const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: "1" });
  return (await api.get<{ count: number }>(`datasets/${dataset}/table/rows/?${query}`)).count;
}

async function looksRight(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

for (const language of languagesOf(import.meta.url)) {
  const words = wordsOf(language).tables;
  const change = wordsOf(language).data;

  test(`rows are chosen by keyboard, deleted, brought back, and filled (${language})`, async ({ page }) => {
    const api = await admin();
    const { project, dataset } = await makeDataset(
      api,
      `Rows ${language} ${Date.now()}`,
      "tabular_classification",
    );
    await api.import(dataset, tableCsv(), "rows.csv");
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project}/data?dataset=${dataset}`);
    await page.locator('[data-row-check="1"]').focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await expect(page.locator('[data-row-check="3"]')).toBeFocused();
    await expect(page.locator("[data-row-check]:checked")).toHaveCount(3);
    await looksRight(page);
    await page.keyboard.press("Delete");
    const dialog = page.getByRole("dialog");
    await looksRight(page);
    await dialog.getByRole("button", { name: words.deleteRows, exact: true }).click();
    await expect(page.getByText(words.rowsDeleted_other.replace("{{count}}", "3"))).toBeVisible();
    expect(await rowsOf(api, dataset, [])).toBe(ROWS - 3);
    await page.getByRole("button", { name: words.rowsUndo, exact: true }).click();
    await expect(page.getByText(words.rowsRestored)).toBeVisible();
    expect(await rowsOf(api, dataset, [])).toBe(ROWS);

    // All that a filter takes, also those that are not in sight.
    const missing = [{ column: 1, op: "missing" }];
    // As the page itself writes it: a text within the address.
    const asked = encodeURIComponent(JSON.stringify(JSON.stringify(missing)));
    await page.goto(`/p/${project}/data?dataset=${dataset}&rows=${asked}`);
    await page.locator("[data-row-check]").first().click();
    await page.getByRole("button", { name: words.selectAllRows.replace("{{count}}", "15") }).click();
    await page.getByRole("button", { name: words.setValue }).click();
    await dialog.getByRole("combobox", { name: words.column }).selectOption({ label: "size" });
    await dialog.getByRole("textbox", { name: words.value }).fill("many");
    await expect(dialog.getByRole("button", { name: words.setValueDo })).toBeDisabled();
    await dialog.getByRole("textbox", { name: words.value }).fill("7.5");
    await looksRight(page);
    await dialog.getByRole("button", { name: words.setValueDo }).click();
    await expect(page.getByText(words.rowsSet)).toBeVisible();
    expect(await rowsOf(api, dataset, missing)).toBe(0);
    expect(await rowsOf(api, dataset, [{ column: 1, op: "eq", value: 7.5 }])).toBe(15);
    expect(seen.take()).toEqual([]);
  });

  test(`a class is added to all that match and taken back (${language})`, async ({ page }) => {
    const api = await admin();
    const name = `Rows ${language} ${Date.now()}`;
    const { project, dataset } = await makeDataset(api, name, "text_multilabel", ["first", "second"]);
    await api.import(dataset, notes(), "notes.jsonl");
    const carrying = async (label: string) => {
      const query = new URLSearchParams({ filter: `label:${label}`, count: "exact", limit: "1" });
      return (await api.get<{ count: number }>(`datasets/${dataset}/samples/?${query}`)).count;
    };
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/data?dataset=${dataset}&view=table&q=label%3Afirst`);
    await page.locator("thead input[type=checkbox]").click();
    await page.getByRole("button", { name: change.label_add }).click();
    await page.getByRole("menuitem", { name: "second" }).click();
    await expect.poll(() => carrying("second")).toBe(4);
    expect(await carrying("first")).toBe(4);
    await page.getByRole("button", { name: change.editUndo, exact: true }).click();
    await expect.poll(() => carrying("second")).toBe(0);
    await looksRight(page);
    expect(seen.take()).toEqual([]);
  });
}
