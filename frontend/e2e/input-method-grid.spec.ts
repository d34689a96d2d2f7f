import { expect, type Page, test } from "@playwright/test";
import { photos } from "./support/archive";
import { makeDrawing } from "./support/drawing";
import { benchOf, changes, isOfGridOrAsking, Tried } from "./support/keys";
import { languagesOf, setLook } from "./support/look";
import { admin, enter } from "./support/people";
import { zip } from "./support/pictures";
import { drawBox, handedOut, makeWork, onStage } from "./support/stage";

const NAMES = Array.from({ length: 18 }, (_, n) => `k${n + 1}x`);

/** The page of many pictures: where the frame is, what is picked, and which class is given. */
async function tryGridKeys(page: Page, tried: Tried): Promise<void> {
  const key = (action: string, nth = 0) => tried.press(page, action, "grid", nth);
  const frame = () => page.getByRole("listbox").getAttribute("aria-activedescendant");
  const picked = () => page.locator('[data-tile][aria-selected="true"]').allTextContents();
  const given = () => page.locator("[data-tile]").allTextContents();
  for (const way of ["Right", "Down", "Left", "Up"]) await changes(frame, () => key(`tile${way}`), way);
  for (const way of ["Right", "Down", "Left", "Up"])
    await changes(picked, () => key(`pick${way}`), `pick ${way}`);
  await changes(picked, () => key("pickNone"), "pick none");
  await changes(picked, () => key("selectAll"), "select all");
  for (let n = 18; n >= 1; n--) {
    await changes(given, () => key(`class${n}`), `class ${n}`);
    await expect(page.locator("[data-tile]").first()).toContainText(`k${n}x`);
    await page.keyboard.press("Control+KeyA");
  }
  for (const nth of [0, 1]) {
    await changes(given, () => key("undo"), "undo");
    await changes(given, () => key("redo", nth), `redo ${nth}`);
  }
  await key("findClass");
  await expect(page.locator("aside input")).toBeFocused();
  await page.keyboard.press("Escape");
  await page.locator("[data-tile]").first().click();
  await key("look");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const shown = () =>
    page.locator("[data-tile]").evaluateAll((all) => all.map((one) => one.getAttribute("data-tile")));
  await changes(shown, () => key("submit"), "submit");
}

/** What an object is asked: every digit chooses, and the keys that go on, back and away. */
async function tryAskingKeys(page: Page, tried: Tried): Promise<void> {
  const key = (action: string, nth = 0) => tried.press(page, action, "asking", nth);
  const now = page.locator("[data-asked][class*=now]");
  const chosen = () => page.locator('[data-asked="parts"] [aria-pressed="true"]').allTextContents();
  await drawBox(page, [0.35, 0.3], [0.42, 0.4]);
  await tried.press(page, "ask", "ask");
  await expect(now).toHaveAttribute("data-asked", "parts");
  for (let n = 18; n >= 1; n--) await changes(chosen, () => key(`class${n}`), `value ${n}`);
  await changes(chosen, () => key("noValue"), "no value");
  for (const nth of [0, 1]) {
    await key("nextAsked", nth);
    await expect(now).toHaveAttribute("data-asked", "cut off");
    await key("previousAsked");
    await expect(now).toHaveAttribute("data-asked", "parts");
  }
  await key("endAsking");
  await expect(now).toHaveCount(0);
  await tried.press(page, "sweep", "ask");
  await expect(page.locator("[data-sweep]")).toHaveCount(1);
  await page.keyboard.press("Escape");
}

/** The tools that ask the server or cut: what each says where there is nothing to cut. */
async function tryCuttingKeys(page: Page, tried: Tried): Promise<void> {
  const hint = () => page.locator("[data-hint]").getAttribute("data-hint");
  await page.keyboard.press("KeyP");
  await changes(hint, () => tried.press(page, "toolMagic", "draw"), "point at it");
  await page.keyboard.press("KeyV");
  const told = () => page.locator("[aria-live=polite]").allTextContents();
  for (const action of ["split", "merge", "cutOverlap"])
    await changes(told, () => tried.press(page, action, "draw"), action);
}

for (const language of languagesOf(import.meta.url)) {
  test(`A9: keys of the grid and of attributes work under a Chinese input method (${language})`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    const api = await admin();
    const tried = new Tried(isOfGridOrAsking);
    await setLook(page, language);
    await enter(page);
    const { id: project } = await api.post<{ id: string }>("projects/", { name: `A9 ${language} rows` });
    const { id: dataset } = await api.post<{ id: string }>("datasets/", {
      ...{ project, name: `A9 ${language} rows`, modality: "image", task: "image_classification" },
      label_schema: { classes: NAMES.map((name) => ({ name, name_zh: name })) },
    });
    const files = photos().slice(0, 30);
    await api.import(dataset, zip(files.map(({ bytes }, at) => ({ name: `photo-${at}.jpg`, bytes }))));
    await page.goto(`/p/${project}/annotate/${await handedOut(api, dataset)}/grid`);
    await expect(page.locator("[data-tile]")).toHaveCount(24);
    await tryGridKeys(page, tried);

    const work = await makeWork(api, `A9 ${language} 1`, [{ name: "k1x", name_zh: "k1x" }]);
    const { label_schema } = await api.get<{ label_schema: { classes: { id: string }[] } }>(
      `datasets/${work.dataset}/`,
    );
    const asked = [
      { name: "parts", name_zh: "parts", kind: "multi", options: NAMES },
      { name: "cut off", name_zh: "cut off", kind: "bool" },
    ];
    await api.patch(`datasets/${work.dataset}/`, {
      label_schema: { classes: label_schema.classes.map(({ id }) => ({ id, attributes: asked })) },
    });
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    await onStage(page);
    await tryAskingKeys(page, tried);
    const { picture } = benchOf(page);
    await page.reload();
    await onStage(page);
    await picture();
    for (const action of ["confirmOne", "confirmAll"]) await tried.press(page, action, "annotate");

    const drawing = await makeDrawing(api, `A9 ${language} 2`, "instance_segmentation");
    await page.goto(`/p/${drawing.project}/annotate/${drawing.campaign}`);
    await onStage(page);
    await tryCuttingKeys(page, tried);
    expect(tried.untried).toEqual([]);
  });
}
