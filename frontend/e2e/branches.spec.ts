import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { archiveOf } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const JOB_MS = 30_000;
const GIVEN = { split: { strategy: "given" }, filter: { state: "all" } };

interface Made {
  id: string;
}

interface Sample extends Made {
  name: string;
  labels: string[];
}

/** What a data set says of each sample, by the names of its classes. */
async function said(api: Api, dataset: string): Promise<Record<string, string>> {
  const { label_schema } = await api.get<{ label_schema: { classes: { id: string; name: string }[] } }>(
    `datasets/${dataset}/`,
  );
  const names = new Map(label_schema.classes.map(({ id, name }) => [id, name]));
  const { results } = await api.get<{ results: Sample[] }>(`datasets/${dataset}/samples/?limit=100`);
  return Object.fromEntries(
    results.map(({ name, labels }) => [name, labels.map((id) => names.get(id)).join()]),
  );
}

/** Say of one sample that it shows this; nothing for no class, and `delete` takes it away. */
async function say(api: Api, dataset: string, name: string, label: string | null): Promise<void> {
  const { label_schema } = await api.get<{ label_schema: { classes: { id: string; name: string }[] } }>(
    `datasets/${dataset}/`,
  );
  const { results } = await api.get<{ results: Sample[] }>(`datasets/${dataset}/samples/?limit=100`);
  const ids = results.filter((one) => one.name === name).map(({ id }) => id);
  const value = label_schema.classes.find((one) => one.name === label)?.id ?? "";
  const action = label === "delete" ? "delete" : "label";
  const { job } = await api.post<{ job: Made }>(`datasets/${dataset}/bulk-edits/`, { action, value, ids });
  await api.done(job.id);
}

async function frozen(api: Api, dataset: string, name: string): Promise<string> {
  const { job } = await api.post<{ job: Made }>(`datasets/${dataset}/versions/`, { ...GIVEN, name });
  return String((await api.done(job.id)).result?.id);
}

/** A project with four cats and four rockets, frozen once. */
async function filled(api: Api, name: string) {
  const project = await api.post<Made>("projects/", { name });
  const body = { project: project.id, name, modality: "image", task: "image_classification" };
  const dataset = await api.post<Made>("datasets/", body);
  await api.import(dataset.id, archiveOf({ cat: 4, rocket: 4 }));
  const version = await frozen(api, dataset.id, "v1");
  return { project: project.id, dataset: dataset.id, version };
}

/** A sentence about one, in languages with and without a singular. */
function ofOne(words: Readonly<Record<string, string>>, key: string): string {
  return (words[`${key}_one`] ?? words[`${key}_other`] ?? "").replace("{{count}}", "1");
}

async function pressed(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).focus();
  await page.keyboard.press("Enter");
}

async function accessible(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

for (const language of languagesOf(import.meta.url)) {
  test(`a branch is merged back, its conflict decided by keyboard, and the merge is taken back (${language})`, async ({
    page,
  }) => {
    const { changes } = wordsOf(language);
    const api = await admin();
    const name = `Merging ${language} ${Date.now()}`;
    const { project, dataset, version } = await filled(api, name);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project}/versions/${version}`);
    await page.getByRole("textbox", { name: changes.branchName }).fill(`Merging ${language} 2`);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: changes.branchOpen }).click({ timeout: JOB_MS });
    await expect(page).not.toHaveURL(new RegExp(dataset));
    const branch = new URL(page.url()).searchParams.get("dataset") ?? "";
    expect(await said(api, branch)).toEqual(await said(api, dataset));

    const [both, there, here] = Object.keys(await said(api, dataset)).filter((one) => /cat/.test(one));
    await say(api, branch, both ?? "", "rocket");
    await say(api, branch, there ?? "", "rocket");
    await say(api, dataset, both ?? "", null);
    await say(api, dataset, here ?? "", "rocket");
    await frozen(api, branch, "v2");
    const before = await said(api, dataset);

    await page.goto(`/p/${project}/versions?dataset=${dataset}`);
    await page.getByRole("link", { name: changes.merge, exact: true }).click();
    await page
      .getByRole("combobox", { name: changes.mergeDataset })
      .selectOption({ label: `Merging ${language} 2` });
    await pressed(page, changes.mergeLook);
    await page.waitForURL(/merge=/, { timeout: JOB_MS });
    await expect(page.getByText(ofOne(changes, "mergeConflicts"))).toBeVisible();
    const conflict = page.getByRole("group", { name: changes.chooseFor.replace("{{name}}", both ?? "") });
    await accessible(page);
    const theirs = changes.there.replace("{{said}}", "rocket");
    await conflict.getByRole("radio", { name: theirs }).focus();
    await page.keyboard.press("Space");
    await expect(conflict.getByRole("radio", { name: theirs })).toBeChecked();
    expect(await said(api, dataset)).toEqual(before);

    await pressed(page, changes.mergeDo);
    await expect(page.getByText(changes.mergeState_done, { exact: true })).toBeVisible({ timeout: JOB_MS });
    await expect(page.getByText(changes.takenSide.replace("{{side}}", theirs))).toBeVisible();
    await accessible(page);
    expect(await said(api, dataset)).toEqual({
      ...before,
      [both ?? ""]: "rocket",
      [there ?? ""]: "rocket",
      [here ?? ""]: "rocket",
    });
    await pressed(page, changes.undo);
    await expect(page.getByText(changes.mergeState_undone, { exact: true })).toBeVisible({ timeout: JOB_MS });
    expect(await said(api, dataset)).toEqual(before);
    expect(seen.take()).toEqual([]);
  });

  test(`a version is brought back after a look, and that is taken back (${language})`, async ({ page }) => {
    const { versions } = wordsOf(language);
    const api = await admin();
    const { project, dataset, version } = await filled(api, `Restoring ${language} ${Date.now()}`);
    const then = await said(api, dataset);
    const [gone, other] = Object.keys(then);
    await say(api, dataset, gone ?? "", "delete");
    await say(api, dataset, other ?? "", null);
    const now = await said(api, dataset);
    expect(Object.keys(now)).toHaveLength(7);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project}/versions/${version}`);
    await pressed(page, versions.restorePreview);
    await expect(page.getByText(versions.restoreWould)).toBeVisible({ timeout: JOB_MS });
    await expect(page.getByText(ofOne(versions, "restoreReturned"))).toBeVisible();
    await expect(page.getByText(ofOne(versions, "restoreRelabeled"))).toBeVisible();
    expect(await said(api, dataset)).toEqual(now);
    await accessible(page);
    await pressed(page, versions.restoreDo);
    await expect(page.getByText(versions.restoreDone, { exact: true })).toBeVisible({ timeout: JOB_MS });
    expect(await said(api, dataset)).toEqual(then);
    await pressed(page, versions.restoreUndo);
    await expect(page.getByText(versions.restoreTaken_other.replace("{{count}}", "2"))).toBeVisible({
      timeout: JOB_MS,
    });
    expect(await said(api, dataset)).toEqual(now);
    expect(seen.take()).toEqual([]);
  });
}
