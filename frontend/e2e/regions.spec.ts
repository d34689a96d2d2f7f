import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { zip } from "./support/pictures";
import { bursts } from "./support/sounds";
import { answerTo, expectStatus, handedOut, onText } from "./support/stage";
import { makeDataset } from "./support/tables";
import { answeredTogether } from "./support/together";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

interface Marked {
  kind: string;
  label: string;
  start: number;
  end: number;
  attributes?: Readonly<Record<string, string>>;
}

const ASKED = [{ name: "transcript", name_zh: "转写", kind: "text", required: true }];

const recordings = () =>
  zip([
    { name: "a.wav", bytes: bursts(6, [0.5, 1.5], [2, 3.5], [4, 5.25]) },
    { name: "b.wav", bytes: bursts(4, [1, 2], [2.5, 3]) },
  ]);

/** Reads an answer by the names of its classes, with the ends of its regions. */
async function reading(api: Api, dataset: string) {
  const { label_schema } = await api.get<{ label_schema: { classes: { id: string; name: string }[] } }>(
    `datasets/${dataset}/`,
  );
  const nameOf = (label: string) => label_schema.classes.find((one) => one.id === label)?.name;
  return async (item: string) =>
    ((await answerTo(api, item)).shapes as unknown as readonly Marked[]).map(
      ({ label, start, end, kind }) => [kind, nameOf(label), start, end],
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

const times = (key: string, count: number): string[] => Array.from({ length: count }, () => key);

/** Work on two recordings of classes, of which the second asks for a transcript. */
async function made(api: Api, name: string) {
  const { dataset, project } = await makeDataset(api, name, "audio_events", [
    "siren",
    { name: "speech", attributes: ASKED },
  ]);
  await api.import(dataset, recordings(), "sounds.zip");
  const campaign = await handedOut(api, dataset, 1);
  return { project, campaign, said: await reading(api, dataset) };
}

const movedTo = (page: Page, seconds: number, digits = 3) =>
  expect
    .poll(() => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.currentTime))
    .toBeCloseTo(seconds, digits);

for (const language of languagesOf(import.meta.url)) {
  const words = wordsOf(language);

  test(`regions of recordings are marked by keyboard alone, to the hundredth, and reviewed (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const { project, campaign, said } = await made(api, `Regions ${language} ${Date.now()}`);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/annotate/${campaign}`);
    const first = await onText(page);
    await expect(page.locator("[data-track] svg path")).toHaveAttribute("d", /^M0/);

    // A second on, half a second on in tenths: there it begins; a second further a digit ends it.
    await press(page, ...times("ArrowRight", 5), "BracketLeft", "Shift+ArrowRight");
    await expect(page.locator("[data-begun]")).toBeVisible();
    await press(page, "Digit1");
    // Behind its end the next one begins; it is ended, then gets its class and its edges moved.
    await press(
      page,
      ...times("ArrowRight", 5),
      "BracketLeft",
      ...times("Shift+ArrowRight", 2),
      "BracketRight",
    );
    await press(page, "Digit2", "KeyH", "KeyH", "Shift+KeyK", "KeyL");
    await expect(page.getByRole("option")).toHaveCount(2);
    // Another over it: let go first. The chosen edges go to the playhead too, and back again.
    await press(page, "Escape", "Home", "BracketLeft", "End", "Comma", "BracketRight");
    await press(page, "Home", ...times("Period", 3), "BracketLeft", "Control+KeyZ");
    await expect(page.getByRole("option")).toHaveCount(3);
    await looksRight(page);
    await expect
      .poll(() => said(first))
      .toEqual([
        ["region", "siren", 0.5, 1.5],
        ["region", "speech", 1.98, 3.91],
        ["region", "speech", 0, 5.99],
      ]);
    // Removed, brought back, and removed for good; walking goes to where a region begins.
    await press(page, "Tab");
    await movedTo(page, 0.5);
    await press(page, "Shift+Tab", "Delete");
    await expect(page.getByRole("option")).toHaveCount(2);
    await press(page, "Control+KeyZ");
    await expect(page.getByRole("option")).toHaveCount(3);
    await press(page, "Control+Shift+KeyZ", "Tab", "Tab");
    await movedTo(page, 1.98);
    // Only the chosen one is played.
    await press(page, "KeyP");
    await movedTo(page, 3.91);
    await press(page, "Space");
    await expect
      .poll(() => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.paused))
      .toBe(false);
    await press(page, "Space");
    // What the class asks holds the answer back.
    await press(page, "Enter");
    const field = page.getByRole("textbox", { name: /^(transcript|转写)$/ });
    await expect(field).toBeFocused();
    await page.keyboard.type("turn left, 左转");
    await press(page, "Enter");
    await looksRight(page);
    await press(page, "Enter");
    await expect(page.locator("[data-item]")).not.toHaveAttribute("data-item", first);
    await expect
      .poll(() => said(first))
      .toEqual([
        ["region", "siren", 0.5, 1.5],
        ["region", "speech", 1.98, 3.91],
      ]);
    const shapes = (await answerTo(api, first)).shapes as unknown as readonly Marked[];
    expect(shapes.map(({ attributes }) => attributes)).toEqual([
      undefined,
      { transcript: "turn left, 左转" },
    ]);
    // Nothing of interest is an answer.
    const second = await onText(page);
    await press(page, "Enter");
    await expect(page.getByText(words.annotate.doneTitle)).toBeVisible();
    expect(await said(second)).toEqual([]);

    await page.goto(`/p/${project}/review/${campaign}`);
    await onText(page);
    await expect(page.getByRole("option")).toHaveCount(2);
    await expect(page.getByText("turn left, 左转")).toBeVisible();
    // Looked at, not changed.
    await press(page, "Tab", "Delete", "BracketLeft", "BracketRight");
    await expect(page.getByRole("option")).toHaveCount(2);
    await looksRight(page);
    await press(page, "KeyE", "Tab", "KeyL", "Enter");
    await expect(page.locator("[data-item]")).not.toHaveAttribute("data-item", first);
    await onText(page);
    await press(page, "KeyA");
    await expect(page.getByText(words.annotate.reviewDoneHint)).toBeVisible();
    expect(seen.take()).toEqual([]);
  });

  test(`regions are drawn, chosen and given other ends by mouse (${language})`, async ({ page }) => {
    const api = await admin();
    const { project, campaign, said } = await made(api, `Regions ${language} ${Date.now()}`);
    await setLook(page, language);
    await enter(page);
    await page.goto(`/p/${project}/annotate/${campaign}`);
    const item = await onText(page);
    const track = page.locator("[data-track]");
    const at = async (seconds: number, down = 0.3): Promise<[number, number]> => {
      const place = await track.boundingBox();
      if (!place) throw new Error("no track");
      return [place.x + (place.width * seconds) / 6, place.y + place.height * down];
    };
    const drag = async (from: [number, number], to: [number, number]) => {
      await page.mouse.move(...from);
      await page.mouse.down();
      await page.mouse.move((from[0] + to[0]) / 2, from[1]);
      await page.mouse.move(...to);
      await page.mouse.up();
    };
    const near = (seconds: number) => expect.closeTo(seconds, 1);
    await drag(await at(2), await at(3.5));
    await drag(await at(1.5), await at(0.5));
    await expect
      .poll(() => said(item))
      .toEqual([
        ["region", "siren", near(2), near(3.5)],
        ["region", "siren", near(0.5), near(1.5)],
      ]);
    // A press goes there and chooses what is there; a digit gives it another class.
    await page.mouse.click(...(await at(2.5)));
    await movedTo(page, 2.5, 1);
    await expect(page.getByRole("option", { selected: true })).toHaveCount(1);
    await press(page, "Digit2");
    // Its end is pulled on over the waveform, another's beginning on its bar.
    await drag(await at(3.5), await at(4.5));
    const bar = await page.locator("[data-region]").first().boundingBox();
    if (!bar) throw new Error("no bar");
    await drag([bar.x + 1, bar.y + 10], [bar.x + 1 + (await at(0.5))[0] - (await at(0))[0], bar.y + 10]);
    await expect
      .poll(() => said(item))
      .toEqual([
        ["region", "speech", near(2), near(4.5)],
        ["region", "siren", near(1), near(1.5)],
      ]);
    // Beside everything a press lets go; on a bar it chooses.
    await page.mouse.click(...(await at(5.5)));
    await expect(page.getByRole("option", { selected: true })).toHaveCount(0);
    await page.locator("[data-region]").last().click();
    await expect(page.getByRole("option", { selected: true })).toContainText("speech");
    await press(page, "Delete");
    await expectStatus(page, "saved");
    await expect.poll(() => said(item)).toEqual([["region", "siren", near(1), near(1.5)]]);
    // Enlarged, the same way of the mouse is less of the recording.
    await page.getByRole("button", { name: words.annotate.zoomIn }).click();
    await expect.poll(async () => (await track.boundingBox())?.width).toBeGreaterThan(1200);
  });
  test(`answers that differ lie below one another, and a key takes one (${language})`, async ({ page }) => {
    const api = await admin();
    const name = `Regions ${language} ${Date.now()}`;
    const { dataset, project } = await makeDataset(api, name, "audio_events", ["siren", "speech"]);
    await api.import(dataset, bursts(6, [0.5, 1.5], [2, 3.5], [4, 5.25]), "a.wav");
    const { label_schema } = await api.get<{ label_schema: { classes: { id: string }[] } }>(
      `datasets/${dataset}/`,
    );
    const [siren = "", speech = ""] = label_schema.classes.map(({ id }) => id);
    const says = (person: number) => [
      { label: siren, kind: "region" as const, start: 0.5, end: person === 0 ? 1.5 : 1.4 },
      { label: person === 0 ? siren : speech, kind: "region" as const, start: 2, end: 3.5 },
    ];
    const asked = { project, dataset, name, people: 2, samples: 1 };
    const together = await answeredTogether(api, process.env.STUDIO_E2E_URL ?? "", asked, says);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/conflicts/${together.campaign}`);
    await onText(page);
    // Two answers, and what is agreed: the first region in the middle of both.
    await expect(page.locator("[data-region]")).toHaveCount(5);
    const tops = () =>
      page
        .locator("[data-region]")
        .evaluateAll((bars) => new Set(bars.map((bar) => bar.getBoundingClientRect().top)).size);
    expect(await tops()).toBe(3);
    await press(page, "Shift+Digit2");
    await expect(page.locator("[data-region]")).toHaveCount(3);
    await press(page, "Shift+Digit2");
    await looksRight(page);
    await press(page, "Digit2", "Enter");
    const stored = async () => {
      const sample = together.samples[0]?.id ?? "";
      const { annotation } = await api.get<{ annotation: { shapes: readonly Marked[] } }>(
        `samples/${sample}/`,
      );
      return annotation.shapes.map(({ label, start, end }) => [label, start, end]);
    };
    await expect.poll(stored).toEqual([
      [siren, 0.5, 1.4],
      [speech, 2, 3.5],
    ]);
    expect(seen.take()).toEqual([]);
  });
}
