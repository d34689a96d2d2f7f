import { expect, type Page } from "@playwright/test";
import { Api } from "./api";
import type { Seed } from "./seed";

export const ADMIN = {
  username: process.env.STUDIO_E2E_USERNAME ?? "admin",
  password: process.env.STUDIO_E2E_PASSWORD ?? "correct-horse-battery",
};

/** The project that every page can be shown with. */
export function seeded(): Seed {
  return JSON.parse(process.env.STUDIO_E2E_SEED ?? "{}");
}

/** The administrator's API. */
export function admin(): Promise<Api> {
  return Api.signIn(process.env.STUDIO_E2E_URL ?? "", ADMIN.username, ADMIN.password);
}

/** Sign in without the page, for journeys that are not about signing in. */
export async function enter(page: Page, who: { username: string; password: string } = ADMIN): Promise<void> {
  await page.request.get("/api/v1/auth/session");
  const { cookies } = await page.request.storageState();
  const token = cookies.find((cookie) => cookie.name.endsWith("csrftoken"))?.value ?? "";
  const response = await page.request.post("/api/v1/auth/login", {
    data: who,
    headers: { "X-CSRFToken": token, Referer: process.env.STUDIO_E2E_URL ?? "" },
  });
  expect(response.ok(), await response.text()).toBe(true);
}
