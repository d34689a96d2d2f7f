import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { noisyPng, zip } from "./support/pictures";
import { pidOf } from "./support/stack";
import { wordsOf } from "./support/words";

const PICTURES = 40;
const NOISE_BYTES = 1024 * 1024;
const BYTES_PER_S = 6 * 1024 * 1024;

/** Bytes leave slowly enough to be cut off between two of them. */
async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: BYTES_PER_S,
  });
}

async function crash(page: Page): Promise<void> {
  const gone = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  session.send("Page.crash").catch(() => undefined);
  await gone;
  await page.close();
}

/** The offset that the server tells, as the browser asks for it before it goes on. */
function firstOffset(page: Page): Promise<number> {
  return page
    .waitForResponse((answer) => answer.request().method() === "HEAD" && answer.url().includes("/uploads/"))
    .then((answer) => Number(answer.headers()["upload-offset"]));
}

async function sentBytes(page: Page, least: number): Promise<void> {
  let seen = 0;
  while (seen < least) {
    const answer = await page.waitForResponse(
      (one) => one.request().method() === "PATCH" && one.url().includes("/uploads/") && one.ok(),
    );
    seen = Number(answer.headers()["upload-offset"]);
  }
}

test("an upload that tab, server and network interrupt goes on where it stopped, and every byte arrives", async ({
  page: first,
  context,
}) => {
  test.setTimeout(240_000);
  const words = wordsOf("en").imports;
  const files = Array.from({ length: PICTURES }, (_, seed) => ({
    name: `p-${seed}.png`,
    bytes: noisyPng(40 + seed, 30, seed, NOISE_BYTES),
  }));
  const archive = zip(files);
  const path = test.info().outputPath("pictures.zip");
  writeFileSync(path, archive);
  const api = await admin();
  const project = await api.post<{ id: string }>("projects/", { name: "Interrupted" });
  const body = { project: project.id, name: "Interrupted", modality: "image", task: "image_classification" };
  const dataset = await api.post<{ id: string }>("datasets/", body);
  const address = `/p/${project.id}/data/import?dataset=${dataset.id}`;
  await setLook(first, "en");
  await enter(first);
  await first.goto(address);
  await slowDown(first);
  const begun = sentBytes(first, 1);
  await first.locator('input[type="file"]').first().setInputFiles(path);
  await begun;
  await crash(first);

  const page = await context.newPage();
  await setLook(page, "en");
  await slowDown(page);
  const offset = firstOffset(page);
  const further = sentBytes(page, archive.length * 0.3);
  await page.goto(address);
  expect(await offset).toBeGreaterThan(0);
  await further;
  process.kill(pidOf("web"), "SIGKILL");
  await sentBytes(page, archive.length * 0.5);
  await context.setOffline(true);
  await page.waitForTimeout(2_000);
  await context.setOffline(false);

  const begin = page.getByRole("button", {
    name: new RegExp(words.start_other.replace("{{count}}", "\\d+")),
  });
  await expect(begin).toBeEnabled({ timeout: 120_000 });
  await begin.click();
  const done = words.doneTitle_other.replace("{{count}}", String(PICTURES));
  await expect(page.getByRole("heading", { name: done })).toBeVisible({ timeout: 90_000 });
  const { results } = await api.get<{ results: { sha256: string }[] }>(
    `datasets/${dataset.id}/samples/?limit=100`,
  );
  const sent = files.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex"));
  expect(results.map(({ sha256 }) => sha256).sort()).toEqual(sent.sort());
});
