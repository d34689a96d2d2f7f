import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { type Language, languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { handedOut, makeWork, onStage } from "./support/stage";
import { annotator } from "./support/together";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const URL_OF_STUDIO = () => process.env.STUDIO_E2E_URL ?? "";

interface Claimed {
  items: { id: string }[];
}

async function accessible(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

/** Draw one box on each of the next items and submit them; answers the shapes. */
async function answers(own: Api, campaign: string, label: string, count: number): Promise<string[]> {
  const shapes: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { items } = await own.post<Claimed>(`campaigns/${campaign}/claim/`, { count: 1 });
    const item = items[0]?.id ?? "";
    const shape = { id: crypto.randomUUID(), kind: "box", label, box: [20, 20, 60, 60], source: "human" };
    const body = { item, revision: 0, shapes: [shape], state: "submitted", seconds_spent: 3 };
    await own.put(`annotations/${crypto.randomUUID()}/`, body);
    await own.post(`items/${item}/questions/`, { text: `Which one? ${at}`, shape: shape.id });
    shapes.push(shape.id);
  }
  return shapes;
}

function runsATask(language: Language): void {
  test(`P2: work is given out, a batch is judged, questions are answered, the week is kept (${language})`, async ({
    page,
  }) => {
    test.setTimeout(300_000);
    const api = await admin();
    const { workload: words, questions, campaigns } = wordsOf(language);
    const work = await makeWork(api, `P2 ${language}`);
    const campaign = await handedOut(api, work.dataset, 1);
    const ann = await annotator(api, URL_OF_STUDIO(), work.project);
    await answers(ann.own, campaign, work.classes[0]?.id ?? "", 3);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${work.project}/workload/${campaign}`);
    await expect(page.getByText(words.tooLittle, { exact: false })).toBeVisible();
    const people = page.getByRole("table", { name: words.people });
    await expect(people.getByRole("row").filter({ hasText: ann.name })).toContainText("3");
    await accessible(page);

    // Three clicks: whose, to whom, how many there are.
    await page.getByRole("button", { name: words.moveOfPool }).click();
    await accessible(page);
    await page.getByRole("radio", { name: ann.name }).click();
    await page.getByRole("dialog").getByRole("button").last().click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await expect(people.getByText(words.pool)).toHaveCount(0);
    const { items } = await ann.own.post<Claimed>(`campaigns/${campaign}/claim/`, { count: 1 });
    expect(items).toHaveLength(1);

    for (const kind of ["pdf", "csv"] as const) {
      const href = await page.getByRole("link", { name: words[kind] }).getAttribute("href");
      const file = await page.request.get(href ?? "");
      expect(file.ok()).toBe(true);
      const body = await file.body();
      if (kind === "pdf") expect(body.subarray(0, 5).toString()).toBe("%PDF-");
      else expect(body.toString("utf-8")).toContain(ann.name);
    }

    await page.getByLabel(words.batchCount.replace("{{count}}", "3")).fill("2");
    await page.getByRole("button", { name: words.batchBegin }).click();
    await page.getByRole("link", { name: words.batchJudge }).click();
    const first = await onStage(page);
    const thread = page.locator("article");
    await expect(thread).toContainText("Which one?");
    await thread.getByRole("button", { name: questions.answer }).click();
    await page.getByRole("textbox").fill("The left one.");
    await page.getByRole("button", { name: questions.send }).click();
    await expect(thread.getByRole("paragraph").filter({ hasText: "The left one." })).toBeVisible();
    await expect(thread.getByRole("button", { name: questions.answer })).toBeVisible();
    await accessible(page);
    await thread.getByRole("button", { name: questions.settle }).click();
    await expect(thread.getByRole("button", { name: questions.reopen })).toBeVisible();
    await page.keyboard.press("KeyA");
    await expect(page.locator("[data-item]")).not.toHaveAttribute("data-item", first);
    await onStage(page);
    await page.keyboard.press("KeyA");
    await page.getByRole("link", { name: wordsOf(language).annotate.toBatch }).click();
    await page.getByRole("button", { name: words.batchReturn }).click();
    await page.getByRole("dialog").getByRole("button", { name: words.batchReasonMany }).click();
    await expect(page.getByText(words.batchReturned)).toBeVisible();
    await expect(page.getByRole("table", { name: questions.title }).getByRole("row")).toHaveCount(3);
    await accessible(page);
    const back = await ann.own.post<{ items: { state: string }[] }>(`campaigns/${campaign}/claim/`, {
      count: 1,
    });
    expect(back.items[0]?.state, "what nobody looked at came back").toBe("rejected");

    await page.goto(`/p/${work.project}/tasks`);
    await expect(page.getByRole("link", { name: campaigns.details }).first()).toBeVisible();
    expect(seen.take()).toEqual([]);
  });
}

for (const language of languagesOf(import.meta.url)) runsATask(language);
