import { expect, type Page, test } from "@playwright/test";
import {
  foreignText,
  type Language,
  languagesOf,
  paintIn,
  setLook,
  sideways,
  THEMES,
  violations,
} from "./support/look";
import { admin, enter } from "./support/people";
import { handedOut, onText } from "./support/stage";
import { makeDataset } from "./support/tables";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const SHOTS = process.env.STUDIO_E2E_SHOTS;
const PATTERN = "bad|差|(was not)";
/** What people wrote is in any language. */
const GIVEN = ["good\n好喝", PATTERN, "Handed out", "good", "bad"];
const SAID = [
  "The soup was good, the service was not.",
  "Good bread, and good coffee.",
  "They want 12-345 for that? Bad.",
  "汤很好喝 😀，服务很差。",
  "ＧＯＯＤ place, call 55-555.",
  "Open on Monday.",
];

function lines(): Buffer {
  return Buffer.from(SAID.map((text, at) => JSON.stringify({ name: `l-${at}`, text })).join("\n"));
}

/** Axe in both themes, no foreign word, nothing beside the screen, not even that of a phone. */
async function looksRight(
  page: Page,
  language: Language,
  name: string,
  given: readonly string[] = [],
): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.${language}.${theme}.png`, fullPage: true });
    expect(await violations(page)).toEqual([]);
  }
  expect(await foreignText(page, language, [...GIVEN, ...given], NUMBERED)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.${language}.phone.png`, fullPage: true });
  expect(await sideways(page)).toBe(0);
  await page.setViewportSize({ width: 1440, height: 900 });
}

const NUMBERED = /Rules (?:en|zh-Hans) \d+|Names (?:en|zh-Hans) \d+|\badmin\b|\d{2,3}-\d{2,3}/g;

for (const language of languagesOf(import.meta.url)) {
  const { annotate, campaigns, rules } = wordsOf(language);
  const ruleOf = (page: Page, number: number) =>
    page.getByRole("listitem", { name: rules.ruleNumber.replace("{{number}}", String(number)), exact: true });

  test(`rules are written, seen to cover and to conflict, and pre-label what is open (${language})`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    const api = await admin();
    const name = `Rules ${language} ${Date.now()}`;
    const made = await makeDataset(api, name, "text_classification", ["good", "bad"]);
    await api.import(made.dataset, lines(), "lines.jsonl");
    const campaign = await handedOut(api, made.dataset);
    await setLook(page, language);
    await enter(page);
    // A pattern that cannot be read is asked for and refused.
    const seen = await watch(page, [/status of 422/]);
    await page.goto(`/p/${made.project}/tasks`);
    await page.locator("article button[aria-haspopup=menu]").click();
    await page.getByRole("menuitem", { name: campaigns.rules }).click();
    await expect(page).toHaveURL(new RegExp(`/rules/${campaign}$`));

    // By keyboard alone: the first rule, its words, and the second one.
    await page.getByRole("button", { name: rules.add }).focus();
    await page.keyboard.press("Enter");
    const first = ruleOf(page, 1);
    await first.getByLabel(rules.wordsField).focus();
    await page.keyboard.type("good\n好喝");
    const found = first.locator("[data-examples] mark");
    // Texts are drawn at random, so that the order is, too.
    await expect(found).toHaveCount(4);
    expect((await found.allInnerTexts()).sort()).toEqual(["Good", "good", "好喝", "ＧＯＯＤ"]);
    await page.getByRole("button", { name: rules.add }).press("Enter");
    const second = ruleOf(page, 2);
    await second.getByLabel(rules.label).selectOption({ label: "bad" });
    await second.getByText(rules.pattern, { exact: true }).click();
    await second.getByLabel(rules.patternField).fill(PATTERN.slice(0, -1));
    await expect(page.getByText(rules.faulty)).toBeVisible();
    await expect(page.getByRole("button", { name: rules.apply })).toBeDisabled();
    const refused = `the pattern cannot be read: missing ): ${PATTERN.slice(0, -1)}`;
    await expect(second).toContainText(refused);
    await looksRight(page, language, "rules-faulty", [refused]);
    await second.getByLabel(rules.patternField).fill(PATTERN);
    await expect(second.locator("[data-examples] mark")).toHaveCount(3);
    const together = page.locator("section").filter({ hasText: rules.whole });
    await expect(together).toContainText("5 / 6".replace(" / ", language === "en" ? " of " : " / "));
    await expect(page.getByText(rules.unsaved)).toBeVisible();
    await looksRight(page, language, "rules");

    await page.getByRole("button", { name: rules.apply }).click();
    const run = page.getByRole("row").filter({ hasText: language === "en" ? "2 rules" : "2 条规则" });
    await expect(run).toContainText("6", { timeout: 60_000 });
    await expect(run.getByRole("progressbar")).toHaveCount(0, { timeout: 60_000 });
    await looksRight(page, language, "rules-applied");
    await page.reload();
    await expect(ruleOf(page, 2).getByLabel(rules.patternField)).toHaveValue(PATTERN);
    await expect(page.getByRole("button", { name: rules.save, exact: true })).toBeDisabled();
    await run.getByRole("link").click();
    await expect(page).toHaveURL(/\/jobs\//);

    const { runs } = await api.get<{ runs: { rules: number; samples: number }[] }>(
      `campaigns/${campaign}/prelabels/`,
    );
    expect(runs.map((one) => one.rules)).toEqual([2]);
    await page.goto(`/p/${made.project}/annotate/${campaign}`);
    await onText(page);
    await expect(page.locator("[data-item]")).toBeVisible();
    expect(seen.take()).toEqual([]);
  });

  test(`what rules find in texts becomes spans, marked until somebody confirms (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const name = `Names ${language} ${Date.now()}`;
    const made = await makeDataset(api, name, "ner", ["person", "place"]);
    await api.import(made.dataset, Buffer.from('{"name": "l", "text": "😀 Ada met 李雷."}'), "lines.jsonl");
    const campaign = await handedOut(api, made.dataset);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${made.project}/rules/${campaign}`);
    await page.getByRole("button", { name: rules.add }).click();
    await ruleOf(page, 1).getByLabel(rules.wordsField).fill("ada\n李雷");
    await expect(ruleOf(page, 1).locator("[data-examples] mark")).toHaveText("Ada");
    await page.getByRole("slider").focus();
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: rules.apply }).click();
    const run = page.getByRole("row").filter({ hasText: language === "en" ? "1 rule" : "1 条规则" });
    await expect(run.getByRole("progressbar")).toHaveCount(0, { timeout: 60_000 });
    await expect(run).toContainText("1", { timeout: 60_000 });
    await expect(async () => {
      const { runs } = await api.get<{ runs: { samples: number }[] }>(`campaigns/${campaign}/prelabels/`);
      expect(runs[0]?.samples).toBe(1);
    }).toPass({ timeout: 60_000 });
    await page.goto(`/p/${made.project}/annotate/${campaign}`);
    await onText(page);
    await expect(page.getByRole("option")).toHaveCount(2);
    await expect(page.getByText(annotate.suggestion, { exact: true })).toHaveCount(2);
    await page.keyboard.press("Shift+KeyG");
    await expect(page.getByText(annotate.suggestion, { exact: true })).toHaveCount(0);
    expect(seen.take()).toEqual([]);
  });
}
