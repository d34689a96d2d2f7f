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

/** Somebody new with this role in the project; the invitation is accepted in this tab. */
export async function invited(page: Page, api: Api, project: string, role: string): Promise<typeof ADMIN> {
  const who = { username: `${role}-${Date.now()}`, password: "a-long-enough-secret" };
  const [made] = await api.post<{ link: string }[]>(`projects/${project}/invitations/`, {
    people: [{ username: who.username, role }],
  });
  await send(page, `auth/invitations/${made?.link.split("/").at(-1)}`, { password: who.password });
  return who;
}

/** Sign in without the page, for journeys that are not about signing in. */
export async function enter(page: Page, who: { username: string; password: string } = ADMIN): Promise<void> {
  await send(page, "auth/login", who);
}

/** Post to the API as the page would, before anybody is signed in. */
async function send(page: Page, path: string, data: unknown): Promise<void> {
  await page.request.get("/api/v1/auth/session");
  const { cookies } = await page.request.storageState();
  const token = cookies.find((cookie) => cookie.name.endsWith("csrftoken"))?.value ?? "";
  const response = await page.request.post(`/api/v1/${path}`, {
    data,
    headers: { "X-CSRFToken": token, Referer: process.env.STUDIO_E2E_URL ?? "" },
  });
  expect(response.ok(), await response.text()).toBe(true);
}
