import { expect, type Page, test } from "@playwright/test";
import { languagesOf, setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const JOB_MS = 40_000;
/** Shenzhen is an entity: whatever a recipe does, it stays and its offsets follow. */
const TEXTS = Array.from({ length: 8 }, (_, number) => {
  const text = `Number ${number}: the router from Shenzhen was very good, 价格便宜。`;
  const start = text.indexOf("Shenzhen");
  return { text, label: [[start, start + 8, "PLACE"]] };
});

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
  test(`texts get other words around whole entities, and a version keeps them (${language})`, async ({
    page,
  }) => {
    const { augment, data, versions } = wordsOf(language);
    const api = await admin();
    const project = await api.post<Made>("projects/", { name: `Words ${language} ${Date.now()}` });
    const dataset = await api.post<Made>("datasets/", {
      project: project.id,
      name: "reviews",
      modality: "text",
      task: "ner",
    });
    const lines = Buffer.from(TEXTS.map((row) => JSON.stringify(row)).join("\n"));
    await api.import(dataset.id, lines, "reviews.jsonl");
    const frozen = await api.post<{ job: Made }>(`datasets/${dataset.id}/versions/`, {
      // These texts are alike, and would go to one split together.
      split: { strategy: "random", train: 0.5, val: 0.25, test: 0.25, seed: 1, keep_alike: false },
    });
    const version = String((await api.done(frozen.job.id)).result?.id);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project.id}/data?dataset=${dataset.id}`);
    await page.getByRole("link", { name: data.augment, exact: true }).click();
    await expect(page.getByText(augment.text_subtitle)).toBeVisible();
    await expect(page.locator("mark", { hasText: "Shenzhen" })).toHaveCount(8);
    await add(page, augment.op_synonym);
    await expect(
      page
        .locator("del", { hasText: "very" })
        .or(page.locator("del", { hasText: "good" }))
        .first(),
    ).toBeVisible();

    const table = page.getByRole("textbox", { name: augment.param_table });
    await table.fill("router");
    await expect(page.getByText(augment.fault_table)).toBeVisible();
    await expect(page.getByText(augment.faultyTitle)).toBeVisible();
    await table.fill("router, modem");
    await page.getByRole("switch", { name: augment.param_bundled }).click();
    await expect(page.locator("ins", { hasText: "modem" })).toHaveCount(8);
    await expect(page.locator("mark", { hasText: "Shenzhen" })).toHaveCount(8);

    await page.getByRole("textbox", { name: augment.name }).fill("modems");
    await page.getByRole("button", { name: augment.create }).click();
    await expect(page).toHaveURL(/recipe=/);
    await page.goto(`/p/${project.id}/versions/${version}`);
    await page.getByRole("textbox", { name: versions.text_augmentCopies }).fill("1");
    await page.getByRole("button", { name: versions.augmentDo }).click();
    await expect(page).not.toHaveURL(new RegExp(version), { timeout: JOB_MS });
    await expect(page.getByText(/^modems(, 1 copy|，1 份副本)/)).toBeVisible();
    const grown = await api.get<{ counts: { train: number; objects: number } }>(
      `versions/${page.url().split("/").at(-1)}/`,
    );
    expect(grown.counts).toMatchObject({ train: 8, objects: 12 });
    expect(seen.take().filter((fault) => !fault.includes("422"))).toEqual([]);
  });
}
