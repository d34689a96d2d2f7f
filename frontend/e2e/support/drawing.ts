import type { Page } from "@playwright/test";
import type { Api } from "./api";
import { photos } from "./archive";
import { zip } from "./pictures";
import type { LabelClass } from "./seed";
import type { Work } from "./stage";

/** Points of a face, as a COCO file says them; lines from 1. */
const FACE = {
  keypoints: ["left eye", "right eye", "mouth"],
  skeleton: [
    [1, 3],
    [2, 3],
  ],
};

export interface Drawn {
  id: string;
  kind: string;
  label: string;
  box: number[];
  polygon?: [number, number][][];
  polyline?: [number, number][];
  rotated?: number[];
  keypoints?: [number, number, number][];
  mask?: { size: [number, number]; counts: string };
}

/** A project of its own with a few photos, or these pictures, and an open task of drawing on them. */
export async function makeDrawing(
  api: Api,
  name: string,
  task: string,
  pictures?: readonly { name: string; bytes: Buffer; width: number; height: number }[],
): Promise<Work> {
  const files =
    pictures ??
    photos()
      .slice(0, 4)
      .map(({ bytes }, at) => ({ name: `photo-${at}.jpg`, bytes, width: 192, height: 192 }));
  const images = files.map((one, at) => ({
    id: at + 1,
    file_name: one.name,
    width: one.width,
    height: one.height,
  }));
  const categories = ["cat", "rocket"].map((each, at) => ({
    id: at + 1,
    name: each,
    ...(task === "keypoints" ? FACE : {}),
  }));
  const { id: project } = await api.post<{ id: string }>("projects/", { name });
  const { id: dataset } = await api.post<{ id: string }>("datasets/", {
    project,
    name,
    modality: "image",
    task,
  });
  const about = Buffer.from(JSON.stringify({ images, annotations: [], categories }));
  await api.import(dataset, zip([{ name: "annotations.json", bytes: about }, ...files]));
  const { id: campaign } = await api.post<{ id: string }>("campaigns/", {
    dataset,
    name,
    selection: { filter: "all" },
    assignees: [],
    review: { rate: 1 },
    guideline: "",
  });
  const { label_schema } = await api.get<{ label_schema: { classes: LabelClass[] } }>(`datasets/${dataset}/`);
  return { project, dataset, campaign, classes: label_schema.classes };
}

/** The shapes of the answer to an item, as the server holds them. */
export async function drawnOn(api: Api, item: string): Promise<Drawn[]> {
  const { annotation } = await api.get<{ annotation: { shapes: Drawn[] } }>(`items/${item}/`);
  return annotation.shapes;
}

export type Share = readonly [x: number, y: number];

/** Click here and there, in shares of the stage. */
export async function clickAll(page: Page, places: readonly Share[]): Promise<void> {
  const to = await placeOf(page);
  for (const place of places) {
    await page.mouse.move(...to(place));
    await page.mouse.click(...to(place));
  }
}

/** Hold and draw through these places. */
export async function holdThrough(page: Page, places: readonly Share[]): Promise<void> {
  const to = await placeOf(page);
  const [first = [0.5, 0.5], ...rest] = places;
  await page.mouse.move(...to(first));
  await page.mouse.down();
  for (const place of rest) await page.mouse.move(...to(place));
  await page.mouse.up();
}

/** From shares of the stage to the window. */
export async function placeOf(page: Page): Promise<(place: Share) => [number, number]> {
  const stage = await page.locator("[data-stage]").boundingBox();
  if (!stage) throw new Error("no stage");
  return ([x, y]) => [stage.x + stage.width * x, stage.y + stage.height * y];
}

/** Places around a middle, a whole turn of them. */
export function around([x, y]: Share, radius: number, count: number): Share[] {
  return Array.from({ length: count }, (_, at): Share => {
    const angle = (at / count) * 2 * Math.PI;
    return [x + radius * Math.cos(angle), y + radius * 1.5 * Math.sin(angle)];
  });
}

/** What a polygon fills when none of its rings crosses another: the largest minus the others in it. */
export function areaOf(rings: readonly (readonly [number, number])[][]): number {
  const areas = rings.map((ring) =>
    Math.abs(
      ring.reduce((sum, [x, y], at) => {
        const [nx, ny] = ring[(at + 1) % ring.length] ?? [x, y];
        return sum + (x * ny - nx * y) / 2;
      }, 0),
    ),
  );
  return 2 * Math.max(...areas) - areas.reduce((sum, area) => sum + area, 0);
}

/** How many pixels a mask sets: every second run. */
export function pixelsOf({ counts }: NonNullable<Drawn["mask"]>): number {
  return runsOf(counts).reduce((sum, run, at) => sum + (at % 2 ? run : 0), 0);
}

function runsOf(text: string): number[] {
  const runs: number[] = [];
  let [value, shift] = [0, 0];
  for (const sign of text) {
    const bits = sign.charCodeAt(0) - 48;
    value += (bits & 31) * 2 ** shift;
    shift += 5;
    if (bits & 32) continue;
    if (bits & 16) value -= 2 ** shift;
    runs.push(value + (runs.length > 2 ? (runs.at(-2) ?? 0) : 0));
    [value, shift] = [0, 0];
  }
  return runs;
}
