import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { type Language, languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { drawBox, makeWork, onStage, type Work } from "./support/stage";
import { answeredTogether, differingIn, type Together } from "./support/together";
import { watch } from "./support/watch";
import { wordsOf } from "./support/words";

const URL_OF_STUDIO = () => process.env.STUDIO_E2E_URL ?? "";

interface Stored {
  state: string;
  annotation: { shapes: { label: string; box: number[] }[] } | null;
}

const labelsOf = async (api: Api, sample: string): Promise<string[]> => {
  const { annotation } = await api.get<Stored>(`samples/${sample}/`);
  return (annotation?.shapes ?? []).map(({ label }) => label).sort();
};

const panes = (page: Page) => page.locator("[data-pane]");
const chosen = (page: Page) => page.locator('[data-answers] button[aria-pressed="true"]');

async function accessible(page: Page): Promise<void> {
  for (const theme of THEMES) {
    await paintIn(page, theme);
    expect(await violations(page)).toEqual([]);
  }
}

/** Three people on three photos; of the second one the third gives an object another class. */
async function asked(api: Api, name: string): Promise<{ work: Work; made: Together; ids: [string, string] }> {
  const work = await makeWork(api, name);
  const ids: [string, string] = [work.classes[0]?.id ?? "", work.classes[1]?.id ?? ""];
  const { project, dataset } = work;
  const made = await answeredTogether(
    api,
    URL_OF_STUDIO(),
    { project, dataset, name, people: 3, samples: 3, quorum: 1 },
    differingIn(ids, 3, [1]),
  );
  return { work, made, ids };
}

function settleByKeyboard(language: Language): void {
  test(`R2: three people answer, a conflict is settled by keyboard, the agreement opens it (${language})`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    const api = await admin();
    const words = wordsOf(language);
    const { work, made, ids } = await asked(api, `R2 ${language}`);
    const sample = made.samples[1]?.id ?? "";
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);

    await page.goto(`/p/${work.project}/tasks`);
    const link = words.campaigns.conflictsCount.replace("{{count}}", "1");
    await page.getByRole("link", { name: link }).click();
    await onStage(page);
    await expect(panes(page)).toHaveCount(4);
    await accessible(page);
    await page.keyboard.press("Shift+Digit1");
    await expect(panes(page)).toHaveCount(3);
    await page.keyboard.press("Shift+Digit1");
    await page.keyboard.press("KeyG");
    await expect(panes(page)).toHaveCount(0);
    await accessible(page);
    await page.keyboard.press("KeyG");
    await page.keyboard.press("Enter");
    await expect(panes(page), "nothing is sent before something is chosen").toHaveCount(4);
    await page.keyboard.press("Digit3");
    await expect(chosen(page)).toContainText(made.people[2] ?? "");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: words.conflicts.emptyTitle })).toBeVisible();
    await expect.poll(() => labelsOf(api, sample)).toEqual([...ids].sort());
    expect((await api.get<Stored>(`samples/${sample}/`)).state).toBe("reviewed");

    await page.getByRole("link", { name: words.conflicts.toAgreement }).click();
    const [ann = "", , eve = ""] = made.people;
    const cell = page.getByRole("button", { name: `${ann}, ${eve}` });
    await expect(cell).toBeVisible();
    await cell.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByText(made.samples[1]?.name ?? "")).toBeVisible();
    await expect(page.locator("figure")).toHaveCount(2);
    await accessible(page);
    await page.reload();
    await expect(page.locator("figure"), "the address says what is open").toHaveCount(2);

    const table = await page.request.get(`/api/v1/campaigns/${made.campaign}/agreement/csv/`);
    expect(await table.text()).toContain(eve);

    const open = words.agreement.openCase.replace("{{name}}", made.samples[1]?.name ?? "");
    await page.getByRole("link", { name: open }).click();
    await onStage(page);
    await expect(page.getByText(words.conflicts.decidedBy.replace("{{name}}", "admin"))).toBeVisible();

    // What was decided is known now: mixed into another task, it scores who answers it.
    const { project, dataset } = work;
    const name = `R2 ${language} 5`;
    const mixed = { project, dataset, name, people: 2, samples: 2, except: sample, gold: 0.3 };
    const scored = await answeredTogether(api, URL_OF_STUDIO(), mixed, differingIn(ids, 2, []));
    await page.goto(`/p/${project}/agreement/${scored.campaign}`);
    const known = page.getByRole("table", { name: words.agreement.known });
    for (const person of scored.people)
      await expect(known.getByRole("row").filter({ hasText: person })).toContainText("50");
    await accessible(page);
    expect(seen.take()).toEqual([]);
  });
}

function secondReviewer(language: Language): void {
  test(`R2: the second of two reviewers sees what the first decided, and can answer anew (${language})`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    const api = await admin();
    const words = wordsOf(language);
    const { work, made, ids } = await asked(api, `R2 ${language} 2`);
    const sample = made.samples[1]?.id ?? "";
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page, [/status of 409/]);
    await page.goto(`/p/${work.project}/conflicts/${made.campaign}`);
    const row = await onStage(page);
    const { revision, answers } = await api.get<{ revision: number; answers: { id: string }[] }>(
      `consensus/${row}/`,
    );
    await api.post(`consensus/${row}/resolve/`, { revision, annotation: answers[0]?.id });

    await page.keyboard.press("Digit3");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert").filter({ hasText: "admin" })).toBeVisible();
    expect(await labelsOf(api, sample), "theirs stays").toEqual([ids[0], ids[0]]);

    await expect(chosen(page), "what was chosen before is chosen no more").toHaveCount(0);
    await page.keyboard.press("Enter");
    await page.keyboard.press("KeyE");
    await expect(page.getByRole("toolbar")).toBeVisible();
    await page.keyboard.press("Digit2");
    await drawBox(page, [0.45, 0.45], [0.5, 0.5]);
    await expect(page.getByRole("option")).toHaveCount(3);
    await accessible(page);
    await page.reload();
    await expect(page.getByRole("heading", { name: words.conflicts.emptyTitle })).toBeVisible();
    await page.goto(`/p/${work.project}/conflicts/${made.campaign}?row=${row}`);
    await onStage(page);
    await expect(page.getByRole("option"), "what was drawn outlives the page").toHaveCount(3);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: words.conflicts.emptyTitle })).toBeVisible();
    await expect.poll(() => labelsOf(api, sample)).toEqual([ids[0], ids[0], ids[1]].sort());
    expect(seen.take()).toEqual([]);
  });
}

function newTask(language: Language): void {
  test(`a task for several people says how their answers are settled (${language})`, async ({ page }) => {
    test.setTimeout(120_000);
    const api = await admin();
    const words = wordsOf(language).campaigns;
    const work = await makeWork(api, `R2 ${language} 3`);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${work.project}/tasks/new`);
    await page.getByRole("textbox").first().fill(`R2 ${language} 4`);
    const majority = page.getByRole("radio", { name: words.settle_majority });
    await expect(page.getByLabel(words.overlap)).toBeVisible();
    await expect(majority).toHaveCount(0);
    await page.getByLabel(words.overlap).fill("3");
    await page.getByLabel(words.overlap).blur();
    await expect(majority).toBeVisible();
    await expect(
      page.getByRole("radio", { name: words.settle_weighted }),
      "boxes have no classes to weigh",
    ).toHaveCount(0);
    await majority.check();
    await expect(page.getByRole("slider", { name: words.quorum })).toBeVisible();
    await expect(page.getByRole("slider", { name: words.minIou })).toBeVisible();
    await accessible(page);
    await page.locator('button[type="submit"]').click();
    await page.waitForURL(/\/tasks$/);
    const settled = words.settledBy_majority.replace("{{count}}", "3");
    await expect(page.getByText(settled, { exact: false })).toBeVisible();
    const { results } = await api.get<{ results: { name: string; overlap: number; consensus: unknown }[] }>(
      `campaigns/?project=${work.project}`,
    );
    const together = results.find(({ name }) => name === `R2 ${language} 4`);
    expect(together?.overlap).toBe(3);
    expect(together?.consensus).toEqual({ method: "majority", quorum: 0.5, min_iou: 0.5 });
    expect(seen.take()).toEqual([]);
  });
}

for (const language of languagesOf(import.meta.url)) {
  settleByKeyboard(language);
  secondReviewer(language);
  newTask(language);
}
