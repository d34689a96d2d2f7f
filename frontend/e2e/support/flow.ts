import { expect, type Page } from "@playwright/test";
import type { Language } from "./look";
import { wordsOf } from "./words";

const JOB_MS = 120_000;

/** On the import page: send this archive, look at what was found, import it. */
export async function importHere(page: Page, language: Language, archive: string | Buffer): Promise<void> {
  const words = wordsOf(language);
  const file =
    typeof archive === "string"
      ? archive
      : { name: "pictures.zip", mimeType: "application/zip", buffer: archive };
  await page.locator('input[type="file"]').first().setInputFiles(file);
  const start = page.getByRole("button", { name: startOf(words.imports.start_other) });
  await expect(start).toBeEnabled({ timeout: JOB_MS });
  await start.click();
  await expect(page.getByRole("link", { name: words.imports.freezeNext })).toBeVisible({ timeout: JOB_MS });
}

/** From a finished import: freeze a version and go to training on it. */
export async function freezeAndTrain(page: Page, language: Language): Promise<void> {
  const words = wordsOf(language);
  await page.getByRole("link", { name: words.imports.freezeNext }).click();
  const freeze = page.locator('button[type="submit"]');
  await expect(freeze).toBeEnabled({ timeout: JOB_MS });
  await freeze.click();
  await page.getByRole("link", { name: words.versions.trainDo }).click({ timeout: JOB_MS });
  await page.waitForURL(/\/train\/new/);
}

/** On the train page: start; answers the run's id. */
export async function start(page: Page, language: Language): Promise<string> {
  await page.getByRole("button", { name: wordsOf(language).runs.start }).click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/, { timeout: JOB_MS });
  return page.url().split("/").at(-1) ?? "";
}

/** A word with a number in it, whatever the number. */
function startOf(word: string): RegExp {
  const parts = word.split("{{count}}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("\\d+")}$`);
}
