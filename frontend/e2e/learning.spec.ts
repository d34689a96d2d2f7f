import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { archiveOf, photos } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { zip } from "./support/pictures";
import { handedOut } from "./support/stage";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

interface Made {
  id: string;
}

const CLASSES = ["cat", "rocket"];
const EACH = 5;

/** Five pictures of each of two kinds, labeled, and eight that are not; a task about them all. */
async function makeTask(api: Api, name: string): Promise<{ project: string; campaign: string }> {
  const project = await api.post<Made>("projects/", { name });
  const dataset = await api.post<Made>("datasets/", {
    project: project.id,
    name,
    modality: "image",
    task: "image_classification",
    label_schema: { classes: CLASSES.map((one) => ({ name: one })) },
  });
  await api.import(dataset.id, archiveOf({ cat: EACH, rocket: EACH }));
  const bare = CLASSES.flatMap((kind) =>
    photos()
      .filter(({ label }) => label === kind)
      .slice(EACH, EACH + 4),
  );
  await api.import(dataset.id, zip(bare.map(({ bytes }, at) => ({ name: `bare-${at}.jpg`, bytes }))));
  const campaign = await handedOut(api, dataset.id);
  return { project: project.id, campaign };
}

async function isFine(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    if (process.env.STUDIO_E2E_SHOTS)
      await page.screenshot({
        path: `${process.env.STUDIO_E2E_SHOTS}/learning-${Date.now()}.${theme}.png`,
        fullPage: true,
      });
    expect(await violations(page)).toEqual([]);
  }
}

for (const language of languagesOf(import.meta.url)) {
  test(`a task learns as it is labeled, and says what it sees in the rest (${language})`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    const api = await admin();
    const words = wordsOf(language).learning;
    const { project, campaign } = await makeTask(api, `Learning ${language} ${Date.now()}`);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project}/workload/${campaign}`);
    const count = page.getByLabel(words.perClass);
    await count.fill("6");
    await count.blur();
    await page.getByRole("switch", { name: words.on }).click();
    await expect(page.getByText(words.missing)).toBeVisible();
    await isFine(page);
    // What the small model does is the same in either language.
    if (language === "en") {
      await count.fill("5");
      const round = page.getByRole("table", { name: words.rounds }).getByRole("row").nth(1);
      await expect(round).toContainText(words.state_done, { timeout: 180_000 });
      await expect(round).toContainText("%");
      await isFine(page);
      const { results } = await api.get<{ results: { annotation: { source: string } }[] }>(
        `campaigns/${campaign}/items/?limit=50`,
      );
      const bySource = results.filter(({ annotation }) => annotation.source === "model");
      expect(bySource.length).toBeGreaterThanOrEqual(4);
    }
    expect(seen.take()).toEqual([]);
  });
}
