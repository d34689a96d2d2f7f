import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

export const LANGUAGES = ["en", "zh-Hans"] as const;
export type Language = (typeof LANGUAGES)[number];
export const THEMES = ["light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
/** Colors and structure know no language, so axe reads every page once in each theme: in this language. */
const READ_IN: Readonly<Record<Theme, Language>> = { light: "en", dark: "zh-Hans" };

const PLAY_BOTH = process.env.STUDIO_E2E_LANGUAGES === "both" || process.env.STUDIO_E2E_LARGE === "1";

/**
 * Languages that the journeys of a file are played in: one of the two, always the same, as long as nobody asks for both.
 * What differs between them is words and room; that is read on every page and in every dialog, in both.
 */
export function languagesOf(address: string): readonly Language[] {
  if (PLAY_BOTH) return LANGUAGES;
  const letters = [...(address.split("/").at(-1) ?? "")];
  const at = letters.reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % LANGUAGES.length;
  return LANGUAGES.slice(at, at + 1);
}

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Language of every page of this tab from now on; the theme follows the system. */
export async function setLook(page: Page, language: Language): Promise<void> {
  await page.addInitScript((look) => localStorage.setItem("studio.look", JSON.stringify(look)), {
    language,
    theme: "system",
    density: "standard",
  });
}

/** Let the system change its theme, as at sunset; motion is off, so that no color is met on its way to another. */
export async function paintIn(page: Page, theme: Theme): Promise<void> {
  // Now and then the browser does not tell the page of the first change after a load, so it is changed again.
  await expect(async () => {
    await page.emulateMedia({ colorScheme: null });
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", theme, {
      timeout: 2_000,
    });
  }).toPass({ timeout: 20_000 });
  await page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation instanceof CSSTransition) animation.finish();
  });
}

/** Violations of WCAG 2.0 to 2.2, A and AA, as one line each. */
export async function violations(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => "axe" in window);
  if (!isThere) await page.evaluate(await source());
  const results: AxeResults = await page.evaluate((tags) => {
    const axe: { run(root: Document, options: unknown): Promise<AxeResults> } = Reflect.get(window, "axe");
    return axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  }, RULES);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} (${node.failureSummary?.split("\n")[1]?.trim()})`),
  );
}

/** The themes to look at in this language: what axe reads in it, or all of them where pictures are taken. */
export const themesIn = (language: Language, isPictured: boolean) =>
  THEMES.filter((theme) => isPictured || READ_IN[theme] === language);

let loaded: Promise<string> | undefined;

function source(): Promise<string> {
  loaded ??= import("node:fs/promises").then(({ readFile }) => readFile(AXE, "utf-8"));
  return loaded;
}

/** Nothing loads or moves any more. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator("[class*=_skeleton]")).toHaveCount(0, { timeout: 30_000 });
  await page.evaluate(async () => {
    await document.fonts.ready;
    const inSight = [...document.images].filter((one) => one.getBoundingClientRect().top < innerHeight);
    await Promise.all(inSight.map((one) => one.decode().catch(() => undefined)));
  });
}

/** Words that may stand in either language: names of things, formats and units. */
const NEUTRAL =
  /^(studio|api|zip|tar|coco|onnx|json|csv|jpe?g|png|webp|curl|python|javascript|cpu|cuda|gpu|gb|mb|kb|ms|px|id|http|https|url|post|f1|efficientnet|lite0|clahe|sha|min|max|p50|p95|p99|ctrl|shift|esc|enter|tab|rgb|exif|apache|onnxruntime|softmax|sk|xml|gbk|utf|s3|txt|tsv|jsonl|parquet|pdf|utc|alt|delete|arff|excel|doccano|conll|sql|mysql|mariadb|postgresql|sqlite|wav|flac|ogg|mp3|khz|ks|psi|re2)$/i;

/** Formats, and measures by the people who thought of them, are called the same everywhere. */
const FORMAT_NAMES =
  /JSON Lines|Excel|XLSX|SMOTE|Markdown|Pascal VOC|\bVOC\b|Label Studio|Open Images|LabelMe|Datumaro|ImageNet|ImageSets|Ultralytics|YOLO|CVAT(?: for images)?|JSON-MIN|IoU|Fleiss|Krippendorff|Cohen|Hugging Face|make weights/g;

/** How the filter is written: `label:…`. */
const CONDITION = /\b[a-z]+:(?:…|[<>=]+\d+)/g;

function shownTexts(): string[] {
  const skipped = "script, style, code, pre, kbd, .mono, [lang]:not(html)";
  const found = new Set<string>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.nodeValue?.trim();
    if (text && !walker.currentNode.parentElement?.closest(skipped)) found.add(text);
  }
  return [...found];
}

function spokenTexts(): string[] {
  const names = ["aria-label", "placeholder", "title", "alt"];
  const elements = document.querySelectorAll(names.map((name) => `[${name}]`).join());
  const found = [...elements]
    .filter((element) => !element.closest("[lang]:not(html)"))
    .flatMap((element) => names.map((name) => element.getAttribute(name)?.trim() ?? ""));
  return [...new Set(found.filter(Boolean))];
}

/**
 * Text in the wrong language, keys instead of words, and unfilled placeholders, over everything a person can
 * see or have read out. Names that people gave (`given`) may be in any language.
 */
export async function foreignText(
  page: Page,
  language: Language,
  given: readonly string[],
  numbered: RegExp,
  named: readonly string[] = [],
): Promise<string[]> {
  const texts = [...(await page.evaluate(shownTexts)), ...(await page.evaluate(spokenTexts))];
  return texts.filter((text) => isForeign(without(text, named).replace(numbered, " "), language, given));
}

/** The text with a gap where one of the names was, the longest first. */
function without(text: string, names: readonly string[]): string {
  return [...names]
    .sort((a, b) => b.length - a.length)
    .reduce((rest, name) => rest.replaceAll(name, " "), text);
}

function isForeign(text: string, language: Language, given: readonly string[]): boolean {
  const rest = without(text.replace(FORMAT_NAMES, " ").replace(CONDITION, " "), given);
  if (/\{\{|\[object|undefined|\bNaN\b/.test(rest)) return true;
  if (/\b[a-z]+(?:_[a-z]+)+\b/.test(rest)) return true;
  if (language === "en") return /[\u3400-\u9fff]/.test(rest);
  const words = rest.match(/[A-Za-z][A-Za-z0-9]*/g) ?? [];
  return words.some((word) => word.length > 1 && !NEUTRAL.test(word));
}

/** How far the page can be scrolled sideways, in pixels; 0 is right. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const inner = document.querySelector("main");
    return Math.max(scrollWidth - clientWidth, inner ? inner.scrollWidth - inner.clientWidth : 0);
  });
}
