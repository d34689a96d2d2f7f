import { expect, test } from "@playwright/test";
import {
  areaOf,
  around,
  clickAll,
  drawnOn,
  holdThrough,
  makeDrawing,
  pixelsOf,
  placeOf,
  type Share,
} from "./support/drawing";
import { languagesOf, setLook, violations } from "./support/look";
import { admin, enter } from "./support/people";
import { png } from "./support/pictures";
import { expectStatus, onStage } from "./support/stage";
import { watch } from "./support/watch";

const MIDDLE: Share = [0.5, 0.5];

for (const language of languagesOf(import.meta.url)) {
  test(`A3: a polygon of forty points, taken back, holed, moved by a corner, all in one undo (${language})`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    const api = await admin();
    const work = await makeDrawing(api, `A3 ${language}`, "instance_segmentation");
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    const objects = page.getByRole("option");
    const outline = around(MIDDLE, 0.18, 40);
    await clickAll(page, outline);
    for (let n = 0; n < 3; n++) await page.keyboard.press("Backspace");
    for (let n = 0; n < 2; n++) await page.keyboard.press("Control+KeyZ");
    for (let n = 0; n < 2; n++) await page.keyboard.press("Control+Shift+KeyZ");
    await clickAll(page, outline.slice(-3));
    await expect(objects).toHaveCount(0);
    await page.keyboard.press("Enter");
    await expect(objects).toHaveCount(1);
    await expectStatus(page, "saved");
    const [whole] = await drawnOn(api, item);
    expect(whole?.kind).toBe("polygon");
    expect(whole?.polygon?.[0]).toHaveLength(40);

    await page.keyboard.press("KeyW");
    await clickAll(page, around(MIDDLE, 0.05, 4));
    await page.keyboard.press("Enter");
    await page.keyboard.press("KeyV");
    await holdThrough(page, [outline[0] ?? MIDDLE, [0.7, 0.5], [0.71, 0.5]]);
    await expectStatus(page, "saved");
    const [pulled] = await drawnOn(api, item);
    expect(pulled?.polygon).toHaveLength(2);
    const hole = areaOf([pulled?.polygon?.[1] ?? []]);
    const outer = areaOf([pulled?.polygon?.[0] ?? []]);
    expect(hole).toBeGreaterThan(0);
    expect(outer).toBeGreaterThan(areaOf(whole?.polygon ?? []));
    expect(areaOf(pulled?.polygon ?? [])).toBeCloseTo(outer - hole, 0);

    for (let n = 0; n < 3; n++) await page.keyboard.press("Control+KeyZ");
    await expect(objects).toHaveCount(0);
    for (let n = 0; n < 3; n++) await page.keyboard.press("Control+Shift+KeyZ");
    await expect(objects).toHaveCount(1);
    await page.keyboard.press("Enter");
    await expect(page.locator(`[data-item="${item}"]`)).toHaveCount(0);
    await expect.poll(async () => (await drawnOn(api, item))[0]?.polygon).toEqual(pulled?.polygon);
    expect(seen.take()).toEqual([]);
  });

  test(`A3: a stroke is a polygon, a neighbor shares its corner to the last digit (${language})`, async ({
    page,
  }) => {
    const api = await admin();
    const work = await makeDrawing(api, `A3 ${language} 2`, "instance_segmentation");
    await setLook(page, language);
    await enter(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    await holdThrough(page, around([0.42, 0.5], 0.08, 60));
    await expect(page.getByRole("option")).toHaveCount(1);
    const corner: Share = [0.55, 0.3];
    await clickAll(page, [corner, [0.65, 0.3], [0.6, 0.45]]);
    await page.keyboard.press("Enter");
    const to = await placeOf(page);
    const [x, y] = to(corner);
    await page.mouse.click(x + 3, y - 3);
    await clickAll(page, [
      [0.5, 0.15],
      [0.6, 0.15],
    ]);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("option")).toHaveCount(3);
    await expectStatus(page, "saved");
    const [stroke, one, other] = await drawnOn(api, item);
    expect(stroke?.polygon?.[0]?.length).toBeGreaterThan(8);
    expect(stroke?.polygon?.[0]?.length).toBeLessThan(60);
    expect(other?.polygon?.[0]?.[0]).toEqual(one?.polygon?.[0]?.[0]);
    expect(await violations(page)).toEqual([]);
  });

  test(`A3: turned boxes are drawn by three clicks and turned by a key (${language})`, async ({ page }) => {
    const api = await admin();
    const work = await makeDrawing(api, `A3 ${language} 3`, "object_detection");
    await setLook(page, language);
    await enter(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    await page.keyboard.press("KeyR");
    await clickAll(page, [
      [0.4, 0.4],
      [0.55, 0.3],
      [0.6, 0.45],
    ]);
    await expectStatus(page, "saved");
    const [drawn] = await drawnOn(api, item);
    const angle = drawn?.rotated?.[4] ?? 0;
    expect(drawn?.kind).toBe("rotated_box");
    expect(angle).toBeLessThan(-15);
    for (let n = 0; n < 5; n++) await page.keyboard.press("Shift+Period");
    await expect.poll(async () => (await drawnOn(api, item))[0]?.rotated?.[4]).toBeCloseTo(angle + 5, 1);
  });

  test(`A4: a mask of 4000 by 3000 is painted, rubbed out, filled and turned over (${language})`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    const api = await admin();
    const large = { name: "large.png", bytes: png(4000, 3000, 3), width: 4000, height: 3000 };
    const work = await makeDrawing(api, `A4 ${language}`, "semantic_segmentation", [large]);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    const mask = async () => (await drawnOn(api, item))[0]?.mask ?? { size: [0, 0] as const, counts: "" };
    const pixels = async () => {
      await expectStatus(page, "saved");
      return pixelsOf((await mask()) as { size: [number, number]; counts: string });
    };
    await page.keyboard.press("KeyM");
    for (let n = 0; n < 8; n++) await page.keyboard.press("BracketRight");
    const ring = around(MIDDLE, 0.15, 40);
    await holdThrough(page, [...ring, ring[0] ?? MIDDLE]);
    await expect(page.getByRole("option")).toHaveCount(1);
    const painted = await pixels();
    for (let n = 0; n < 5; n++)
      await holdThrough(page, [
        [0.4 + n * 0.04, 0.2],
        [0.42 + n * 0.04, 0.2],
      ]);
    expect(await pixels()).toBeGreaterThan(painted);
    for (let n = 0; n < 5; n++) await page.keyboard.press("Control+KeyZ");
    await expect.poll(pixels).toBe(painted);
    await page.keyboard.press("Shift+KeyW");
    await expect.poll(pixels).toBeGreaterThan(painted * 2);
    const full = await pixels();
    await page.keyboard.press("KeyE");
    await holdThrough(page, [MIDDLE, [0.52, 0.5]]);
    await expect.poll(pixels).toBeLessThan(full);
    const holed = await pixels();

    await page.keyboard.press("Backslash");
    await expect.poll(async () => (await drawnOn(api, item))[0]?.kind).toBe("polygon");
    await expectStatus(page, "saved");
    await page.keyboard.press("Backslash");
    await expect.poll(async () => (await drawnOn(api, item))[0]?.kind).toBe("mask");
    expect(Math.abs((await pixels()) / holed - 1)).toBeLessThan(0.01);
    const costs = await strokeCosts(page);
    console.log(`A4 ${language}: a move of the brush takes ${costs.toFixed(1)} ms at the median`);
    expect(costs).toBeLessThan(16);
    expect(seen.take()).toEqual([]);
  });

  test(`A5: key points by keyboard alone, one hidden, one not there (${language})`, async ({ page }) => {
    const api = await admin();
    const work = await makeDrawing(api, `A5 ${language}`, "keypoints");
    await setLook(page, language);
    await enter(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    await page.keyboard.press("KeyK");
    for (let n = 0; n < 4; n++) await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Period");
    await page.keyboard.press("Comma");
    for (let n = 0; n < 4; n++) await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("option")).toHaveCount(1);
    await expectStatus(page, "saved");
    const [drawn] = await drawnOn(api, item);
    expect(drawn?.keypoints?.map((joint) => joint[2])).toEqual([1, 0, 2]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("KeyJ");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Semicolon");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Enter");
    await expect(page.locator(`[data-item="${item}"]`)).toHaveCount(0);
    await expect
      .poll(async () => (await drawnOn(api, item))[0]?.keypoints?.map((joint) => joint[2]))
      .toEqual([1, 2, 2]);
    expect(await violations(page)).toEqual([]);
  });
}

/** Milliseconds of the page's own work for one move of a held brush, at the median. */
async function strokeCosts(page: import("@playwright/test").Page): Promise<number> {
  return page.evaluate(async () => {
    const stage = document.querySelector("[data-stage]");
    if (!stage) return 0;
    const { left, top, width, height } = stage.getBoundingClientRect();
    const send = (type: string, share: number) =>
      stage.dispatchEvent(
        new PointerEvent(type, {
          clientX: left + width * (0.35 + share * 0.3),
          clientY: top + height * (0.5 + 0.1 * Math.sin(share * 9)),
          pointerId: 1,
          bubbles: true,
        }),
      );
    stage.setPointerCapture = () => undefined;
    const costs: number[] = [];
    send("pointerdown", 0);
    for (let n = 0; n < 60; n++) {
      const began = performance.now();
      send("pointermove", n / 60);
      costs.push(performance.now() - began);
      await new Promise((done) => requestAnimationFrame(done));
    }
    send("pointerup", 1);
    return costs.sort((a, b) => a - b)[30] ?? 0;
  });
}

for (const language of languagesOf(import.meta.url)) {
  test(`A3: polygons are parted, merged and cut along their neighbor, nothing is lost on the way (${language})`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    const api = await admin();
    const work = await makeDrawing(api, `A3 ${language} 3`, "instance_segmentation");
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto(`/p/${work.project}/annotate/${work.campaign}`);
    const item = await onStage(page);
    const objects = page.getByRole("option");
    const square = (x: number, y: number): Share[] => [
      [x, y],
      [x + 0.1, y],
      [x + 0.1, y + 0.2],
      [x, y + 0.2],
    ];
    const total = async () =>
      (await drawnOn(api, item)).reduce((sum, { polygon }) => sum + areaOf(polygon ?? []), 0);
    await clickAll(page, square(0.4, 0.3));
    await page.keyboard.press("Enter");
    await expectStatus(page, "saved");
    const whole = await total();

    await page.keyboard.press("Shift+KeyX");
    await clickAll(page, [
      [0.38, 0.4],
      [0.52, 0.4],
    ]);
    await page.keyboard.press("Enter");
    await expect(objects).toHaveCount(2);
    await expectStatus(page, "saved");
    expect(Math.abs((await total()) - whole)).toBeLessThan(whole / 500);
    await page.getByRole("button", { name: /^(Merge into one|合并为一个)/ }).click();
    await expect(objects).toHaveCount(1);
    await expectStatus(page, "saved");
    expect(Math.abs((await total()) - whole)).toBeLessThan(whole / 500);

    await page.keyboard.press("Escape");
    await page.keyboard.press("KeyP");
    await clickAll(page, square(0.45, 0.25));
    await page.keyboard.press("Enter");
    await expect(objects).toHaveCount(2);
    await page.keyboard.press("Shift+KeyO");
    await expectStatus(page, "saved");
    await expect.poll(total).toBeLessThan(2 * whole - whole / 4);
    const [first, second] = await drawnOn(api, item);
    // The corner of the neighbor that was under it is a corner of both now.
    const own = new Set((first?.polygon ?? []).flat().map(String));
    expect((second?.polygon ?? []).flat().filter((point) => own.has(String(point))).length).toBeGreaterThan(
      0,
    );
    for (let n = 0; n < 4; n++) await page.keyboard.press("Control+KeyZ");
    await expect(objects).toHaveCount(1);
    await expectStatus(page, "saved");
    expect(await total()).toBeCloseTo(whole, 1);
    expect(await violations(page)).toEqual([]);
    expect(seen.take()).toEqual([]);
  });
}
