import { expect, type Page } from "@playwright/test";
import type { Api } from "./api";
import { type LabelClass, type NewClass, seedBoxes } from "./seed";

export interface Box {
  id: string;
  label: string;
  box: [number, number, number, number];
}

interface Answer {
  revision: number;
  state: string | null;
  shapes: Box[];
}

/** Wait until a picture is painted on the stage; answers its item. */
export async function onStage(page: Page): Promise<string> {
  await expect(page.locator("[data-item] canvas").first()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/Fetching the next sample|正在获取下一个样本/)).toHaveCount(0, {
    timeout: 30_000,
  });
  return (await page.locator("[data-item]").getAttribute("data-item")) ?? "";
}

/** Wait until a text or a recording is on the stage; answers its item. */
export async function onText(page: Page): Promise<string> {
  await expect(page.locator("[data-stage] [data-at], [data-stage] audio").first()).toBeVisible({
    timeout: 30_000,
  });
  return (await page.locator("[data-item]").getAttribute("data-item")) ?? "";
}

/** What the status line says: saved, saving, device or conflict. */
export async function statusOf(page: Page): Promise<string> {
  return (await page.locator("[data-status]").getAttribute("data-status")) ?? "";
}

export async function expectStatus(page: Page, status: string): Promise<void> {
  await expect(page.locator("[data-status]")).toHaveAttribute("data-status", status, { timeout: 30_000 });
}

/** Drag on the stage, from one corner to the other, in shares of the stage. */
export async function drawBox(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const stage = await page.locator("[data-stage]").boundingBox();
  if (!stage) throw new Error("no stage");
  const at = ([x, y]: readonly [number, number]) =>
    [stage.x + stage.width * x, stage.y + stage.height * y] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

/** The n-th box of a grid of 10 columns over the middle of the stage, which every picture covers. */
export async function drawNth(page: Page, n: number, rows = 6): Promise<void> {
  const [column, row] = [n % 10, Math.floor(n / 10)];
  const [x, y] = [0.3 + column * 0.04, 0.08 + (row * 0.84) / rows];
  await drawBox(page, [x, y], [x + 0.03, y + 0.6 / rows]);
}

/** The one answer to an item, as the server holds it. */
export async function answerTo(api: Api, item: string): Promise<Answer> {
  const { annotation } = await api.get<{ annotation: Answer }>(`items/${item}/`);
  return annotation;
}

export interface Work {
  project: string;
  campaign: string;
  dataset: string;
  classes: readonly LabelClass[];
}

/** A project of its own with photos, by default four classes, and an open task of drawing boxes. */
export async function makeWork(api: Api, name: string, classes?: readonly NewClass[]): Promise<Work> {
  const project = await api.post<{ id: string }>("projects/", { name });
  const boxes = await seedBoxes(api, project.id, name, classes);
  const { label_schema } = await api.get<{ label_schema: { classes: LabelClass[] } }>(
    `datasets/${boxes.dataset}/`,
  );
  return { project: project.id, campaign: boxes.id, dataset: boxes.dataset, classes: label_schema.classes };
}

/** An open task about all of a data set, for everybody; with `review` all answers are reviewed. */
export async function handedOut(api: Api, dataset: string, review = 0): Promise<string> {
  const { id } = await api.post<{ id: string }>("campaigns/", {
    dataset,
    name: "Handed out",
    selection: { filter: "all" },
    assignees: [],
    overlap: 1,
    review: { rate: review },
    guideline: "",
  });
  return id;
}
