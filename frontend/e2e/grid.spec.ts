import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { photos } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { zip } from "./support/pictures";
import type { LabelClass } from "./support/seed";
import { expectStatus, handedOut } from "./support/stage";
import { watch } from "./support/watch";

interface Answered {
  state: string;
  annotation: { shapes: { kind: string; label: string }[] };
}

/** A data set of photos without classes on them and an open task of classifying them. */
async function makeGrid(api: Api, name: string) {
  const { id: project } = await api.post<{ id: string }>("projects/", { name });
  const { id: dataset } = await api.post<{ id: string }>("datasets/", {
    ...{ project, name, modality: "image", task: "image_classification" },
    label_schema: {
      classes: [
        { name: "cat", name_zh: "猫" },
        { name: "rocket", name_zh: "火箭" },
      ],
    },
  });
  const files = photos().slice(0, 30);
  await api.import(dataset, zip(files.map(({ bytes }, at) => ({ name: `photo-${at}.jpg`, bytes }))));
  const campaign = await handedOut(api, dataset);
  const { label_schema } = await api.get<{ label_schema: { classes: LabelClass[] } }>(`datasets/${dataset}/`);
  return { project, campaign, classes: label_schema.classes.map(({ id }) => id) };
}

const tiles = (page: Page) => page.locator("[data-tile]");
const itemsOf = (page: Page) =>
  tiles(page).evaluateAll((found) => found.map((tile) => tile.getAttribute("data-tile") ?? ""));

async function labelsOf(api: Api, items: readonly string[]): Promise<[string, string | undefined][]> {
  const found: [string, string | undefined][] = [];
  for (const item of items) {
    const { state, annotation } = await api.get<Answered>(`items/${item}/`);
    found.push([state, annotation.shapes[0]?.label]);
  }
  return found;
}

for (const language of languagesOf(import.meta.url)) {
  test(`A5: a page of pictures is classified by digits, ranges and clicks, and handed in (${language})`, async ({
    page,
  }) => {
    test.setTimeout(180_000);
    const api = await admin();
    const { project, campaign, classes } = await makeGrid(api, `A5 ${language} rows`);
    const [cat, rocket] = classes;
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/tasks`);
    await page.getByRole("link", { name: /^(Grid|网格)$/ }).click();
    await expect(tiles(page)).toHaveCount(24);
    await page.getByRole("radio", { name: "12" }).check({ force: true });
    await expect(tiles(page)).toHaveCount(12);
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    const items = await itemsOf(page);

    await page.locator("body").press("Escape");
    await page.keyboard.press("Digit1");
    await page.keyboard.press("Digit2");
    for (let n = 0; n < 3; n++) await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Digit1");
    await tiles(page).nth(8).click();
    await tiles(page)
      .nth(10)
      .click({ modifiers: ["Shift"] });
    await page.getByRole("button", { name: /(rocket|火箭)/ }).click();
    await page.keyboard.press("Control+KeyZ");
    await page.keyboard.press("Control+Shift+KeyZ");
    await expectStatus(page, "saved");
    await page.keyboard.press("Enter");

    const given = [cat, rocket, cat, cat, cat, cat, undefined, undefined, rocket, rocket, rocket, undefined];
    await expect
      .poll(() => labelsOf(api, items))
      .toEqual(given.map((label) => [label ? "accepted" : "leased", label]));
    await expect(tiles(page)).toHaveCount(12);
    const next = await itemsOf(page);
    expect(next.filter((item) => items.includes(item))).toEqual([6, 7, 11].map((at) => items[at]));

    await page.keyboard.press("Control+KeyA");
    await page.keyboard.press("Digit2");
    await page.reload();
    await expect(tiles(page)).toHaveCount(12);
    await expectStatus(page, "saved");
    expect(new Set((await labelsOf(api, next)).map(([, label]) => label))).toEqual(new Set([rocket]));
    await page.keyboard.press("Enter");
    await expect(tiles(page)).toHaveCount(9);
    await page.keyboard.press("Control+KeyA");
    await page.keyboard.press("Digit1");
    await page.keyboard.press("Enter");
    await expect(page.getByText(/^(All done here|全部完成)/)).toBeVisible();
    await expect
      .poll(
        async () =>
          (await api.get<{ counts: { accepted: number } }>(`campaigns/${campaign}/`)).counts.accepted,
      )
      .toBe(30);
    expect(seen.take()).toEqual([]);
  });
}
