import { expect, test } from "@playwright/test";
import { LABELED } from "./support/archive";
import { freezeAndTrain, importHere, start } from "./support/flow";
import { languagesOf, setLook } from "./support/look";
import { ADMIN } from "./support/people";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const RUN_MS = 240_000;

for (const language of languagesOf(import.meta.url)) {
  test(`a newcomer goes from a ZIP to an endpoint that knows a picture (${language})`, async ({ page }) => {
    test.setTimeout(600_000);
    const words = wordsOf(language);
    await setLook(page, language);
    const seen = await watch(page, [/status of 401/]);
    const began = Date.now();
    const stages: string[] = [];
    const reached = (stage: string) => stages.push(`${stage} ${((Date.now() - began) / 1000).toFixed(0)} s`);

    await page.goto("/");
    await page.locator('input[autocomplete="username"]').fill(ADMIN.username);
    await page.locator('input[type="password"]').fill(ADMIN.password);
    await page.locator('button[type="submit"]').click();
    await page.waitForURL((url) => url.pathname === "/");
    await page.locator('a[href="/projects/new"]').first().click();
    await page.locator('input[name="name"]').fill(`Newcomer ${language}`);
    await page.locator('button[type="submit"]').click();
    await page.waitForURL(/\/data\/import/);
    await importHere(page, language, LABELED);
    reached("imported");
    await freezeAndTrain(page, language);
    reached("frozen");
    await start(page, language);
    await page.getByRole("link", { name: words.runs.report }).click({ timeout: RUN_MS });
    reached("trained");

    const cell = page
      .locator("table button[aria-pressed]")
      .filter({ hasText: /^[1-9]/ })
      .first();
    await cell.click();
    await expect(page.locator("section li img").first()).toBeVisible();
    await page.getByRole("link", { name: words.reports.openModel }).click();
    await page.getByRole("link", { name: words.runs.deploy, exact: true }).click();
    const deploy = page.locator('button[type="submit"]');
    await page.getByLabel(words.endpoints.name).fill(`newcomer-${Date.now()}`);
    await expect(deploy).toBeEnabled();
    await deploy.click();
    await page.waitForURL(/\/endpoints\/[0-9a-f-]{36}/);
    await expect(page.getByText(words.endpoints.state_live, { exact: true })).toBeVisible({
      timeout: RUN_MS,
    });
    reached("live");

    await page.getByRole("tab", { name: words.endpoints.try }).click();
    const picture = page.locator("ul button[aria-label]").first();
    const label = (await picture.getAttribute("aria-label"))?.split(/[/-]/)[0] ?? "?";
    await picture.click();
    await expect(page.locator("[aria-live] strong").first()).toHaveText(label, { timeout: 30_000 });
    reached("answered");
    expect(seen.take()).toEqual([]);
    console.log(`newcomer ${language}: ${stages.join(", ")}`);
  });
}
