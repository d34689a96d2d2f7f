import { readdirSync, readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { archiveOf } from "./support/archive";
import { freezeAndTrain, importHere, start } from "./support/flow";
import { type Language, languagesOf, setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const RUN_MS = 180_000;
/** Enough to be watched, killed and stopped on a busy machine. */
const EPOCHS = 14;
const SPLIT = { strategy: "stratified", train: 0.7, val: 0.15, test: 0.15, seed: 1 };

interface RunNow {
  state: string;
  model_version: string | null;
}

/** A data set with a frozen version, to which somebody then added a class with a single picture. */
async function makeFlawed(api: Api, name: string): Promise<{ project: string; dataset: string }> {
  const project = await api.post<{ id: string }>("projects/", { name });
  const dataset = await api.post<{ id: string }>("datasets/", {
    project: project.id,
    name,
    modality: "image",
    task: "image_classification",
  });
  await api.import(dataset.id, archiveOf({ cat: 12, rocket: 12 }, 12));
  const frozen = await api.post<{ job: { id: string } }>(`datasets/${dataset.id}/versions/`, {
    name: "v1",
    split: SPLIT,
  });
  await api.done(frozen.job.id);
  await api.import(dataset.id, archiveOf({ cat: 1, palace: 1 }));
  return { project: project.id, dataset: dataset.id };
}

/** The pid of the trainer of this run, if it has one now: its folder's specification names the run. */
function trainerPid(run: string): number | undefined {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf-8").split("\0");
      const folder = words[words.indexOf("training.trainer") + 1] ?? "";
      return words.includes("training.trainer") && readFileSync(`${folder}/spec.json`, "utf-8").includes(run);
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : Number(found);
}

/** Ask for a fine-tuning of small pictures. */
async function choose(page: Page, language: Language, epochs: number): Promise<void> {
  const words = wordsOf(language).runs;
  await page.getByRole("radio", { name: new RegExp(`^${words.preset_balanced}`) }).check();
  await page.locator("summary", { hasText: words.settings }).click();
  await page.getByLabel(words.param_image_side).fill("64");
  await page.getByLabel(words.param_epochs).fill(String(epochs));
}

async function pointsOf(api: Api, run: string): Promise<number> {
  const { series } = await api.get<{ series: Record<string, unknown[]> }>(`runs/${run}/metrics/`);
  return series["val/loss"]?.length ?? 0;
}

/** The curve on the page says another figure than it said. */
async function curveMoves(page: Page, language: Language): Promise<void> {
  const curve = page.getByRole("img", { name: new RegExp(`^${wordsOf(language).runs.chart_loss}, `) });
  await expect(curve).toBeVisible({ timeout: RUN_MS });
  const before = await curve.getAttribute("aria-label");
  await expect(curve).not.toHaveAttribute("aria-label", before ?? "", { timeout: RUN_MS });
}

/** The run has made a model. */
async function finishes(page: Page, language: Language): Promise<void> {
  const report = page.getByRole("link", { name: wordsOf(language).runs.report });
  await expect(report).toBeVisible({ timeout: RUN_MS });
}

for (const language of languagesOf(import.meta.url)) {
  test(`D5: a red check blocks training, and a run survives its trainer and keeps its promise (${language})`, async ({
    page,
  }) => {
    test.setTimeout(600_000);
    const words = wordsOf(language);
    const api = await admin();
    const made = await makeFlawed(api, `D5 ${language}`);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${made.project}/train/new`);
    const launch = page.getByRole("button", { name: words.runs.start });
    await expect(launch).toBeDisabled();
    await expect(page.getByText(words.runs.findingsText)).toBeVisible();
    await page.getByRole("link", { name: words.runs.findingsOpen }).click();
    const finding = page.getByRole("heading", { name: new RegExp(words.data.finding_class_with_one_sample) });
    await expect(finding).toContainText("palace");

    await page.goto(`/p/${made.project}/data/import`);
    await importHere(page, language, archiveOf({ palace: 8, rocket: 1 }, 1));
    await freezeAndTrain(page, language);
    await expect(launch).toBeEnabled();
    await choose(page, language, EPOCHS);
    const run = await start(page, language);

    await curveMoves(page, language);
    const killed = trainerPid(run);
    expect(killed).toBeDefined();
    process.kill(killed ?? 0, "SIGKILL");
    await expect.poll(() => trainerPid(run), { timeout: RUN_MS }).not.toBe(killed);
    await finishes(page, language);
    const ended = await api.get<RunNow>(`runs/${run}/`);
    expect(ended.model_version).not.toBeNull();
    expect(await pointsOf(api, run)).toBeGreaterThanOrEqual(EPOCHS);

    await page.getByRole("link", { name: words.runs.again }).click();
    await choose(page, language, EPOCHS);
    const second = await start(page, language);
    await curveMoves(page, language);
    await page.getByRole("button", { name: words.runs.stop, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.runs.stop, exact: true }).click();
    const asked = Date.now();
    await expect(page.getByText(words.runs.cancelledText)).toBeVisible({ timeout: 30_000 });
    const stoppedMs = Date.now() - asked;
    const kept = await pointsOf(api, second);
    await page.getByRole("button", { name: words.runs.resume }).click();
    await finishes(page, language);
    const log = await api.get<{ results: { text: string }[] }>(`runs/${second}/logs/`);
    expect(log.results.map((line) => line.text).join("\n")).toMatch(/checkpoint|resum/i);
    expect(seen.take()).toEqual([]);
    console.log(`D5 ${language}: stopped after ${stoppedMs} ms with ${kept} points kept`);
  });
}
