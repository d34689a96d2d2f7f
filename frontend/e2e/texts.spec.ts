import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { sounds } from "./support/kinds";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { answerTo, expectStatus, handedOut, onText } from "./support/stage";
import { makeDataset } from "./support/tables";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

interface Marked {
  label: string;
  start?: number;
  end?: number;
  attributes?: Readonly<Record<string, string>>;
}

const TEXTS = ["Ada Lovelace met 李雷 in London.", "我在北京见到了 Ada。", "Nothing to see here 😀."];

function lines(): Buffer {
  return Buffer.from(TEXTS.map((text, at) => JSON.stringify({ name: `l-${at}`, text })).join("\n"));
}

/** Reads an answer by the names of its classes, spans with their places. */
async function reading(api: Api, dataset: string) {
  const { label_schema } = await api.get<{ label_schema: { classes: { id: string; name: string }[] } }>(
    `datasets/${dataset}/`,
  );
  const nameOf = (label: string) => label_schema.classes.find((one) => one.id === label)?.name;
  return async (item: string) =>
    ((await answerTo(api, item)).shapes as readonly Marked[]).map(({ label, start, end }) =>
      start === undefined ? nameOf(label) : [nameOf(label), start, end],
    );
}

async function looksRight(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

for (const language of languagesOf(import.meta.url)) {
  const words = wordsOf(language);

  test(`A5: spans of texts are marked by keyboard alone, to the character, and reviewed (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const name = `Texts ${language} ${Date.now()}`;
    const made = await makeDataset(api, name, "ner", ["person", "place"]);
    await api.import(made.dataset, lines(), "lines.jsonl");
    const said = await reading(api, made.dataset);
    const campaign = await handedOut(api, made.dataset, 1);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${made.project}/annotate/${campaign}`);

    const first = await onText(page);
    // Two words from the beginning; the name in Chinese sign by sign; the word at the caret without a selection.
    await press(page, "Shift+KeyL", "Shift+KeyL", "Digit1");
    await press(page, "KeyL", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight");
    await press(page, "Digit1", "KeyL", "KeyL", "Digit2");
    await expect(page.getByRole("option")).toHaveCount(3);
    // Within one another: the first name alone, given another class and then taken away and brought back.
    await press(page, "Home", "Digit2", "Delete", "Control+KeyZ");
    await looksRight(page);
    await expect
      .poll(() => said(first))
      .toEqual([
        ["person", 0, 12],
        ["person", 17, 19],
        ["place", 23, 29],
        ["place", 0, 3],
      ]);
    await press(page, "Enter");
    await expect(page.locator("[data-item]")).not.toHaveAttribute("data-item", first);
    const second = await onText(page);
    await press(page, "ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "Digit2");
    await press(page, "End", "KeyH", "KeyH", "Digit1");
    await press(page, "Enter");
    await expect
      .poll(() => said(second))
      .toEqual([
        ["place", 2, 4],
        ["person", 8, 11],
      ]);
    // Nothing of interest is an answer.
    const third = await onText(page);
    await press(page, "Enter");
    await expect(page.getByText(words.annotate.doneTitle)).toBeVisible();
    expect(await said(third)).toEqual([]);

    await page.goto(`/p/${made.project}/review/${campaign}`);
    await onText(page);
    await looksRight(page);
    await press(page, "KeyE", "Tab", "Digit2", "Enter");
    await expect(page.locator("[data-item]")).not.toHaveAttribute("data-item", first);
    await expect.poll(() => said(first)).toContainEqual(["place", 0, 12]);
    await onText(page);
    await press(page, "KeyA", "KeyA");
    await expect(page.getByText(words.annotate.reviewDoneHint)).toBeVisible();
    expect(seen.take()).toEqual([]);
  });

  test(`spans are drawn by mouse over whole words, and a press chooses them (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const name = `Texts ${language} ${Date.now()}`;
    const made = await makeDataset(api, name, "ner", [
      { name: "person", attributes: [{ name: "alive", kind: "bool" }] },
      "place",
    ]);
    await api.import(made.dataset, lines(), "lines.jsonl");
    const said = await reading(api, made.dataset);
    const campaign = await handedOut(api, made.dataset);
    await setLook(page, language);
    await enter(page);
    await page.goto(`/p/${made.project}/annotate/${campaign}`);
    const item = await onText(page);
    const text = page.locator("[data-stage] span[data-at]").first();
    const at = async (share: number): Promise<[number, number]> => {
      const place = await text.boundingBox();
      if (!place) throw new Error("no text");
      return [place.x + place.width * share, place.y + place.height / 2];
    };
    // From within "Ada" to within "Lovelace".
    await page.mouse.move(...(await at(0.03)));
    await page.mouse.down();
    await page.mouse.move(...(await at(0.3)), { steps: 4 });
    await page.mouse.up();
    await press(page, "Digit1");
    await expect.poll(() => said(item)).toEqual([["person", 0, 12]]);
    // What the class asks of the span is answered by a digit.
    await press(page, "KeyT", "Digit1");
    await expect
      .poll(async () => ((await answerTo(api, item)).shapes as readonly Marked[])[0]?.attributes)
      .toEqual({ alive: "true" });
    await press(page, "End");
    await page.locator("[data-stage] [data-spans]").first().click();
    await expect(page.getByRole("option", { selected: true })).toHaveCount(1);
    await press(page, "Delete");
    await expect.poll(() => said(item)).toEqual([]);
  });

  test(`A5: recordings are played by a key, get their class by digits and what is said in words (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const name = `Sounds ${language} ${Date.now()}`;
    const asked = [{ name: "transcript", name_zh: "转写", kind: "text", required: true }];
    const made = await makeDataset(api, name, "audio_classification", [
      "low",
      { name: "high", attributes: asked },
    ]);
    await api.import(made.dataset, sounds(), "tones.zip");
    const said = await reading(api, made.dataset);
    const campaign = await handedOut(api, made.dataset, 1);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${made.project}/annotate/${campaign}`);
    const item = await onText(page);
    await press(page, "Space");
    await expect
      .poll(() => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.played.length))
      .toBe(1);
    // On a switch that the keyboard has reached the same key is the switch's.
    const auto = page.getByLabel(words.annotate.autoNext);
    await auto.focus();
    await press(page, "Space");
    await expect(auto).toBeChecked();
    await press(page, "Space");
    await expect(auto).not.toBeChecked();
    await press(page, "Digit2");
    await expectStatus(page, "saved");
    await looksRight(page);
    // What the class asks holds the answer back: the field has the keys then, whatever is typed.
    await press(page, "Enter");
    const field = page.getByRole("textbox", { name: /^(transcript|转写)$/ });
    await expect(field).toBeFocused();
    await page.keyboard.type("12 beeps, dst");
    await press(page, "Shift+Enter");
    await page.keyboard.type("说完了");
    await looksRight(page);
    await press(page, "Enter", "Enter");
    await expect(page.locator("[data-item]")).not.toHaveAttribute("data-item", item);
    await expect.poll(() => said(item)).toEqual(["high"]);
    await expect
      .poll(async () => ((await answerTo(api, item)).shapes as readonly Marked[])[0]?.attributes)
      .toEqual({ transcript: "12 beeps, dst\n说完了" });

    // Whoever reviews it reads what was said.
    await page.goto(`/p/${made.project}/review/${campaign}`);
    await onText(page);
    await expect(page.getByText("12 beeps, dst")).toBeVisible();
    await looksRight(page);
    expect(seen.take()).toEqual([]);
  });
}
