import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { setLook } from "./support/look";
import { ADMIN, admin, enter } from "./support/people";
import { answerTo, drawNth, expectStatus, makeWork, onStage, statusOf } from "./support/stage";

const CUT_MS = 120_000;
const BOXES_PER_STEP = 5;

/** Until the server has all that was drawn, nobody says it is saved. */
async function expectUnsaved(page: Page, api: Api, item: string, known: number): Promise<void> {
  await expectStatus(page, "device");
  expect((await answerTo(api, item)).shapes).toHaveLength(known);
}

test("G9: a cut of two minutes, a session that ends, a full disk and a deleted class lose nothing", async ({
  page,
  context,
}) => {
  test.setTimeout(CUT_MS + 180_000);
  const api = await admin();
  const work = await makeWork(api, "G9");
  await setLook(page, "en");
  await enter(page);
  await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
  const item = await onStage(page);
  let drawn = 0;
  const draw = async (count = BOXES_PER_STEP) => {
    for (let n = 0; n < count; n++) await drawNth(page, drawn++);
  };
  const expectSaved = async () => {
    await expectStatus(page, "saved");
    expect((await answerTo(api, item)).shapes).toHaveLength(drawn);
  };
  await draw();
  await expectSaved();

  // The network is gone for two minutes; somebody goes on working.
  await context.setOffline(true);
  const until = Date.now() + CUT_MS;
  while (Date.now() < until) {
    if (drawn < 4 * BOXES_PER_STEP) await draw(1);
    await page.waitForTimeout(2_000);
    expect(await statusOf(page)).not.toBe("saved");
  }
  await expectUnsaved(page, api, item, BOXES_PER_STEP);
  await context.setOffline(false);
  await expectSaved();

  // The session ends: the page asks who is there, and goes on where it was.
  await context.clearCookies();
  // One only: as soon as it is sent, the page leaves.
  await draw(1);
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByRole("textbox", { name: "User name" }).fill(ADMIN.username);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.keyboard.press("Enter");
  expect(await onStage(page)).toBe(item);
  await expect(page.getByRole("option")).toHaveCount(drawn);
  await expectSaved();

  // The server's disk is full: it says so, and takes the work as soon as it can.
  const full = { code: "storage_full", detail: "no space left", status: 507, title: "Full" };
  await page.route("**/api/v1/annotations/**", (route) =>
    route.fulfill({ status: 507, contentType: "application/problem+json", body: JSON.stringify(full) }),
  );
  await draw();
  await expectUnsaved(page, api, item, drawn - BOXES_PER_STEP);
  await expect(page.getByText("The server's disk is full. An administrator must make room.")).toBeVisible();
  await page.unroute("**/api/v1/annotations/**");
  await expectSaved();

  // The class that is in hand is deleted meanwhile: what was drawn of the others stays, and the next one is said.
  const [, coffee, flower] = work.classes;
  await page.keyboard.press("Escape");
  await page.keyboard.press("Digit2");
  await draw(2);
  await expectSaved();
  const { job } = await api.post<{ job: { id: string } }>(`datasets/${work.dataset}/bulk-edits/`, {
    action: "class_move",
    classes: [coffee?.id],
    value: "",
    retire: true,
    conditions: {},
  });
  await api.done(job.id);
  await draw(2);
  await expectSaved();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Something marked has a class that was deleted/).first()).toBeVisible();
  expect(await onStage(page)).toBe(item);
  const nameless = [drawn - 3, drawn - 2, drawn - 1, drawn];
  const first = page.getByRole("option", { name: `${nameless[0]}. ?` });
  await expect(first).toHaveAttribute("aria-selected", "true");
  for (const n of nameless) {
    await page.getByRole("option", { name: `${n}. ?` }).click();
    await page.keyboard.press("Digit2");
  }
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await answerTo(api, item)).state).toBe("submitted");
  const labels = (await answerTo(api, item)).shapes.map(({ label }) => label);
  expect(labels).toHaveLength(drawn);
  expect(labels.filter((label) => label === flower?.id)).toHaveLength(4);
});
