import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, type Page, type TestInfo, test } from "@playwright/test";
import { photos } from "./support/archive";
import { type Language, languagesOf, setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const JOB_MS = 60_000;
const EACH = 3;

interface Made {
  id: string;
}

/** A folder on this disk as people have it: two classes, one level deeper, and what systems leave behind. */
function folderOf(info: TestInfo): string {
  const root = info.outputPath("my photos");
  const put = (path: string, bytes: Buffer) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  };
  for (const label of ["cat", "rocket"])
    for (const [at, photo] of photos()
      .filter((one) => one.label === label)
      .slice(0, EACH)
      .entries())
      put(`${label}/照片 ${at}.jpg`, photo.bytes);
  put("cat/.DS_Store", Buffer.from("nothing"));
  put("Thumbs.db", Buffer.from("nothing"));
  return root;
}

/** What the system does when a folder is let go over the page: real entries, with their folders. */
async function drop(page: Page, folder: string): Promise<void> {
  const zone = await page.locator("[class*=_zone]").first().boundingBox();
  if (!zone) throw new Error("nothing to drop on");
  const session = await page.context().newCDPSession(page);
  const at = { x: zone.x + zone.width / 2, y: zone.y + zone.height / 2 };
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
}

const WAYS = {
  picked: (page: Page, folder: string) => page.getByTestId("folder").setInputFiles(folder),
  dropped: drop,
};

async function empty(page: Page, language: Language) {
  const api = await admin();
  const name = `Sources ${language} ${Date.now()}`;
  const project = await api.post<Made>("projects/", { name });
  const body = { project: project.id, name, modality: "image", task: "image_classification" };
  const dataset = await api.post<Made>("datasets/", body);
  await setLook(page, language);
  await enter(page);
  await page.goto(`/p/${project.id}/data/import?dataset=${dataset.id}`);
  return { api, dataset: dataset.id };
}

for (const language of languagesOf(import.meta.url)) {
  for (const [way, give] of Object.entries(WAYS)) {
    test(`a folder that is ${way} comes in with its folders as classes (${language})`, async ({
      page,
    }, info) => {
      const { imports } = wordsOf(language);
      const seen = await watch(page);
      const { api, dataset } = await empty(page, language);
      await expect(page.locator("[class*=_zone]").first()).toBeVisible();
      await give(page, folderOf(info));
      const count = String(2 * EACH);
      const start = page.getByRole("button", { name: imports.start_other.replace("{{count}}", count) });
      await expect(start).toBeEnabled({ timeout: JOB_MS });
      await start.click();
      const done = imports.doneTitle_other.replace("{{count}}", count);
      await expect(page.getByRole("heading", { name: done })).toBeVisible({ timeout: JOB_MS });
      const { results } = await api.get<{ results: { name: string; labels: string[] }[] }>(
        `datasets/${dataset}/samples/?limit=50`,
      );
      const { label_schema } = await api.get<{ label_schema: { classes: { id: string; name: string }[] } }>(
        `datasets/${dataset}/`,
      );
      const named = new Map(label_schema.classes.map((one) => [one.id, one.name]));
      const found = results.map(({ name, labels }) => [name, labels.map((id) => named.get(id))]);
      const wanted = ["cat", "rocket"].flatMap((label) =>
        Array.from({ length: EACH }, (_, at) => [`my photos/${label}/照片 ${at}.jpg`, [label]]),
      );
      expect(found.sort()).toEqual(wanted.sort());
      expect(seen.take()).toEqual([]);
    });
  }
}
