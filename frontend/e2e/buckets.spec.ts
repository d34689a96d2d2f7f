import { type ChildProcess, spawn } from "node:child_process";
import { expect, type Page, test } from "@playwright/test";
import { photos } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { PYTHON } from "./support/stack";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const JOB_MS = 60_000;
/** Where the studio may reach a bucket server on this machine: host:port (support/stack.ts allows it). */
const AT = process.env.STUDIO_E2E_BUCKETS ?? "";

interface Made {
  id: string;
}

let server: ChildProcess | undefined;

async function put(path: string, body?: Buffer): Promise<void> {
  const content = body === undefined ? {} : { body: new Uint8Array(body) };
  const answer = await fetch(`http://${AT}/${path}`, { method: "PUT", ...content });
  expect(answer.ok, await answer.text()).toBe(true);
}

async function accessible(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  expect(AT, "set STUDIO_E2E_BUCKETS to an address that the studio at STUDIO_E2E_URL allows").not.toBe("");
  const [host = "", port = ""] = AT.split(":");
  server = spawn(PYTHON, ["-m", "moto.server", "-H", host, "-p", port], { stdio: "ignore" });
  const isUp = () =>
    fetch(`http://${AT}/`).then(
      () => true,
      () => false,
    );
  await expect.poll(isUp, { timeout: 50_000 }).toBe(true);
});

test.afterAll(() => {
  server?.kill();
});

for (const language of languagesOf(import.meta.url)) {
  test(`a bucket is kept in sync: what is new comes in, is paused and let go (${language})`, async ({
    page,
  }) => {
    test.setTimeout(180_000);
    const { imports } = wordsOf(language);
    const api = await admin();
    const name = `Sources ${language} ${Date.now()}`;
    const project = await api.post<Made>("projects/", { name });
    const body = { project: project.id, name, modality: "image", task: "image_classification" };
    const dataset = await api.post<Made>("datasets/", body);
    const samples = async () =>
      (await api.get<{ counts: { samples: number } }>(`datasets/${dataset.id}/`)).counts.samples;
    const bucket = `photos-${language.toLowerCase()}`;
    const cats = photos().filter(({ label }) => label === "cat");
    await put(bucket);
    for (const [at, { bytes }] of cats.slice(0, 3).entries()) await put(`${bucket}/set/cat/${at}.jpg`, bytes);
    await put(`${bucket}/other/cat/9.jpg`, cats[9]?.bytes);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project.id}/data/import?dataset=${dataset.id}`);
    await page.getByText(imports.remote_s3, { exact: true }).click();
    await page.getByRole("textbox", { name: imports.bucket_endpoint }).fill(`http://${AT}`);
    await page.getByRole("textbox", { name: imports.bucket_bucket, exact: true }).fill(bucket);
    await page.getByRole("textbox", { name: imports.bucket_prefix }).fill("set/");
    await page.getByRole("textbox", { name: imports.bucket_key_id }).fill("AKIDEXAMPLE");
    await page.getByLabel(imports.bucket_secret, { exact: true }).fill("a secret that nobody reads");
    await page.getByRole("combobox", { name: imports.syncEvery }).selectOption("hour");
    await accessible(page);
    await page.getByRole("button", { name: imports.syncKeep }).click();
    const row = page.getByRole("row", { name: new RegExp(`${bucket}/set/`) });
    await expect(row).toContainText(imports.syncEvery_hour);
    await expect.poll(samples, { timeout: JOB_MS }).toBe(3);
    await expect(row).toContainText(imports.syncCreated_other.replace("{{count}}", "3"), {
      timeout: JOB_MS,
    });
    await accessible(page);

    // One more object, and a look before the hour is over, by keyboard.
    await put(`${bucket}/set/cat/new.jpg`, cats[5]?.bytes);
    await row.getByRole("button", { name: imports.syncRun }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(samples, { timeout: JOB_MS }).toBe(4);
    await expect(row).toContainText(imports.syncCreated_other.replace("{{count}}", "1"), { timeout: JOB_MS });

    await row.getByRole("button", { name: imports.syncPause }).click();
    await expect(row).toContainText(imports.syncPaused);
    await row.getByRole("button", { name: imports.syncRemove }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText(imports.syncRemoveText);
    await accessible(page);
    await dialog.getByRole("button", { name: imports.syncRemove }).click();
    await expect(row).toHaveCount(0);
    expect(await samples()).toBe(4);
    expect(seen.take()).toEqual([]);
  });
}
