import { expect, type Page, test } from "@playwright/test";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { zip } from "./support/pictures";
import { wav } from "./support/sounds";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const JOB_MS = 60_000;
const EACH = 12;

interface Made {
  id: string;
}

interface Counted {
  counts: { samples: number };
}

/** Tones of two classes, a silence among them, and a file that only says it is a recording. */
function heard(): Buffer {
  const tones = ["low", "high"].flatMap((label, high) =>
    Array.from({ length: EACH }, (_, index) => ({
      name: `${label}/t-${index}.wav`,
      bytes: wav(200 + 70 * index + 900 * high),
    })),
  );
  return zip([
    ...tones,
    { name: "high/silent-1.wav", bytes: wav(1, 0) },
    { name: "low/broken-1.wav", bytes: Buffer.from("this is no sound") },
  ]);
}

async function accessible(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

for (const language of languagesOf(import.meta.url)) {
  test(`recordings come in, are heard, checked, cleaned, frozen and taken elsewhere (${language})`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    const { data, imports, versions } = wordsOf(language);
    const api = await admin();
    const name = `Recordings ${language} ${Date.now()}`;
    const project = await api.post<Made>("projects/", { name });
    const body = { project: project.id, name, modality: "audio", task: "audio_classification" };
    const dataset = await api.post<Made>("datasets/", body);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    const home = `/p/${project.id}/data`;

    // Rehearsed first: the file that is no sound is named, the others may come in.
    await page.goto(`${home}/import?dataset=${dataset.id}`);
    await page
      .locator('input[type="file"]')
      .first()
      .setInputFiles({ name: "tones.zip", mimeType: "application/zip", buffer: heard() });
    const count = String(2 * EACH + 1);
    const start = page.getByRole("button", { name: imports.audio_start_other.replace("{{count}}", count) });
    await expect(start).toBeEnabled({ timeout: JOB_MS });
    await accessible(page);
    await start.click();
    const done = imports.audio_doneTitle_other.replace("{{count}}", count);
    await expect(page.getByRole("heading", { name: done })).toBeVisible({ timeout: JOB_MS });
    await expect(page.getByText("broken-1.wav").first()).toBeVisible();

    // Looked through and listened to.
    await page.getByRole("link", { name: imports.audio_seePictures }).click();
    await expect(page.getByText(data.audio_count_other.replace("{{count}}", count))).toBeVisible();
    const filter = page.getByRole("combobox", { name: /^(Filter|筛选条件)$/ });
    await filter.fill("label:low");
    await page.keyboard.press("Enter");
    await expect(page.getByText(data.audio_count_other.replace("{{count}}", String(EACH)))).toBeVisible();
    await expect(page.getByRole("listitem")).toHaveCount(EACH);
    const [before, after] = data.hear.split("{{name}}");
    const play = page.getByRole("button", { name: new RegExp(`^${before}.*t-\\d+\\.wav${after}$`) }).first();
    await play.focus();
    await page.keyboard.press("Enter");
    await accessible(page);

    // Checked: the silence is found, and goes.
    await page.goto(`${home}/checks?dataset=${dataset.id}`);
    const answered = page.waitForResponse((one) => one.request().method() === "POST" && one.status() === 202);
    await page.getByRole("button", { name: new RegExp(`^(${data.checkFirst}|${data.checkNow})$`) }).click();
    const { job } = (await (await answered).json()) as { job: Made };
    await api.done(job.id);
    const finding = page.getByRole("heading", { name: data.finding_audio_silent });
    await expect(finding).toBeVisible({ timeout: JOB_MS });
    await accessible(page);
    await page.locator("div", { has: finding }).last().locator("xpath=..").getByRole("link").click();
    await expect(page.getByRole("listitem")).toHaveCount(1);
    await page.getByRole("listitem").getByRole("checkbox").click();
    await page.getByRole("button", { name: data.deleteThese, exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: data.deleteThese, exact: true }).click();
    const left = async () => (await api.get<Counted>(`datasets/${dataset.id}/`)).counts.samples;
    await expect.poll(left, { timeout: JOB_MS }).toBe(2 * EACH);

    // Frozen, exported, and in another data set the same again.
    await page.goto(`/p/${project.id}/versions/new?dataset=${dataset.id}`);
    await page.getByRole("textbox", { name: versions.name, exact: true }).fill("first");
    await accessible(page);
    await page.locator('button[type="submit"]').click();
    await page.waitForURL(/\/versions\/[0-9a-f-]{36}/, { timeout: JOB_MS });
    await page.getByRole("button", { name: versions.exportDo }).click();
    const download = page.getByRole("link", { name: new RegExp(`^${versions.download} ·`) });
    await expect(download).toBeVisible({ timeout: JOB_MS });
    await accessible(page);
    const archive = await page.request.get((await download.getAttribute("href")) ?? "");
    expect(archive.ok()).toBe(true);
    const again = await api.post<Made>("datasets/", { ...body, name: `${name} again` });
    await api.import(again.id, await archive.body(), "tones.zip");
    expect((await api.get<Counted>(`datasets/${again.id}/`)).counts.samples).toBe(2 * EACH);
    expect(seen.take()).toEqual([]);
  });
}
