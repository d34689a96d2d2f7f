import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { GIVEN, NUMBERED, namedSoFar } from "./support/given";
import {
  foreignText,
  LANGUAGES,
  type Language,
  paintIn,
  setLook,
  settled,
  sideways,
  themesIn,
  violations,
} from "./support/look";
import { type Overlay, overlays } from "./support/overlays";
import { admin, enter } from "./support/people";
import { type Watch, watch } from "./support/watch";
import { wordsOf } from "./support/words";

test.use({ trace: "off" });

/** Where pictures of everything that opens go, when somebody wants to look at them. */
const SHOTS = process.env.STUDIO_E2E_SHOTS;
const PHONE = { width: 390, height: 844 };
const WIDE = { width: 1440, height: 900 };
/** Enough to walk round any of them, or far into the longest. */
const TABS = 12;
/** The example of how people are invited has names of both languages in it. */
const given = [...GIVEN, ...LANGUAGES.flatMap((language) => wordsOf(language).projects.inviteExample)];
const OPEN = "dialog[open], :popover-open";

interface Focus {
  /** Whether the focus is in what is open, or on its way through the browser's own bar. */
  isHeld: boolean;
  name: string;
}

/** Where the focus is. */
function focus(page: Page): Promise<Focus> {
  return page.evaluate((open) => {
    const at = document.activeElement;
    const isNowhere = at === null || at === document.body;
    return {
      isHeld: isNowhere || at.closest(open) !== null,
      name: isNowhere ? "nothing" : `${at.tagName} ${at.getAttribute("aria-label") ?? at.textContent}`,
    };
  }, OPEN);
}

/** Remember what is focused when it opens, to see whether the focus comes back there. */
async function keyboard(page: Page, { shape, isQuiet }: Overlay): Promise<string[]> {
  if (isQuiet) return [];
  const found: string[] = [];
  const first = await focus(page);
  if (!first.isHeld || first.name === "nothing") found.push(`the focus stays on ${first.name}`);
  if (shape === "sheet") {
    for (let step = 0; step < TABS; step++) {
      await page.keyboard.press("Tab");
      const { isHeld, name } = await focus(page);
      if (!isHeld) found.push(`Tab leads out of it, to ${name}`);
    }
  }
  await page.keyboard.press("Escape");
  const isClosed = await expect(page.locator(OPEN))
    .toHaveCount(0, { timeout: 3_000 })
    .then(() => true)
    .catch(() => false);
  if (!isClosed) return [...found, "Escape does not close it"];
  const { name } = await focus(page);
  // What opens by a key over a fresh page has nothing to give the focus back to.
  const opener = await page.evaluate(() => Reflect.get(window, "openedBy") ?? "nothing");
  if (name === "nothing" && opener !== "nothing") found.push(`the focus is lost; it came from ${opener}`);
  return found;
}

/** Everything that is wrong with what this opens, for the keyboard and on a phone. */
async function faults(
  page: Page,
  name: string,
  overlay: Overlay,
  language: Language,
  seen: Watch,
  api: Api,
): Promise<string[]> {
  const found: string[] = [];
  await page.goto(overlay.path);
  await expect(page.locator("h1, h2").first()).toBeVisible({ timeout: 20_000 });
  await settled(page);
  await page.evaluate(() => {
    document.addEventListener("click", ({ target }) => {
      const pressed = target instanceof Element ? target.closest("button") : null;
      if (pressed && !pressed.closest("dialog")) Reflect.set(window, "openedBy", pressed.textContent);
    });
  });
  await overlay.open(page);
  if (!overlay.isQuiet) await expect(page.locator(OPEN).first()).toBeVisible();
  for (const theme of themesIn(language, Boolean(SHOTS))) {
    await paintIn(page, theme);
    if (SHOTS) await page.screenshot({ path: `${SHOTS}/over-${name}.${language}.${theme}.png` });
    for (const one of await violations(page)) found.push(`${theme}: ${one}`);
  }
  for (const text of await foreignText(page, language, given, NUMBERED, await namedSoFar(api)))
    found.push(`wrong language: ${text}`);
  found.push(...(await onPhone(page, name, overlay, language)));
  found.push(...(await keyboard(page, overlay)));
  return [...found, ...seen.take()].map((text) => `${name}: ${text}`);
}

/** It fits a phone: nothing of it is past the edge. */
async function onPhone(
  page: Page,
  name: string,
  { shape, isWide }: Overlay,
  language: Language,
): Promise<string[]> {
  if (shape !== "sheet" || isWide) return [];
  await page.setViewportSize(PHONE);
  const px = await sideways(page);
  const beyond = await page.evaluate((open) => {
    const over = document.querySelector(open);
    if (!over) return "it is gone";
    const { left, right, top, bottom } = over.getBoundingClientRect();
    const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
    const body = over.querySelector("h2")?.closest("header")?.nextElementSibling;
    const wide = body ? body.scrollWidth - body.clientWidth : 0;
    return isInside ? (wide > 0 ? `${wide} px of it are past the edge` : "") : "it is larger than the window";
  }, OPEN);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/over-${name}.${language}.phone.png` });
  await page.setViewportSize(WIDE);
  return [px > 0 ? `the page is ${px} px too wide` : "", beyond].flatMap((text) =>
    text ? [`on a phone: ${text}`] : [],
  );
}

for (const language of LANGUAGES) {
  test(`everything that opens is accessible, translated, fits and obeys the keyboard (${language})`, async ({
    page,
  }) => {
    test.setTimeout(600_000);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    const found: string[] = [];
    const api = await admin();
    for (const [name, overlay] of Object.entries(overlays(language)))
      found.push(...(await faults(page, name, overlay, language, seen, api)));
    expect(found).toEqual([]);
  });
}
