import { expect, type Page, test } from "@playwright/test";
import { GIVEN, NUMBERED, namedSoFar } from "./support/given";
import {
  foreignText,
  LANGUAGES,
  type Language,
  paintIn,
  setLook,
  settled,
  sideways,
  THEMES,
  type Theme,
  themesIn,
  violations,
} from "./support/look";
import { admin, enter, seeded } from "./support/people";
import { type Watch, watch } from "./support/watch";

test.use({ trace: "off" });

/** Where pictures of every page go, when somebody wants to look at them. */
const SHOTS = process.env.STUDIO_E2E_SHOTS;
const NARROW = { width: 1280, height: 800 };
const WIDE = { width: 1440, height: 900 };

function pages(): Record<string, string> {
  const made = seeded();
  const project = `/p/${made.project}`;
  return {
    home: "/",
    projects: "/projects",
    "project-new": "/projects/new",
    jobs: "/jobs",
    job: `/jobs/${made.importJob}`,
    endpoints: "/endpoints",
    "endpoint-new": `/endpoints/new?project=${made.project}&version=${made.modelVersion}`,
    "endpoint-overview": `/endpoints/${made.endpoint}`,
    "endpoint-try": `/endpoints/${made.endpoint}?tab=try`,
    "endpoint-keys": `/endpoints/${made.endpoint}?tab=keys`,
    "endpoint-requests": `/endpoints/${made.endpoint}?tab=requests`,
    "endpoint-journal": `/endpoints/${made.endpoint}?tab=journal`,
    me: "/me",
    overview: project,
    activity: `${project}/activity`,
    settings: `${project}/settings`,
    members: `${project}/members`,
    data: `${project}/data?dataset=${made.dataset}`,
    augment: `${project}/augment?dataset=${made.dataset}`,
    "texts-augment": `${project}/augment?dataset=${made.texts}`,
    "sounds-augment": `${project}/augment?dataset=${made.sounds}`,
    clean: `${project}/data/clean?dataset=${made.dataset}`,
    "texts-clean": `${project}/data/clean?dataset=${made.texts}`,
    "data-stats": `${project}/data?dataset=${made.dataset}&view=stats`,
    "data-table": `${project}/data?dataset=${made.dataset}&view=table`,
    "data-similar": `${project}/data?dataset=${made.dataset}&similar=${made.sample}`,
    "data-fault": `${project}/data?dataset=${made.dataset}&q=${encodeURIComponent("(label:cat")}`,
    "data-outlines": `${project}/data?dataset=${made.outlines}`,
    "data-outline": `${project}/data?dataset=${made.outlines}&sample=${made.outline}`,
    texts: `${project}/data?dataset=${made.texts}`,
    "texts-table": `${project}/data?dataset=${made.texts}&view=table`,
    "texts-stats": `${project}/data?dataset=${made.texts}&view=stats`,
    "texts-sample": `${project}/data?dataset=${made.texts}&sample=${made.text}`,
    "texts-checks": `${project}/data/checks?dataset=${made.texts}`,
    "texts-explore": `${project}/data/explore?dataset=${made.texts}`,
    "texts-region": `${project}/data/explore?dataset=${made.texts}&region=0,0,1,0,1,1,0,1`,
    "texts-like": `${project}/data?dataset=${made.texts}&similar=${made.text}`,
    "texts-label-errors": `${project}/data/labels?dataset=${made.texts}`,
    "texts-import": `${project}/data/import?dataset=${made.texts}`,
    "texts-imported": `${project}/data/import/${made.textsImport}`,
    "texts-versions": `${project}/versions?dataset=${made.texts}`,
    "texts-version": `${project}/versions/${made.textsVersion}`,
    "texts-version-new": `${project}/versions/new?dataset=${made.texts}`,
    sounds: `${project}/data?dataset=${made.sounds}`,
    "sounds-table": `${project}/data?dataset=${made.sounds}&view=table`,
    "sounds-stats": `${project}/data?dataset=${made.sounds}&view=stats`,
    "sounds-sample": `${project}/data?dataset=${made.sounds}&sample=${made.sound}`,
    "sounds-checks": `${project}/data/checks?dataset=${made.sounds}`,
    "sounds-explore": `${project}/data/explore?dataset=${made.sounds}`,
    "sounds-region": `${project}/data/explore?dataset=${made.sounds}&region=0,0,1,0,1,1,0,1`,
    "sounds-like": `${project}/data?dataset=${made.sounds}&similar=${made.sound}`,
    "sounds-label-errors": `${project}/data/labels?dataset=${made.sounds}`,
    "sounds-import": `${project}/data/import?dataset=${made.sounds}`,
    "sounds-imported": `${project}/data/import/${made.soundsImport}`,
    "sounds-versions": `${project}/versions?dataset=${made.sounds}`,
    "sounds-version": `${project}/versions/${made.soundsVersion}`,
    "sounds-version-new": `${project}/versions/new?dataset=${made.sounds}`,
    tagged: `${project}/data?dataset=${made.tagged}`,
    "annotate-several": `${project}/annotate/${made.tagging}`,
    "annotate-grid": `${project}/annotate/${made.campaign}/grid`,
    "sounds-clean": `${project}/data/clean?dataset=${made.sounds}`,
    "annotate-texts": `${project}/annotate/${made.marking}`,
    "annotate-sounds": `${project}/annotate/${made.hearing}`,
    entities: `${project}/data?dataset=${made.entities}`,
    "entities-sample": `${project}/data?dataset=${made.entities}&sample=${made.entity}`,
    rows: `${project}/data?dataset=${made.table}`,
    "rows-stats": `${project}/data?dataset=${made.table}&view=stats`,
    "rows-column": `${project}/data?dataset=${made.table}&column=0`,
    "rows-clean": `${project}/data/clean?dataset=${made.table}`,
    "rows-checks": `${project}/data/checks?dataset=${made.table}`,
    "rows-explore": `${project}/data/explore?dataset=${made.table}`,
    "rows-import": `${project}/data/import?dataset=${made.table}`,
    "rows-imported": `${project}/data/import/${made.tableImport}`,
    "rows-versions": `${project}/versions?dataset=${made.table}`,
    "rows-version": `${project}/versions/${made.tableVersion}`,
    "rows-version-diff": `${project}/versions/${made.tableVersion}?against=${made.tableBefore}`,
    "rows-version-new": `${project}/versions/new?dataset=${made.table}`,
    "data-sample": `${project}/data?dataset=${made.dataset}&sample=${made.sample}`,
    checks: `${project}/data/checks?dataset=${made.boxesDataset}`,
    // A cleaning whose step the address fills in, as the remedy of a finding does: a text, so in quotation marks.
    "clean-filled": `${project}/data/clean?dataset=${made.dataset}&steps=${encodeURIComponent(JSON.stringify('[{"op":"dedupe"}]'))}`,
    explore: `${project}/data/explore?dataset=${made.dataset}`,
    "explore-boxes": `${project}/data/explore?dataset=${made.boxesDataset}`,
    "label-errors": `${project}/data/labels?dataset=${made.dataset}`,
    bin: `${project}/data/bin`,
    import: `${project}/data/import`,
    "import-job": `${project}/data/import/${made.importJob}`,
    versions: `${project}/versions?dataset=${made.dataset}`,
    "version-new": `${project}/versions/new?dataset=${made.dataset}`,
    merge: `${project}/versions/merge?dataset=${made.dataset}&from=${made.boxesDataset}`,
    version: `${project}/versions/${made.version}`,
    "version-diff": `${project}/versions/${made.second}?against=${made.version}`,
    runs: `${project}/runs`,
    train: `${project}/train/new?version=${made.version}`,
    run: `${project}/runs/${made.run}`,
    reports: `${project}/reports`,
    report: `${project}/reports/${made.modelVersion}`,
    "report-cell": `${project}/reports/${made.modelVersion}?cell=0,0`,
    models: `${project}/models`,
    model: `${project}/models/${made.model}`,
    "model-version": `${project}/models/${made.model}/${made.modelVersion}`,
    "project-endpoints": `${project}/endpoints`,
    labels: `${project}/labels`,
    tasks: `${project}/tasks`,
    "task-new": `${project}/tasks/new`,
    annotate: `${project}/annotate/${made.campaign}`,
    "annotate-boxes": `${project}/annotate/${made.boxes}`,
    "annotate-outlines": `${project}/annotate/${made.outlining}`,
    review: `${project}/review/${made.boxes}`,
    conflicts: `${project}/conflicts/${made.together}`,
    "conflicts-empty": `${project}/conflicts/${made.boxes}`,
    agreement: `${project}/agreement/${made.together}`,
    "agreement-cell": `${project}/agreement/${made.together}?a=${made.togetherPeople[0]}&b=${made.togetherPeople[1]}`,
    "agreement-empty": `${project}/agreement/${made.boxes}`,
    workload: `${project}/workload/${made.boxes}`,
    "workload-learning": `${project}/workload/${made.campaign}`,
    guideline: `${project}/guideline/${made.together}`,
    "guideline-empty": `${project}/guideline/${made.campaign}`,
    rules: `${project}/rules/${made.marking}`,
    nowhere: "/no/such/page",
  };
}

async function loadedIn(page: Page, theme: Theme): Promise<void> {
  await page.reload();
  await expect(page.locator("h1, h2").first()).toBeVisible({ timeout: 20_000 });
  await settled(page);
  await paintIn(page, theme);
}

/** Of pages that anybody may see there is nothing to be named. */
const NOBODY = async () => [];

/** Everything that is wrong with the page at this address. */
async function faults(
  page: Page,
  name: string,
  path: string,
  language: Language,
  seen: Watch,
  named: () => Promise<string[]> = NOBODY,
): Promise<string[]> {
  const found: string[] = [];
  await page.goto(path);
  try {
    await expect(page.locator("h1, h2").first()).toBeVisible({ timeout: 20_000 });
    await settled(page);
  } catch {
    return [`${name}: shows nothing`, ...seen.take()];
  }
  for (const theme of themesIn(language, Boolean(SHOTS))) {
    // A page that is not told of the change at all is loaded anew in it.
    await paintIn(page, theme).catch(() => loadedIn(page, theme));
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.${language}.${theme}.png` });
    for (const one of await violations(page)) found.push(`${theme}: ${one}`);
  }
  for (const text of await foreignText(page, language, GIVEN, NUMBERED, await named()))
    found.push(`wrong language: ${text}`);
  await page.setViewportSize(NARROW);
  const px = await sideways(page);
  if (px > 0) found.push(`${px} px too wide at ${NARROW.width}`);
  await page.setViewportSize(WIDE);
  return [...found, ...seen.take()].map((text) => `${name}: ${text}`);
}

for (const language of LANGUAGES) {
  test.describe(`every page (${language})`, () => {
    test.setTimeout(600_000);

    test("before signing in", async ({ page }) => {
      await setLook(page, language);
      // Nobody is signed in and the link is unknown: the browser reports both answers.
      const seen = await watch(page, [/status of 40[14]/]);
      expect([
        ...(await faults(page, "login", "/login", language, seen)),
        ...(await faults(page, "invite", "/invite/unknown", language, seen)),
      ]).toEqual([]);
    });

    test("is accessible, translated, fits, and breaks no policy", async ({ page }) => {
      await setLook(page, language);
      await enter(page);
      // One page shows how a filter is refused.
      const seen = await watch(page, [/status of 422.*filter=/]);
      const found: string[] = [];
      const api = await admin();
      for (const [name, path] of Object.entries(pages()))
        found.push(...(await faults(page, name, path, language, seen, () => namedSoFar(api))));
      expect(found).toEqual([]);
    });

    test("the components", async ({ page }) => {
      await setLook(page, language);
      const seen = await watch(page);
      await page.goto("/dev/ui");
      await expect(page.locator("h1").first()).toBeVisible();
      const found: string[] = [];
      for (const theme of THEMES) {
        await paintIn(page, theme);
        found.push(...(await violations(page)));
      }
      expect([...found, ...seen.take()]).toEqual([]);
    });
  });
}
