import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { languagesOf, setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { pidOf } from "./support/stack";
import { answerTo, drawNth, expectStatus, makeWork, onStage, statusOf } from "./support/stage";

const OPERATIONS = 60;
const SERVER_KILLED_AT = 20;
const TAB_KILLED_AT = 35;
const NETWORK_CUT_AT = 48;

/** "Saved" must be true of the server at that very moment, with `n` boxes drawn. */
async function expectHonest(page: Page, api: Api, item: string, n: number): Promise<void> {
  const status = await statusOf(page);
  expect(["saved", "saving", "device"]).toContain(status);
  if (status !== "saved") return;
  expect((await answerTo(api, item)).shapes, `"saved" after ${n} boxes`).toHaveLength(n);
}

async function crash(page: Page): Promise<void> {
  const gone = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  session.send("Page.crash").catch(() => undefined);
  await gone;
  await page.close();
}

async function serverAnswers(url: string): Promise<void> {
  await expect
    .poll(
      () =>
        fetch(`${url}/healthz`).then(
          (answer) => answer.status,
          () => 0,
        ),
      { timeout: 60_000 },
    )
    .toBe(200);
}

for (const language of languagesOf(import.meta.url)) {
  test(`A6: nothing is lost when the server, the tab and the network go (${language})`, async ({
    page: first,
    context,
    baseURL,
  }) => {
    test.setTimeout(180_000);
    const api = await admin();
    const work = await makeWork(api, `A6 ${language}`);
    const address = `/p/${work.project}/annotate/${work.campaign}`;
    const open = async (page: Page) => {
      await setLook(page, language);
      await page.goto(address);
      return onStage(page);
    };
    await enter(first);
    const item = await open(first);

    let page = first;
    const drawUntil = async (from: number, to: number, check: boolean) => {
      for (let n = from; n < to; n++) {
        await drawNth(page, n);
        if (check) await expectHonest(page, api, item, n + 1);
        else expect(await statusOf(page)).not.toBe("saved");
      }
    };
    await drawUntil(0, SERVER_KILLED_AT, true);
    await expectStatus(page, "saved");
    process.kill(pidOf("web"), "SIGKILL");
    await drawNth(page, SERVER_KILLED_AT);
    await expectStatus(page, "device");
    await drawUntil(SERVER_KILLED_AT + 1, TAB_KILLED_AT, false);
    await crash(page);
    await serverAnswers(baseURL ?? "");

    page = await context.newPage();
    expect(await open(page)).toBe(item);
    await expect(page.getByRole("option")).toHaveCount(TAB_KILLED_AT);
    await expectStatus(page, "saved");
    await drawUntil(TAB_KILLED_AT, NETWORK_CUT_AT, true);
    await expectStatus(page, "saved");
    await context.setOffline(true);
    await drawUntil(NETWORK_CUT_AT, OPERATIONS, false);
    await expectStatus(page, "device");
    await crash(page);
    await context.setOffline(false);

    page = await context.newPage();
    expect(await open(page)).toBe(item);
    await expect(page.getByRole("option")).toHaveCount(OPERATIONS);
    await expectStatus(page, "saved");
    const saved = await answerTo(api, item);
    expect(saved.shapes).toHaveLength(OPERATIONS);
    expect(new Set(saved.shapes.map((shape) => shape.id)).size).toBe(OPERATIONS);
  });
}
