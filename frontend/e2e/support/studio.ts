import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { ADMIN } from "./people";
import { png, zip } from "./pictures";

export interface Labeling {
  project: string;
  dataset: string;
  campaign: string;
  classes: { id: string; name: string }[];
}

async function csrf(api: APIRequestContext): Promise<string> {
  const { cookies } = await api.storageState();
  return cookies.find((cookie) => cookie.name.endsWith("csrftoken"))?.value ?? "";
}

export async function call<T>(
  page: Page,
  method: "GET" | "POST" | "PUT" | "PATCH",
  path: string,
  data?: unknown,
): Promise<T> {
  const headers = { "X-CSRFToken": await csrf(page.request), Referer: page.url() };
  const response = await page.request.fetch(`/api/v1/${path}`, {
    method,
    headers,
    ...(data === undefined ? {} : { data }),
  });
  expect(response.ok(), `${method} ${path}: ${response.status()} ${await response.text()}`).toBe(true);
  return JSON.parse((await response.text()) || "null");
}

/** Sign in by the page, as a person would, in this language. */
export async function signIn(
  page: Page,
  language: "en" | "zh-Hans" = "en",
  theme: "light" | "dark" = "light",
): Promise<void> {
  await page.addInitScript((look) => localStorage.setItem("studio.look", JSON.stringify(look)), {
    language,
    theme,
  });
  await page.goto("/login");
  await page.locator('input[autocomplete="username"]').fill(ADMIN.username);
  await page.locator('input[type="password"]').fill(ADMIN.password);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL((url) => url.pathname === "/");
}

async function finished(page: Page, job: string): Promise<void> {
  await expect
    .poll(async () => (await call<{ state: string }>(page, "GET", `jobs/${job}/`)).state, {
      timeout: 60_000,
      intervals: [500],
    })
    .toBe("succeeded");
}

/** A fresh project with pictures, four classes and an open task for whoever is signed in. */
export async function makeLabeling(
  page: Page,
  task: "object_detection" | "image_classification",
  pictures: number,
  size: readonly [number, number] = [800, 600],
): Promise<Labeling> {
  const name = `e2e ${Date.now()}`;
  const project = await call<{ id: string }>(page, "POST", "projects/", { name });
  const dataset = await call<{ id: string }>(page, "POST", "datasets/", {
    project: project.id,
    name,
    modality: "image",
    task,
    label_schema: { classes: ["cat", "dog", "bird", "car"].map((one) => ({ name: one })) },
  });
  const files = Array.from({ length: pictures }, (_, seed) => ({
    name: `p${String(seed).padStart(3, "0")}.png`,
    bytes: png(size[0], size[1], seed),
  }));
  const response = await page.request.post(`/api/v1/datasets/${dataset.id}/imports/`, {
    headers: { "X-CSRFToken": await csrf(page.request), Referer: page.url() },
    multipart: { file: { name: "pictures.zip", mimeType: "application/zip", buffer: zip(files) } },
  });
  expect(response.status(), await response.text()).toBe(202);
  await finished(page, (await response.json()).job.id);
  const { label_schema } = await call<{ label_schema: { classes: { id: string; name: string }[] } }>(
    page,
    "GET",
    `datasets/${dataset.id}/`,
  );
  const campaign = await call<{ id: string }>(page, "POST", "campaigns/", {
    dataset: dataset.id,
    name,
    selection: { filter: "all" },
    assignees: [],
    guideline: "# What counts\n\n- Every **cat**.",
  });
  return { project: project.id, dataset: dataset.id, campaign: campaign.id, classes: label_schema.classes };
}

/** Wait until a picture stands on the stage; answers its item. */
export async function onStage(page: Page): Promise<string> {
  await expect(page.locator("[data-item]")).toBeVisible();
  await expect(page.getByText(/Fetching the next picture|正在获取下一张图片/)).toHaveCount(0, {
    timeout: 20_000,
  });
  return (await page.locator("[data-item]").getAttribute("data-item")) ?? "";
}
