import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { changes, isOfRelations, Tried } from "./support/keys";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { answerTo, expectStatus, handedOut, onText } from "./support/stage";
import { makeDataset } from "./support/tables";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

interface Marked {
  id: string;
  start: number;
  end: number;
  relations?: readonly { type: string; to: string }[];
}

interface Schema {
  label_schema: {
    classes: { id: string; name: string }[];
    relations: { id: string; name: string; from_classes: string[]; to_classes: string[] }[];
  };
}

const TEXT = "Ann works for Acme in Rome.";
const SPANS = [
  { start: 0, end: 3, label: "person" },
  { start: 14, end: 18, label: "firm" },
  { start: 22, end: 26, label: "place" },
];
const RELATIONS = [
  { name: "works_for", name_zh: "任职于", from_classes: ["person"], to_classes: ["firm"] },
  { name: "located_in", name_zh: "位于", from_classes: ["firm"], to_classes: ["place"] },
  { name: "owns", name_zh: "拥有", from_classes: ["firm"], to_classes: [] },
];

async function made(api: Api, name: string, spans: readonly unknown[] | null) {
  const { project, dataset } = await makeDataset(api, name, "ner", ["person", "firm", "place"], RELATIONS);
  const row = { name: "a", text: TEXT, ...(spans ? { spans } : {}) };
  await api.import(dataset, Buffer.from(JSON.stringify(row)), "lines.jsonl");
  return { project, dataset };
}

/** Reads an answer's relations: from, type and to, in words. */
async function reading(api: Api, dataset: string) {
  const { label_schema } = await api.get<Schema>(`datasets/${dataset}/`);
  const nameOf = new Map(label_schema.relations.map(({ id, name }) => [id, name]));
  return async (item: string) => {
    const shapes: readonly Marked[] = (await answerTo(api, item)).shapes as never;
    const words = new Map(shapes.map(({ id, start, end }) => [id, TEXT.slice(start, end)]));
    return shapes.flatMap(({ id, relations = [] }) =>
      relations.map(({ type, to }) => [words.get(id), nameOf.get(type), words.get(to)].join(" ")),
    );
  };
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
  const words = wordsOf(language).annotate;

  test(`relations are made, taken back and handed in by keyboard alone, and reviewed (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const { project, dataset } = await made(api, `Relations ${language} ${Date.now()}`, null);
    const said = await reading(api, dataset);
    const campaign = await handedOut(api, dataset, 1);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/annotate/${campaign}`);
    const item = await onText(page);
    await press(page, "Digit1", "KeyL", "KeyL", "KeyL", "Digit2", "KeyL", "KeyL", "Digit3");
    await expect(page.getByRole("option")).toHaveCount(3);

    // A person works for a firm: the place is passed over, and Enter makes the only type there is.
    await press(page, "Home", "Tab", "KeyR", "Tab");
    await looksRight(page);
    await press(page, "Enter");
    await expect.poll(() => said(item)).toEqual(["Ann works_for Acme"]);
    // A firm may lie in a place or own it: Enter does not hand in, and a digit says which.
    await press(page, "Tab", "KeyR", "ArrowRight", "Enter", "Digit2");
    await expect.poll(() => said(item)).toEqual(["Ann works_for Acme", "Acme owns Rome"]);
    await expect(page.locator("[data-relation]")).toHaveCount(2);
    await looksRight(page);
    await press(page, "Control+KeyZ");
    await expect.poll(() => said(item)).toEqual(["Ann works_for Acme"]);
    await press(page, "Control+Shift+KeyZ");
    // Left without one; and a span that goes takes its own along until it is brought back.
    await press(page, "KeyR", "Tab", "Escape", "Delete");
    await expect.poll(() => said(item)).toEqual([]);
    await expect(page.getByRole("option")).toHaveCount(2);
    await press(page, "Control+KeyZ");
    await expect.poll(() => said(item)).toEqual(["Ann works_for Acme", "Acme owns Rome"]);
    await press(page, "Enter");
    await expect(page.getByText(words.doneTitle)).toBeVisible();
    expect(await said(item)).toEqual(["Ann works_for Acme", "Acme owns Rome"]);

    await page.goto(`/p/${project}/review/${campaign}`);
    await onText(page);
    const list = page.getByRole("region", { name: words.relations });
    await expect(list.locator("[data-relation]")).toHaveCount(2);
    await expect(list.getByRole("button")).toHaveCount(2);
    await looksRight(page);
    // Whoever fixes has the same keys; the same relation once more takes it away.
    await press(page, "KeyE", "Home", "Tab", "KeyR", "Tab", "Digit1", "Enter");
    await expect.poll(() => said(item)).toEqual(["Acme owns Rome"]);
    expect(seen.take()).toEqual([]);
  });

  test(`relations are made by mouse, by a press where one alone is possible (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const { project, dataset } = await made(api, `Relations ${language} ${Date.now()}`, SPANS);
    const said = await reading(api, dataset);
    const campaign = await handedOut(api, dataset);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/annotate/${campaign}`);
    const item = await onText(page);
    const marked = page.locator("[data-stage] [data-spans]");
    const relate = page.getByRole("button", { name: words.relate });
    await expect(relate).toBeDisabled();
    await marked.nth(0).click();
    await relate.click();
    await marked.nth(1).click();
    await expect.poll(() => said(item)).toEqual(["Ann works_for Acme"]);
    await marked.nth(1).click();
    await relate.click();
    await marked.nth(2).click();
    const making = page.getByRole("region", { name: words.relationNew });
    await making.getByRole("button", { name: /located_in|位于/ }).click();
    await expect.poll(() => said(item)).toEqual(["Ann works_for Acme", "Acme located_in Rome"]);
    const rows = page.locator("[data-relation]");
    await rows.nth(1).getByRole("button").first().click();
    await expect(page.getByRole("option", { selected: true })).toContainText("Acme");
    await rows.nth(0).getByRole("button").last().click();
    await expect.poll(() => said(item)).toEqual(["Acme located_in Rome"]);
    await expectStatus(page, "saved");
    await page.getByRole("button", { name: words.submit }).click();
    await expect(page.getByText(words.doneTitle)).toBeVisible();
    const shapes = await api.get<{ results: { annotation: { shapes: readonly Marked[] } }[] }>(
      `datasets/${dataset}/samples/`,
    );
    const stored = shapes.results[0]?.annotation.shapes.flatMap(({ relations = [] }) => relations);
    expect(stored).toHaveLength(1);
    expect(seen.take()).toEqual([]);
  });

  test(`under a Chinese input method every key of relations works (${language})`, async ({ page }) => {
    const api = await admin();
    const types = Array.from({ length: 18 }, (_, n) => ({ name: `r${n + 1}` }));
    const classes = ["person", "firm", "place"];
    const { project, dataset } = await makeDataset(
      api,
      `Keys ${language} ${Date.now()}`,
      "ner",
      classes,
      types,
    );
    await api.import(dataset, Buffer.from(JSON.stringify({ text: TEXT, spans: SPANS })), "lines.jsonl");
    const campaign = await handedOut(api, dataset);
    await setLook(page, language);
    await enter(page);
    await page.goto(`/p/${project}/annotate/${campaign}`);
    await onText(page);
    const tried = new Tried(isOfRelations);
    const making = page.getByRole("region", { name: words.relationNew });
    await press(page, "Tab");
    for (let n = 1; n <= types.length; n++) {
      await tried.press(page, "relate", "relate");
      await expect(making).toBeVisible();
      await tried.press(page, "nextEnd", "linking");
      await tried.press(page, `class${n}`, "linking");
      await expect(page.locator("[data-relation]")).toHaveCount(n);
    }
    await tried.press(page, "relate", "relate");
    const ends = () => making.getByRole("paragraph").first().textContent();
    for (const nth of [0, 1, 2]) {
      await changes(ends, () => tried.press(page, "nextEnd", "linking", nth), `next ${nth}`);
      await changes(ends, () => tried.press(page, "previousEnd", "linking", nth), `previous ${nth}`);
    }
    // Of several types Enter takes none.
    await tried.press(page, "makeRelation", "linking");
    await expect(making).toBeVisible();
    await tried.press(page, "endLinking", "linking");
    await expect(making).toHaveCount(0);
    expect(tried.untried).toEqual([]);
  });

  test(`relation types are declared beside the classes, also for new ones (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const { project, dataset } = await makeDataset(api, `Relations ${language} ${Date.now()}`, "ner", [
      "person",
    ]);
    const labels = wordsOf(language).labels;
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${project}/labels?dataset=${dataset}`);
    await page.getByRole("button", { name: labels.add }).first().click();
    await page.getByRole("textbox", { name: labels.name }).nth(1).fill("firm");
    await page.getByRole("button", { name: labels.addRelation }).click();
    const table = page.getByRole("table", { name: labels.relations });
    await table.getByRole("textbox", { name: labels.name }).fill("works_for");
    await table.getByRole("textbox", { name: labels.nameZh }).fill("任职于");
    for (const [side, name] of [
      [labels.relationFromOf, "person"],
      [labels.relationToOf, "firm"],
    ] as const) {
      const sides = table.getByRole("group", { name: side.replace("{{name}}", "works_for") });
      await sides.getByRole("combobox").selectOption({ label: name });
    }
    await looksRight(page);
    await page.getByRole("button", { name: labels.save, exact: true }).click();
    await expect(page.getByText(labels.saved)).toBeVisible();
    const { label_schema } = await api.get<Schema>(`datasets/${dataset}/`);
    const ids = Object.fromEntries(label_schema.classes.map(({ id, name }) => [name, id]));
    expect(label_schema.relations).toMatchObject([
      { name: "works_for", from_classes: [ids.person], to_classes: [ids.firm] },
    ]);
    await table.getByRole("button", { name: labels.removeRelation.replace("{{name}}", "works_for") }).click();
    await page.getByRole("button", { name: labels.save, exact: true }).click();
    await expect
      .poll(async () => (await api.get<Schema>(`datasets/${dataset}/`)).label_schema.relations)
      .toEqual([]);
    expect(seen.take()).toEqual([]);
  });
}
