import { expect, type Page, test } from "@playwright/test";
import { archiveOf } from "./support/archive";
import { start } from "./support/flow";
import { coco } from "./support/kinds";
import { languagesOf, setLook } from "./support/look";
import { admin, enter, seeded } from "./support/people";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

/** What a recipe is tried on: a turn moves boxes, haze and contrast leave them where they are. */
const STEPS = [
  /^(Dehaze|去雾)/,
  /^(Haze|薄霾)/,
  /^(Contrast enhancement|对比度增强)/,
  /^(Turn|旋转)(?!,)/,
] as const;
const OPS = ["dehaze", "haze", "contrast_enhance", "rotate"];

interface Made {
  id: string;
}

const boxes = (page: Page) =>
  page
    .locator("figure svg")
    .evaluateAll((all) =>
      all.map((marks) =>
        [...marks.children].map((mark) => mark.outerHTML.replace(/ id="[^"]*"/g, "")).join(),
      ),
    );

async function add(page: Page, step: RegExp): Promise<void> {
  await page.getByRole("button", { name: /^(Add a step|添加步骤)$/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: step }).first().click();
}

const pictures = (page: Page) =>
  page.locator("figure img").evaluateAll((all) => all.map((image) => image.getAttribute("src")));

/** The pictures once they are others than before. */
async function changed(page: Page, before: (string | null)[]): Promise<(string | null)[]> {
  await expect.poll(async () => (await pictures(page))[0]).not.toBe(before[0]);
  return pictures(page);
}

for (const language of languagesOf(import.meta.url)) {
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
    await page.getByRole("button", { name: /^(Keep recipe|保存配方)$/ }).click();
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

  test(`D4: boxes follow a recipe, a seed repeats it, a version and a run carry it (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const project = await api.post<Made>("projects/", { name: `D4 ${language}` });
    const dataset = (task: string) =>
      api.post<Made>("datasets/", { project: project.id, name: task, modality: "image", task });
    const boxed = await dataset("object_detection");
    await api.import(boxed.id, coco(12, ["cat", "rocket"], false));
    const classed = await dataset("image_classification");
    await api.import(classed.id, archiveOf({ cat: 12, rocket: 12 }));
    const frozen = await api.post<{ job: Made }>(`datasets/${classed.id}/versions/`, {
      name: "v1",
      split: { strategy: "stratified", train: 0.7, val: 0.15, test: 0.15, seed: 1 },
    });
    const version = String((await api.done(frozen.job.id)).result?.id);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project.id}/augment?dataset=${boxed.id}`);
    await expect(page.locator("figure img")).toHaveCount(12);
    const [plain, places] = [await pictures(page), await boxes(page)];
    expect(places.filter(Boolean)).toHaveLength(12);
    let last = plain;
    for (const step of STEPS.slice(0, 3)) {
      await add(page, step);
      last = await changed(page, last);
    }
    expect(await boxes(page)).toEqual(places);
    await add(page, STEPS[3]);
    const turned = await changed(page, last);
    const moved = await boxes(page);
    expect(moved).not.toEqual(places);
    await page.getByRole("button", { name: /^(Draw again|重新抽取)$/ }).click();
    const other = await changed(page, turned);
    const seed = page
      .getByRole("spinbutton", { name: /^(Seed|随机种子)$/ })
      .or(page.getByRole("textbox", { name: /^(Seed|随机种子)$/ }));
    await seed.fill("1");
    expect(await changed(page, other)).toEqual(turned);
    expect(await boxes(page)).toEqual(moved);
    await page.getByRole("textbox", { name: /^(Name|名称)$/ }).fill("hazy");
    await page.getByRole("button", { name: /^(Keep recipe|保存配方)$/ }).click();
    await expect(page).toHaveURL(/recipe=/);

    const { versions, runs } = wordsOf(language);
    await page.goto(`/p/${project.id}/versions/${version}`);
    await page.getByRole("textbox", { name: versions.augmentCopies }).fill("1");
    await page.getByRole("button", { name: versions.augmentDo }).click();
    await expect(page).not.toHaveURL(new RegExp(version), { timeout: 40_000 });
    await expect(page.getByText(/^hazy(, 1 copy|，1 份副本)/)).toBeVisible();
    const grown = page.url().split("/").at(-1) ?? "";

    await page.goto(`/p/${project.id}/train/new?dataset=${classed.id}&version=${grown}`);
    await page.getByRole("radio", { name: new RegExp(`^${runs.preset_balanced}`) }).check();
    const offered = page.getByRole("combobox", { name: runs.recipe });
    await offered.selectOption({
      label: runs.recipeOption_other.replace("{{name}}", "hazy").replace("{{count}}", "4"),
    });
    const run = await start(page, language);
    await expect(page.getByText(/^hazy: /)).toBeVisible();
    const { recipe } = await api.get<{ recipe: { steps: { op: string }[] } }>(`runs/${run}/`);
    expect(recipe.steps.map(({ op }) => op)).toEqual(OPS);
    await api.post(`runs/${run}/cancel/`, {});
    expect(seen.take()).toEqual([]);
  });
}
