import { expect, type Page, test } from "@playwright/test";
import { languagesOf, setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const JOB_MS = 40_000;
const TEXTS = [
  { text: "<p>Bought in Shenzhen &amp; fine</p>" },
  { text: "Write to anna.k@example.org today" },
  { text: "漢字轉換" },
  { text: "nothing to do" },
];

interface Made {
  id: string;
}

async function add(page: Page, step: string): Promise<void> {
  await page.getByRole("button", { name: /^(Add a step|添加步骤)$/ }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: new RegExp(`^${step}`) })
    .first()
    .click();
}

for (const language of languagesOf(import.meta.url)) {
  test(`texts are cleaned in sight, by keyboard too, and taken back (${language})`, async ({ page }) => {
    const { clean, data } = wordsOf(language);
    const api = await admin();
    const project = await api.post<Made>("projects/", { name: `Cleaning ${language} ${Date.now()}` });
    const dataset = await api.post<Made>("datasets/", {
      project: project.id,
      name: "reviews",
      modality: "text",
      task: "text_classification",
    });
    const lines = Buffer.from(TEXTS.map((row) => JSON.stringify(row)).join("\n"));
    await api.import(dataset.id, lines, "reviews.jsonl");
    const texts = async () => {
      const { results } = await api.get<{ results: { payload: { excerpt: string } }[] }>(
        `datasets/${dataset.id}/samples/`,
      );
      return results.map((row) => row.payload.excerpt).sort();
    };
    const before = await texts();
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project.id}/data?dataset=${dataset.id}`);
    await page.getByRole("link", { name: data.clean, exact: true }).click();
    await add(page, clean.op_strip_html);
    await expect(page.locator("del", { hasText: "&amp;" })).toBeVisible();
    await add(page, clean.op_chinese);
    await expect(page.locator("ins", { hasText: "汉" })).toBeVisible();
    await add(page, clean.op_regex);
    const pattern = page.getByRole("textbox", { name: clean.param_pattern });
    await pattern.fill("(");
    await expect(page.getByText(clean.fault_pattern)).toBeVisible();
    await expect(page.getByRole("button", { name: clean.apply })).toBeDisabled();
    await pattern.fill("nothing (to)");
    await page.getByRole("textbox", { name: clean.param_replacement }).fill("\\1");
    await expect(page.locator("del", { hasText: "nothing" })).toBeVisible();
    expect(await texts()).toEqual(before);

    await page.getByRole("textbox", { name: clean.name }).fill("tidy");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: clean.apply }).click();
    await expect(page.getByText(clean.state_applied, { exact: true })).toBeVisible({ timeout: JOB_MS });
    expect(await texts()).toEqual(
      ["Bought in Shenzhen & fine", "Write to anna.k@example.org today", "汉字转换", "to do"].sort(),
    );
    await page.getByRole("button", { name: clean.undo }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText(clean.state_undone, { exact: true })).toBeVisible({ timeout: JOB_MS });
    expect(await texts()).toEqual(before);
    expect(seen.take().filter((fault) => !fault.includes("422"))).toEqual([]);
  });

  test(`a choice says how many it takes before it is made, and its page is its own (${language})`, async ({
    page,
  }) => {
    const { clean, projects } = wordsOf(language);
    const api = await admin();
    const project = await api.post<Made>("projects/", { name: `Cleaning ${language} ${Date.now()}` });
    const dataset = await api.post<Made>("datasets/", {
      project: project.id,
      name: "reviews",
      modality: "text",
      task: "text_classification",
    });
    const lines = Buffer.from(TEXTS.map((row) => JSON.stringify(row)).join("\n"));
    await api.import(dataset.id, lines, "reviews.jsonl");
    await setLook(page, language);
    await enter(page);

    await page.goto(`/p/${project.id}/data/clean?dataset=${dataset.id}`);
    await add(page, clean.op_dedupe);
    await expect(page.getByText(clean.chosenUnknown)).toBeVisible();
    await add(page, clean.op_sample_random);
    await page.getByRole("textbox", { name: clean.param_keep }).fill("2");
    const said = clean.chosenBinMost_other.replace("{{count}}", "2").replace("{{total}}", "4");
    await expect(page.getByText(said)).toBeVisible();
    await page.getByRole("button", { name: clean.apply }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText(said)).toBeVisible();
    await dialog.getByRole("button", { name: clean.apply }).click();
    await expect(page.getByText(clean.state_applied, { exact: true })).toBeVisible({ timeout: JOB_MS });

    const { results } = await api.get<{ results: { job: string }[] }>(`datasets/${dataset.id}/cleanings/`);
    await page.goto(`/p/${project.id}/data/import/${results[0]?.job}`);
    await expect(page).toHaveURL(new RegExp(`/jobs/${results[0]?.job}$`));

    await page.goto(`/p/${project.id}/activity`);
    const row = page.getByRole("row").filter({ hasText: projects["op_datasets.cleaning.submitted"] });
    await expect(row).toContainText("admin");
    await row.getByRole("link", { name: "reviews" }).click();
    await expect(page).toHaveURL(new RegExp(`dataset=${dataset.id}`));
  });
}
