import { expect, test } from "@playwright/test";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { png, zip } from "./support/pictures";
import { stopwatch } from "./support/stopwatch";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

/** The journey is about 5,000 pictures, as `make journeys` runs it; here it takes seconds on two cores. */
const PICTURES = Number(process.env.STUDIO_E2E_PICTURES ?? 1_000);
/** More pictures take longer. */
const PATIENCE = Math.max(1, PICTURES / 1_000);
const MISSING = 7;
const UNKNOWN = 5;

/** The pixels of a seed come again after 256; then the pictures are wider. */
const widthOf = (seed: number) => 40 + Math.floor(seed / 256);

/** Pictures with a box each, as COCO; further rows name pictures that are not there and classes nobody knows. */
function flawed(): Buffer {
  const files = Array.from({ length: PICTURES }, (_, seed) => ({
    name: `images/p-${seed}.png`,
    bytes: png(widthOf(seed), 30, seed),
  }));
  const images = Array.from({ length: PICTURES + MISSING }, (_, index) => ({
    id: index + 1,
    file_name: `p-${index}.png`,
    width: widthOf(index),
    height: 30,
  }));
  const annotations = images.map(({ id }) => ({
    id,
    image_id: id,
    category_id: id <= UNKNOWN ? 99 : 1 + (id % 2),
    bbox: [5, 5, 20, 15],
    area: 300,
    iscrowd: 0,
  }));
  const categories = [
    { id: 1, name: "cat" },
    { id: 2, name: "rocket" },
  ];
  const labels = Buffer.from(JSON.stringify({ images, annotations, categories }));
  return zip([{ name: "annotations.json", bytes: labels }, ...files]);
}

for (const language of languagesOf(import.meta.url)) {
  test(`D1: a rehearsal counts and names what is wrong, and the import leaves the studio usable (${language})`, async ({
    page,
  }) => {
    test.setTimeout(60_000 * PATIENCE);
    const words = wordsOf(language).imports;
    const api = await admin();
    const project = await api.post<{ id: string }>("projects/", { name: `D1 ${language}` });
    const body = { project: project.id, name: `D1 ${language}`, modality: "image", task: "object_detection" };
    const dataset = await api.post<{ id: string }>("datasets/", body);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${project.id}/data/import?dataset=${dataset.id}`);
    const took = stopwatch(`D1 ${language}, ${PICTURES} pictures`);
    await page
      .locator('input[type="file"]')
      .first()
      .setInputFiles({ name: "pictures.zip", mimeType: "application/zip", buffer: flawed() });
    const count = new Intl.NumberFormat(language).format(PICTURES);
    const begin = page.getByRole("button", {
      name: new RegExp(`^${words.start_other.replace("{{count}}", `(?:${count}|${PICTURES})`)}$`),
    });
    await expect(begin).toBeEnabled({ timeout: 40_000 * PATIENCE });
    took("sent and rehearsed");
    const problems = page.getByRole("region", { name: words.problems, exact: true });
    await expect(problems.getByText(`${words.problem_image_missing} · ${MISSING}`)).toBeVisible();
    await expect(problems.getByText(`${words.problem_category_unknown} · ${UNKNOWN}`)).toBeVisible();
    const missing = problems.getByRole("listitem").filter({ hasText: words.problem_image_missing });
    await expect(missing).toContainText(words.remedy_image_missing);
    await expect(missing).toContainText(`p-${PICTURES}.png`);
    expect((await api.get<{ counts: { samples: number } }>(`datasets/${dataset.id}/`)).counts.samples).toBe(
      0,
    );
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }

    took("looked at in both themes");
    await begin.click();
    await page.waitForURL(/\/import\/[0-9a-f-]{36}$/);
    const job = page.url();
    // Meanwhile the rest answers: the tray names the job, the data page and the members open.
    await page
      .getByRole("button", { name: /^(Jobs|任务|.*(running|运行|进行中).*)/ })
      .first()
      .click();
    await expect(page.getByRole("link", { name: /^(Import|导入)$/ }).first()).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: /^(Members|成员)$/ }).click();
    await expect(page.getByRole("cell", { name: /admin/ }).first()).toBeVisible();
    await page.goto(job);
    const done = words.doneTitle_other.replace("{{count}}", count);
    await expect(page.getByRole("heading", { name: done })).toBeVisible({ timeout: 45_000 * PATIENCE });
    took("imported, the studio used meanwhile");
    await page.getByRole("link", { name: words.seePictures }).click();
    await expect(page).toHaveURL(new RegExp(`dataset=${dataset.id}`));
    await expect(page.getByText(new RegExp(`^${count} (pictures|张图片)$`))).toBeVisible();
    expect(seen.take()).toEqual([]);
  });
}
