import { expect, test } from "@playwright/test";
import { languagesOf, setLook } from "./support/look";
import { admin } from "./support/people";
import { answerTo, drawBox, expectStatus, makeWork, onStage } from "./support/stage";
import { watch } from "./support/watch";

const ACTIONS_MAX = 12;
const PASSWORD = "a-long-enough-secret";

for (const language of languagesOf(import.meta.url)) {
  test(`A1: somebody invited saves a first label in at most ${ACTIONS_MAX} actions (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const work = await makeWork(api, `A1 ${language}`);
    const name = `ann-${Date.now()}`;
    const [invited] = await api.post<{ link: string }[]>(`projects/${work.project}/invitations/`, {
      people: [{ username: name, role: "annotator" }],
    });
    await setLook(page, language);
    const seen = await watch(page, [/status of 401/]);
    let actions = 0;
    const act = async (step: () => Promise<unknown>) => {
      actions += 1;
      await step();
    };

    await act(() => page.goto(invited?.link ?? ""));
    const [password, again] = [page.locator("input").nth(0), page.locator("input").nth(1)];
    await act(() => password.fill(PASSWORD));
    await act(() => again.fill(PASSWORD));
    await act(() => page.locator('button[type="submit"]').click());
    await act(() => page.getByRole("link", { name: /^(Continue|继续)/ }).click());
    const first = await onStage(page);
    await expect(page.getByRole("group", { name: /Guideline|标注规范/ })).toContainText("flower");
    await act(() => drawBox(page, [0.4, 0.3], [0.6, 0.6]));
    await act(() => page.keyboard.press("Digit2"));
    await page.evaluate(clockNext);
    await act(() => page.keyboard.press("Enter"));
    const ms: number = await page.evaluate(() => Reflect.get(window, "nextPainted"));

    expect(await onStage(page)).not.toBe(first);
    await expectStatus(page, "saved");
    const saved = await answerTo(api, first);
    expect(saved.state).toBe("submitted");
    expect(saved.shapes.map((shape) => shape.label)).toEqual([work.classes[1]?.id]);
    expect(actions).toBeLessThanOrEqual(ACTIONS_MAX);
    expect(seen.take()).toEqual([]);
    console.log(`A1 ${language}: ${actions} actions, next picture painted after ${ms.toFixed(0)} ms`);
  });
}

/** Keep the milliseconds from the Enter key to the frame that shows another item. */
function clockNext(): void {
  const shown = () => document.querySelector("[data-item]")?.getAttribute("data-item");
  const before = shown();
  const painted = new Promise<number>((done) => {
    const pressed = (event: KeyboardEvent) => {
      if (event.code !== "Enter") return;
      window.removeEventListener("keydown", pressed, true);
      const start = performance.now();
      const look = () => {
        if (shown() === before) requestAnimationFrame(look);
        else requestAnimationFrame(() => done(performance.now() - start));
      };
      requestAnimationFrame(look);
    };
    window.addEventListener("keydown", pressed, true);
  });
  Reflect.set(window, "nextPainted", painted);
}
