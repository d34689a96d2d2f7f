import { expect, test } from "@playwright/test";
import { allOf, keyTimesOf, median } from "./support/keyTimes";
import { setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { handedOut, onText } from "./support/stage";
import { makeDataset } from "./support/tables";

const BUDGET_MS = 30;
const CHARACTERS = 100_000;
const SPANS = 400;
/** Moves, grows, marks, walks by spans, takes back: what somebody presses all day. */
const KEYS = [
  ...["ArrowRight", "ArrowRight", "Control+ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight"],
  ...["Digit1", "Tab", "Tab", "Digit2", "Shift+Tab", "Control+KeyZ", "Escape", "ArrowDown", "ArrowLeft"],
];

test.use({ trace: "off" });

/** Prose of lines of many lengths, Latin and Chinese, with a span every 250 characters. */
function longText(classes: readonly string[]): { text: string; spans: object[] } {
  const words = [
    "Ada",
    "Lovelace",
    "met",
    "李雷",
    "in",
    "London,",
    "and",
    "我在北京见到了",
    "nobody",
    "else.",
  ];
  let text = "";
  for (let n = 0; text.length < CHARACTERS; n++)
    text += words[n % words.length] + (n % 97 === 96 ? "\n" : " ");
  text = text.slice(0, CHARACTERS);
  const every = Math.floor(CHARACTERS / SPANS);
  const spans = Array.from({ length: SPANS }, (_, n) => ({
    start: n * every,
    end: n * every + 5 + (n % 40),
    label: classes[n % classes.length],
  }));
  return { text, spans };
}

test("keys are answered within their budget in a text of 100,000 characters", async ({ page }) => {
  test.setTimeout(120_000);
  const api = await admin();
  const classes = ["person", "place"];
  const made = await makeDataset(api, `Long text ${Date.now()}`, "ner", classes);
  const { text, spans } = longText(classes);
  await api.import(made.dataset, Buffer.from(JSON.stringify({ name: "long", text, spans })), "lines.jsonl");
  const campaign = await handedOut(api, made.dataset, 0);
  await setLook(page, "en");
  await enter(page);
  await page.goto(`/p/${made.project}/annotate/${campaign}`);
  await onText(page);
  const keys = await keyTimesOf(page);
  const slowness: number[] = [];
  const times: number[] = [];
  let reported = 0;
  for (let round = 0; round < 4; round++) {
    slowness.push(await keys.slowness());
    await keys.taken();
    for (const key of KEYS) {
      await page.keyboard.press(key);
      await page.waitForTimeout(120);
    }
    const taken = await keys.taken();
    reported += taken.length;
    times.push(...allOf(taken, KEYS.length));
  }
  console.log(
    `a key in ${CHARACTERS} characters with ${SPANS} spans: median ${median(times)} ms, ` +
      `worst of ${times.length} ${Math.max(...times)} ms, a machine ${median(slowness).toFixed(2)} times as slow`,
  );
  expect(reported, "keys that the browser reported").toBeGreaterThan(0);
  expect(median(times)).toBeLessThanOrEqual(BUDGET_MS * median(slowness));
});
