import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { photos } from "./support/archive";
import { type Language, languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { zip } from "./support/pictures";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const JOB_MS = 40_000;
const SPLIT = { strategy: "stratified", train: 0.7, val: 0.15, test: 0.15, seed: 42 };

/** The same pixels in another file: a comment stands behind the beginning of the JPEG. */
function commented(jpeg: Buffer): Buffer {
  const comment = Buffer.from([0xff, 0xfe, 0x00, 0x06, 0x63, 0x6f, 0x70, 0x79]);
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
}

/** Twelve photos of two classes; a cat for training is tested too, and another one is called a rocket. */
function leaky(): Buffer {
  const of = (label: string) => photos().filter((one) => one.label === label);
  const [cats, rockets] = [of("cat").slice(0, 12), of("rocket").slice(0, 12)];
  const first = cats[0]?.bytes ?? Buffer.alloc(0);
  const second = cats[1]?.bytes ?? Buffer.alloc(0);
  return zip([
    ...[...cats, ...rockets].map(({ name, bytes }) => ({ name: `train/${name}`, bytes })),
    { name: "test/cat/leaked-1.jpg", bytes: commented(first) },
    { name: "train/rocket/wrong-1.jpg", bytes: commented(second) },
  ]);
}

/** From the checks to the pictures of this finding, as rows, and choose the one of this name. */
async function choose(page: Page, finding: string, name: string): Promise<void> {
  // A row of the list: its heading and its link are neighbors.
  const row = page.locator("div", { has: page.getByRole("heading", { name: finding }) }).last();
  await row
    .locator("xpath=..")
    .getByRole("link", { name: /^(Show|查看)/ })
    .click();
  await page.getByText(/^(Table|表格)$/).click();
  await page
    .getByRole("row", { name: new RegExp(name) })
    .getByRole("checkbox")
    .click();
}

/** Run the checks on their page and wait until they are through. */
async function check(page: Page, api: Api, language: Language, path: string): Promise<void> {
  const words = wordsOf(language).data;
  await page.goto(path);
  const button = page.getByRole("button", { name: new RegExp(`^(${words.checkFirst}|${words.checkNow})$`) });
  const answered = page.waitForResponse((one) => one.request().method() === "POST" && one.status() === 202);
  await button.click();
  const { job } = (await (await answered).json()) as { job: { id: string } };
  await api.done(job.id);
  await expect(page.getByRole("heading", { name: words.checking })).toHaveCount(0, { timeout: JOB_MS });
}

for (const language of languagesOf(import.meta.url)) {
  test(`D3: copies and leaks are found and mended, and two versions tell the difference (${language})`, async ({
    page,
  }) => {
    const { data, versions } = wordsOf(language);
    const api = await admin();
    const project = await api.post<{ id: string }>("projects/", { name: `D3 ${language}` });
    const body = { project: project.id, name: `D3 ${language}`, task: "image_classification" };
    const dataset = await api.post<{ id: string }>("datasets/", { ...body, modality: "image" });
    await api.import(dataset.id, leaky());
    const frozen = await api.post<{ job: { id: string } }>(`datasets/${dataset.id}/versions/`, {
      name: "before",
      split: SPLIT,
    });
    await api.done(frozen.job.id);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    const checks = `/p/${project.id}/data/checks?dataset=${dataset.id}`;

    await check(page, api, language, checks);
    await page
      .getByRole("button", { name: /^(Side by side|并排查看)$/ })
      .first()
      .click();
    await expect(page.getByRole("link", { name: /leaked-1/ }).first()).toBeVisible();
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    await choose(page, data.finding_same_looking_across_splits, "leaked-1");
    await page.getByRole("button", { name: data.deleteThese, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: data.deleteThese, exact: true }).click();
    await expect(page.getByText(/^(1 picture deleted|已删除 1 )/)).toBeVisible();

    await page.goto(checks);
    await choose(page, data.finding_same_looking_other_class, "wrong-1");
    await page.getByRole("button", { name: data.setClass }).click();
    await page.getByRole("menuitem", { name: "cat" }).click();
    await expect(page.getByText(/^(1 picture changed|已更改 1 )/)).toBeVisible();

    await check(page, api, language, checks);
    for (const gone of [data.finding_same_looking_across_splits, data.finding_same_looking_other_class])
      await expect(page.getByRole("heading", { name: gone })).toHaveCount(0);

    await page.goto(`/p/${project.id}/versions/new?dataset=${dataset.id}`);
    await page.getByRole("textbox", { name: versions.name, exact: true }).fill("after");
    await page.locator('button[type="submit"]').click();
    await page.waitForURL(/\/versions\/[0-9a-f-]{36}/, { timeout: JOB_MS });
    await page.getByRole("combobox", { name: versions.against }).selectOption({ label: "1 · before" });
    await page.getByText(`${versions.removed} · 1`, { exact: true }).click();
    await expect(page.getByRole("link", { name: /leaked-1/ })).toBeVisible();
    await page.getByText(`${versions.relabeled} · 1`, { exact: true }).click();
    await page.getByRole("link", { name: /wrong-1/ }).click();
    await expect(page.getByRole("dialog").getByText(/wrong-1/)).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`dataset=${dataset.id}`));
    expect(seen.take()).toEqual([]);
  });
}
