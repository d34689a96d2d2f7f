import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { type Language, languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { makeWork, onStage } from "./support/stage";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

interface Guideline {
  number: number;
  text: string;
  examples: { kind: string; note: string; shapes: { box: number[] }[] }[];
}

const guidelineOf = (api: Api, campaign: string) => api.get<Guideline>(`campaigns/${campaign}/guideline/`);

/** Hand in a box for the next picture; answers its sample. */
async function answer(api: Api, campaign: string, label: string, box: number[]): Promise<string> {
  const { items } = await api.post<{ items: { id: string; sample: { id: string } }[] }>(
    `campaigns/${campaign}/claim/`,
    { count: 1 },
  );
  const [item] = items;
  const shapes = [{ id: crypto.randomUUID(), kind: "box", label, box, source: "human" }];
  const body = { item: item?.id, revision: 0, shapes, state: "submitted", seconds_spent: 2 };
  await api.put(`annotations/${crypto.randomUUID()}/`, body);
  return item?.sample.id ?? "";
}

async function isFine(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    if (process.env.STUDIO_E2E_SHOTS)
      await page.screenshot({
        path: `${process.env.STUDIO_E2E_SHOTS}/guideline-${Date.now()}.${theme}.png`,
      });
    expect(await violations(page)).toEqual([]);
  }
}

/** Choose the first answered sample as an example, of this kind and for this reason. */
async function addExample(page: Page, language: Language, kind: "good" | "bad", note: string): Promise<void> {
  const words = wordsOf(language).guidelines;
  await page.getByRole("button", { name: words.addExample }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("button[aria-pressed]").first().click();
  await dialog.getByText(words[kind], { exact: true }).click();
  await dialog.getByLabel(words.note).fill(note);
  await isFine(page);
  await dialog.getByRole("button", { name: words.add, exact: true }).click();
  await expect(dialog).toHaveCount(0);
}

for (const language of languagesOf(import.meta.url)) {
  test(`a guideline is written, shown with examples, changed by two, and a reviewer adds one (${language})`, async ({
    page,
  }) => {
    test.setTimeout(180_000);
    const api = await admin();
    const words = wordsOf(language).guidelines;
    const name = `Guideline ${language} ${Date.now()}`;
    const work = await makeWork(api, name);
    const { campaign, project, classes } = work;
    await answer(api, campaign, classes[0]?.id ?? "", [10, 12, 40, 30]);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page, [/status of 409/]);

    await page.goto(`/p/${project}/tasks`);
    await page.locator("#content").getByRole("button", { name, exact: true }).click();
    await page.getByRole("menuitem", { name: words.guideline }).click();
    const text = page.getByLabel(words.text, { exact: false }).and(page.locator("textarea"));
    await text.fill("# Boxes\n\n- whole **cats**");
    await addExample(page, language, "good", "whole");
    await expect(text).toHaveValue("# Boxes\n\n- whole **cats**");
    await expect(page.locator("strong", { hasText: "cats" })).toBeVisible();
    await page.getByRole("button", { name: words.save.replace("{{number}}", "3") }).click();
    await expect.poll(async () => (await guidelineOf(api, campaign)).number).toBe(3);
    await isFine(page);

    await page.goto(`/p/${project}/annotate/${campaign}`);
    await onStage(page);
    await page.locator("button[data-kind=good]").first().click();
    await expect(page.getByRole("dialog").locator("img")).toBeVisible();
    await page.keyboard.press("Escape");
    await isFine(page);

    await page.goto(`/p/${project}/guideline/${campaign}`);
    await text.fill("# Boxes\n\n- mine");
    const theirs = { base: 3, text: "# Boxes\n\n- theirs", examples: [] };
    await api.put(`campaigns/${campaign}/guideline/`, theirs);
    await page.getByRole("button", { name: words.save.replace("{{number}}", "4") }).click();
    await expect(page.getByText(words.stale.replace("{{number}}", "4"))).toBeVisible();
    await expect(text).toHaveValue("# Boxes\n\n- mine");
    await page.getByRole("button", { name: words.showVersion.replace("{{number}}", "4") }).click();
    await expect(page.locator("del", { hasText: "theirs" })).toBeVisible();
    await isFine(page);
    await page.getByRole("button", { name: words.overwrite }).click();
    await expect.poll(async () => (await guidelineOf(api, campaign)).text).toBe("# Boxes\n\n- mine");

    await page.goto(`/p/${project}/annotate/${campaign}`);
    await onStage(page);
    await expect(page.getByText(words.changed)).toBeVisible();
    await page.getByRole("button", { name: words.read }).click();
    await expect(page.getByText(words.changed)).toHaveCount(0);

    await page.goto(`/p/${project}/review/${campaign}`);
    await onStage(page);
    await page.getByRole("button", { name: words.asExample }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(words.note).fill("too small");
    await isFine(page);
    await dialog.getByRole("button", { name: words.add, exact: true }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText("too small")).toBeVisible();
    const { examples } = await guidelineOf(api, campaign);
    expect(examples.map(({ kind, note }) => [kind, note])).toEqual([
      ["good", "whole"],
      ["bad", "too small"],
    ]);
    expect(examples[1]?.shapes[0]?.box).toEqual([10, 12, 40, 30]);
    expect(seen.take()).toEqual([]);
  });
}
