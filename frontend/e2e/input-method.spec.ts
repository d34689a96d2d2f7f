import { expect, type Page, test } from "@playwright/test";
import { around, clickAll, holdThrough, makeDrawing } from "./support/drawing";
import { type Bench, benchOf, changes, isOfGridOrAsking, isOfRelations, press, Tried } from "./support/keys";
import { sounds } from "./support/kinds";
import { languagesOf, setLook } from "./support/look";
import { admin, enter, seeded } from "./support/people";
import { drawBox, expectStatus, handedOut, makeWork, onStage, onText } from "./support/stage";
import { makeDataset, tableCsv } from "./support/tables";
import { answeredTogether, differingIn } from "./support/together";

async function tryBoxKeys({ page, boxes, picture }: Bench, tried: Tried): Promise<void> {
  const key = (action: string, nth = 0) => tried.press(page, action, "boxes", nth);
  const tool = (name: RegExp) => page.getByRole("toolbar").getByRole("button", { name });
  await key("toolSelect");
  await expect(tool(/^(Select|选择)/)).toHaveAttribute("aria-pressed", "true");
  await tried.press(page, "toolBox", "draw");
  await expect(tool(/^(Draw boxes|画框)/)).toHaveAttribute("aria-pressed", "true");
  await drawBox(page, [0.4, 0.3], [0.5, 0.5]);
  await drawBox(page, [0.55, 0.3], [0.65, 0.5]);
  await expect.poll(boxes).toBe(2);
  for (const zoom of ["zoomIn", "fit", "zoomOut", "fit", "zoomSelection"] as const)
    await changes(picture, () => key(zoom), zoom);
  await key("fit");
  const chosen = () => page.locator('[role="option"][aria-selected="true"]').allTextContents();
  await changes(chosen, () => key("previousObject"), "previous object");
  await changes(chosen, () => key("nextObject"), "next object");
  for (const way of ["Left", "Right", "Up", "Down"]) {
    await changes(picture, () => key(`nudge${way}`), `nudge ${way}`);
    await changes(picture, () => key(`nudge${way}10`), `nudge ${way} by ten`);
  }
  for (const toggle of ["hideOthers", "opacity", "lock"]) {
    await changes(picture, () => key(toggle), toggle);
    await key(toggle);
  }
  await key("copy");
  await changes(boxes, () => key("paste"), "paste");
  await changes(boxes, () => key("delete", 0), "delete");
  await changes(chosen, () => key("selectAll"), "select all");
  await changes(chosen, () => key("stepBack"), "step back");
  await key("selectAll");
  await changes(boxes, () => key("delete", 1), "delete by backspace");
}

/** The keys of drawing, in a task of outlines, one of turned boxes and one of key points. */
async function tryDrawKeys(bench: Bench, tried: Tried, open: (task: string) => Promise<void>): Promise<void> {
  const { page, boxes, picture } = bench;
  const key = (action: string) => tried.press(page, action, "draw");
  const hint = () => page.locator("[data-hint]").getAttribute("data-hint");
  const fact = () => page.locator("[data-hint]").textContent();
  await open("instance_segmentation");
  for (const tool of ["polyline", "eraser", "brush", "polygon"]) {
    await key(`tool${tool[0]?.toUpperCase()}${tool.slice(1)}`);
    await expect.poll(hint).toBe(tool);
  }
  await holdThrough(page, around([0.5, 0.5], 0.15, 40));
  await expect.poll(boxes).toBe(1);
  await key("hole");
  await clickAll(page, around([0.5, 0.5], 0.05, 4));
  await changes(fact, () => page.keyboard.press("Enter"), "hole");
  await changes(fact, () => key("fillHoles"), "fill holes");
  await changes(fact, () => key("simplify"), "simplify");
  await changes(picture, () => key("corners"), "corners");
  await changes(fact, () => key("turnOver"), "turn over");
  await page.keyboard.press("KeyM");
  const size = () => page.locator("aside").textContent();
  await changes(size, () => key("brushLarger"), "larger brush");
  await changes(size, () => key("brushSmaller"), "smaller brush");
  await open("object_detection");
  await key("toolRotated");
  await clickAll(page, [
    [0.4, 0.4],
    [0.55, 0.3],
    [0.6, 0.45],
  ]);
  await expect.poll(boxes).toBe(1);
  await changes(fact, () => key("turnLeft"), "turn left");
  await changes(fact, () => key("turnRight"), "turn right");
  await open("keypoints");
  await page.keyboard.press("KeyB");
  await key("toolKeypoints");
  await expect.poll(hint).toBe("keypoints");
  await clickAll(page, [
    [0.45, 0.4],
    [0.55, 0.4],
    [0.5, 0.55],
  ]);
  await page.keyboard.press("KeyJ");
  for (const state of ["pointHidden", "pointAbsent", "pointSeen"])
    await changes(
      () => page.locator("aside ol").textContent(),
      () => key(state),
      state,
    );
}

async function tryTaskKeys(bench: Bench, tried: Tried): Promise<void> {
  const { page, boxes, item } = bench;
  const key = (action: string, nth = 0) => tried.press(page, action, "annotate", nth);
  await changes(boxes, () => key("undo"), "undo");
  await changes(boxes, () => key("redo", 0), "redo");
  await key("undo");
  await changes(boxes, () => key("redo", 1), "redo by Y");
  for (let n = 18; n >= 1; n--) {
    await key(`class${n}`);
    await expect(page.locator('aside button[aria-pressed="true"]')).toHaveText(new RegExp(`^k${n}x`));
  }
  await key("findClass");
  const search = page.locator("aside input");
  await expect(search).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(search).not.toBeFocused();
  await changes(
    () => page.getByRole("group", { name: /Guideline|标注规范/ }).count(),
    () => key("guideline"),
    "guideline",
  );
  const first = await item();
  await changes(item, () => key("nextTask"), "next task");
  await page.waitForTimeout(500);
  await changes(item, () => key("previousTask"), "previous task");
  expect(await item(), "the draft moved on from is one key away").toBe(first);
  await drawBox(page, [0.4, 0.3], [0.5, 0.5]);
  await changes(item, () => key("submit"), "submit");
  await changes(item, () => key("takeBack"), "take back");
  await tried.press(page, "copyPrevious", "boxes");
}

/** Typing a reason in Chinese, letter by letter through the input method, must trigger nothing else. */
async function typeInChinese({ page, boxes, item }: Bench, tried: Tried): Promise<void> {
  await tried.press(page, "skip", "annotate");
  const reason = page.getByRole("dialog").getByRole("textbox");
  await reason.focus();
  const before = [await boxes(), await item()];
  const session = await page.context().newCDPSession(page);
  const typed = "kanbuqing1d";
  for (let n = 1; n <= typed.length; n++) {
    const code = /\d/.test(typed[n - 1] ?? "") ? `Digit${typed[n - 1]}` : `Key${typed[n - 1]?.toUpperCase()}`;
    await press(page, { code });
    const text = typed.slice(0, n);
    await session.send("Input.imeSetComposition", { text, selectionStart: n, selectionEnd: n });
  }
  await press(page, { code: "Enter" });
  await session.send("Input.insertText", { text: "看不清" });
  await expect(reason).toHaveValue("看不清");
  await expect(page.getByRole("dialog")).toBeVisible();
  expect([await boxes(), await item()]).toEqual(before);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
}

async function tryReviewKeys({ page, item }: Bench, tried: Tried): Promise<void> {
  const key = (action: string) => tried.press(page, action, "review");
  await changes(item, () => key("nextTask"), "pass");
  await key("reject");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await key("fix");
  await expect(page.getByRole("toolbar")).toBeVisible();
  for (let n = 9; n >= 1; n--) {
    await key(`class${n}`);
    await expect(page.locator('aside button[aria-pressed="true"]')).toHaveText(new RegExp(`^k${n}x`));
  }
  const boxes = () => page.getByRole("option").count();
  await drawBox(page, [0.6, 0.6], [0.7, 0.7]);
  await changes(boxes, () => key("undo"), "undo");
  await changes(boxes, () => key("redo"), "redo");
  await changes(item, () => key("submit"), "save the fix");
  await changes(item, () => key("accept"), "accept");
}

/** The keys of choosing an answer and of giving one's own, over three samples that wait. */
async function tryConflictKeys({ page, item }: Bench, tried: Tried): Promise<void> {
  const key = (action: string) => tried.press(page, action, "conflict");
  const panes = () => page.locator("[data-pane]").count();
  const chosen = () => page.locator('[data-answers] button[aria-pressed="true"]').allTextContents();
  await expect.poll(panes).toBe(3);
  await changes(panes, () => key("class10"), "hide an answer");
  await changes(panes, () => key("agreedShown"), "hide what is agreed");
  await changes(panes, () => key("arrange"), "one over another");
  await changes(chosen, () => key("class1"), "choose an answer");
  await changes(chosen, () => key("agreedPart"), "choose what is agreed");
  await changes(item, () => key("nextTask"), "later");
  await onStage(page);
  await key("fix");
  await expect(page.getByRole("toolbar")).toBeVisible();
  for (let n = 18; n >= 1; n--) {
    await key(`class${n}`);
    await expect(page.locator('aside button[aria-pressed="true"]')).toHaveText(new RegExp(`^k${n}x`));
  }
  const boxes = () => page.getByRole("option").count();
  await drawBox(page, [0.6, 0.6], [0.7, 0.7]);
  await changes(boxes, () => key("undo"), "undo");
  await changes(boxes, () => key("redo"), "redo");
  await changes(item, () => key("submit"), "save the answer");
}

async function tryGalleryKeys(page: Page, tried: Tried): Promise<void> {
  const made = seeded();
  await page.goto(`/p/${made.project}/data?dataset=${made.dataset}`);
  const tile = page.getByRole("list").locator("button, a").first();
  await tile.focus();
  // A tile is a button: Enter reaches it as Enter under every input method.
  tried.note("open", "gallery");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer).toBeVisible();
  const title = () => drawer.getByRole("heading").first().textContent();
  await changes(title, () => tried.press(page, "next", "gallery"), "next picture");
  await changes(title, () => tried.press(page, "previous", "gallery"), "previous picture");
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
}

async function tryGlobalKeys(page: Page, tried: Tried): Promise<void> {
  for (const action of ["palette", "keys"]) {
    await tried.press(page, action, "global");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
}

async function tryRowKeys(page: Page, tried: Tried): Promise<void> {
  const check = (at: number) => page.locator(`[data-row-check="${at}"]`);
  const dialog = page.getByRole("dialog");
  await check(1).focus();
  await tried.press(page, "rowDown", "rows");
  await expect(check(2)).toBeFocused();
  await tried.press(page, "rowUp", "rows");
  await expect(check(1)).toBeFocused();
  await tried.press(page, "takeDown", "rows");
  await expect(check(2)).toBeFocused();
  await tried.press(page, "takeUp", "rows");
  await expect(check(1)).toBeFocused();
  await expect(page.locator("[data-row-check]:checked")).not.toHaveCount(0);
  await tried.press(page, "deleteRows", "rows");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await tried.press(page, "clearRows", "rows");
  await expect(page.locator("[data-row-check]:checked")).toHaveCount(0);
}

/** A text: where the caret is, what is selected, and what is marked. */
async function trySpanKeys(page: Page, tried: Tried): Promise<void> {
  const key = (action: string, nth = 0) => tried.press(page, action, "spans", nth);
  const caret = () => page.locator("[data-caret]").getAttribute("data-caret");
  const selected = async () => (await page.locator("[data-selected]").allTextContents()).join("");
  const chosen = () => page.getByRole("option", { selected: true }).textContent();
  for (const action of ["placeRight", "wordRight", "placeLeft", "wordLeft", "textEnd", "textStart"])
    await changes(caret, () => key(action), action);
  for (const action of ["lineDown", "lineUp"])
    for (const nth of [0, 1]) await changes(caret, () => key(action, nth), `${action} ${nth}`);
  for (const action of ["extendRight", "extendWordRight", "extendLeft", "extendWordLeft"])
    await changes(selected, () => key(action), action);
  for (const action of ["extendDown", "extendUp"]) await changes(selected, () => key(action), action);
  await key("textStart");
  await changes(selected, () => key("extendWordRight"), "select a word");
  await changes(selected, () => key("letGo"), "let go");
  await page.keyboard.press("Digit1");
  await key("textEnd");
  await page.keyboard.press("Digit1");
  await expect(page.getByRole("option")).toHaveCount(2);
  await changes(chosen, () => key("nextSpan"), "next span");
  await changes(chosen, () => key("previousSpan"), "previous span");
  for (const nth of [0, 1]) {
    await key("nextSpan");
    await changes(
      () => page.getByRole("option").count(),
      () => key("deleteSpan", nth),
      "delete",
    );
  }
}

async function tryRegionKeys(page: Page, tried: Tried): Promise<void> {
  const key = (action: string, nth = 0) => tried.press(page, action, "regions", nth);
  const audio = page.locator("audio");
  const head = () => audio.evaluate(({ currentTime }: HTMLAudioElement) => currentTime);
  const chosen = () => page.getByRole("option", { selected: true }).textContent();
  const options = () => page.getByRole("option").count();
  const width = async () => (await page.locator("[data-track]").boundingBox())?.width;
  for (const action of ["headRight", "headLeft", "fineRight", "fineLeft", "soundEnd", "soundStart"])
    await changes(head, () => key(action), action);
  for (const action of ["leapRight", "leapLeft"]) await changes(head, () => key(action), action);
  for (const action of ["zoomIn", "zoomOut"]) await changes(width, () => key(action), action);
  const begun = () => page.locator("[data-begun]").count();
  await changes(begun, () => key("markStart"), "begin");
  await changes(begun, () => key("letGoRegion"), "let go");
  await key("markStart");
  await key("headRight");
  await changes(options, () => key("markEnd"), "end");
  // Earlier after later: the recording has nothing before its beginning.
  for (const edge of ["end", "start"])
    for (const way of ["Later", "Earlier"]) await changes(chosen, () => key(edge + way), edge + way);
  for (const action of ["endLater10", "startLater10", "startEarlier10", "endEarlier10"])
    await changes(chosen, () => key(action), action);
  await key("playRegion");
  await key("soundEnd");
  await key("letGoRegion");
  await key("markStart");
  await page.keyboard.press("Comma");
  await page.keyboard.press("Digit2");
  await expect(page.getByRole("option")).toHaveCount(2);
  await changes(chosen, () => key("nextRegion"), "next region");
  await changes(chosen, () => key("previousRegion"), "previous region");
  for (const nth of [0, 1]) {
    await key("nextRegion");
    await changes(options, () => key("deleteRegion", nth), "delete");
  }
}

for (const language of languagesOf(import.meta.url)) {
  test(`A9: under a Chinese input method every key works and typing fires none (${language})`, async ({
    page,
  }) => {
    test.setTimeout(240_000);
    const api = await admin();
    const classes = Array.from({ length: 18 }, (_, n) => ({ name: `k${n + 1}x`, name_zh: `k${n + 1}x` }));
    const work = await makeWork(api, `A9 ${language}`, classes);
    await setLook(page, language);
    await enter(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    await onStage(page);
    const bench = benchOf(page);
    const tried = new Tried((binding) => !isOfGridOrAsking(binding) && !isOfRelations(binding));
    await tryBoxKeys(bench, tried);
    await tryTaskKeys(bench, tried);
    await typeInChinese(bench, tried);
    for (let n = 0; n < 4; n++) {
      await onStage(page);
      await drawBox(page, [0.4, 0.3], [0.5, 0.5]);
      await changes(bench.item, () => page.keyboard.press("Enter"), "submit");
    }
    await expectStatus(page, "saved");
    await page.goto(`/p/${work.project}/review/${work.campaign}`);
    await onStage(page);
    await tryReviewKeys(bench, tried);
    const { project, dataset } = work;
    const both: [string, string] = [work.classes[0]?.id ?? "", work.classes[1]?.id ?? ""];
    const asked = { project, dataset, name: `A9 ${language}`, people: 2, samples: 3 };
    const url = process.env.STUDIO_E2E_URL ?? "";
    const together = await answeredTogether(api, url, asked, differingIn(both, 2, [0, 1, 2]));
    await page.goto(`/p/${project}/conflicts/${together.campaign}`);
    await onStage(page);
    await tryConflictKeys(bench, tried);
    await tryDrawKeys(bench, tried, async (task) => {
      const drawing = await makeDrawing(api, `A9 ${language} ${task}`, task);
      await page.goto(`/p/${drawing.project}/annotate/${drawing.campaign}`);
      await onStage(page);
    });
    const texts = await makeDataset(api, `A9 ${language} texts`, "ner", ["person", "place"]);
    const lines = Array.from({ length: 4 }, () => "Ada met Ben in London").join("\\n");
    await api.import(texts.dataset, Buffer.from(`{"name": "l", "text": "${lines}"}`), "lines.jsonl");
    await page.goto(`/p/${texts.project}/annotate/${await handedOut(api, texts.dataset)}`);
    await onText(page);
    await trySpanKeys(page, tried);
    const heard = await makeDataset(api, `A9 ${language} sounds`, "audio_classification", ["low", "high"]);
    await api.import(heard.dataset, sounds(), "tones.zip");
    await page.goto(`/p/${heard.project}/annotate/${await handedOut(api, heard.dataset)}`);
    await onText(page);
    const played = () => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.played.length);
    await changes(played, () => tried.press(page, "play", "sound"), "play");
    const marked = await makeDataset(api, `A9 ${language} regions`, "audio_events", ["low", "high"]);
    await api.import(marked.dataset, sounds(), "tones.zip");
    await page.goto(`/p/${marked.project}/annotate/${await handedOut(api, marked.dataset)}`);
    await onText(page);
    await tryRegionKeys(page, tried);
    const table = await makeDataset(api, `A9 ${language} rows`, "tabular_classification");
    await api.import(table.dataset, tableCsv(), "rows.csv");
    await page.goto(`/p/${table.project}/data?dataset=${table.dataset}`);
    await tryRowKeys(page, tried);
    await tryGalleryKeys(page, tried);
    await tryGlobalKeys(page, tried);
    expect(tried.untried).toEqual([]);
  });
}
