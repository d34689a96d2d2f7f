import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import { LANGUAGES, type Language, setLook } from "./support/look";
import { admin, enter, seeded } from "./support/people";
import { watch } from "./support/watch";

const PASSWORD = "a-long-enough-secret";
const ROLES = ["annotator", "reviewer", "viewer", "modeler", "manager"] as const;
type Role = (typeof ROLES)[number];

/** Pages of the project's bar that a role finds, by the end of their address. */
const ANNOTATOR = ["", "/tasks"];
const READER = ["", "/data", "/labels", "/tasks", "/versions", "/runs", "/models", "/endpoints", "/members"];
const BAR: Readonly<Record<Role, readonly string[]>> = {
  annotator: ANNOTATOR,
  reviewer: READER,
  viewer: READER,
  modeler: READER,
  manager: READER,
};
/** A page that is there for managers, curators or trainers only, and a role that must not be led to it. */
const CLOSED: Readonly<Record<Role, readonly string[]>> = {
  annotator: [
    "/data",
    "/members",
    "/settings",
    "/train/new",
    "/conflicts/:id",
    "/agreement/:id",
    "/workload/:id",
  ],
  reviewer: ["/settings", "/versions/new", "/tasks/new", "/train/new"],
  viewer: ["/settings", "/versions/new", "/tasks/new", "/train/new", "/conflicts/:id", "/agreement/:id"],
  modeler: ["/settings", "/conflicts/:id", "/agreement/:id"],
  manager: [],
};
/** A page that a role must be led to, as there is something to do on it. */
const OPEN: Readonly<Partial<Record<Role, readonly string[]>>> = {
  reviewer: ["/conflicts/:id", "/agreement/:id", "/workload/:id"],
  manager: ["/conflicts/:id", "/agreement/:id", "/workload/:id"],
};
/** Whom every link is followed for: what a role is led to does not depend on the language. */
const FOLLOWED: Readonly<Record<Language, readonly Role[]>> = { en: ROLES, "zh-Hans": ["annotator"] };
const UUID = /[0-9a-f]{8}-[0-9a-f-]{27}/g;

/** The links of a page, one for each kind of address. */
async function linksOf(page: Page): Promise<string[]> {
  const hrefs = await page
    .locator('a[href^="/"]')
    .evaluateAll((links) => links.flatMap((link) => link.getAttribute("href") ?? []));
  return hrefs.filter((href) => !href.startsWith("/admin/") && !href.startsWith("/media/"));
}

const kindOf = (href: string) => (href.split("?")[0] ?? "").replace(UUID, ":id");

/** Follow every link from here, once for each kind of page; answers the kinds seen and what was refused. */
async function crawl(page: Page, from: string[]): Promise<{ kinds: Set<string>; refused: string[] }> {
  const kinds = new Set(from.map(kindOf));
  const refused: string[] = [];
  const waiting = [...from];
  let at = "";
  page.on("response", (response) => {
    const isOurs = response.url().includes("/api/v1/");
    if (isOurs && [403, 404].includes(response.status())) refused.push(`${at}: ${response.url()}`);
  });
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    at = next;
    if (next.startsWith("/api/")) {
      // A file to keep, not a page: it must come, too.
      if (!(await page.request.get(next)).ok()) refused.push(`${at}: a file`);
      continue;
    }
    await page.goto(next);
    await expect(page.locator("h1, h2").first()).toBeVisible({ timeout: 30_000 });
    await expect(page.locator("[class*=_skeleton]")).toHaveCount(0, { timeout: 30_000 });
    for (const href of await linksOf(page)) {
      if (kinds.has(kindOf(href))) continue;
      kinds.add(kindOf(href));
      waiting.push(href);
    }
  }
  return { kinds, refused };
}

async function join(browser: Browser, link: string, language: Language): Promise<BrowserContext> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await setLook(page, language);
  await page.goto(link);
  await page.locator('input[autocomplete="new-password"]').nth(0).fill(PASSWORD);
  await page.locator('input[autocomplete="new-password"]').nth(1).fill(PASSWORD);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL((url) => url.pathname === "/");
  await page.close();
  return context;
}

/** Every link that this role finds opens, and none leads to what is not for it. */
async function isLedRight(
  context: BrowserContext,
  role: Role,
  language: Language,
  from: string[],
): Promise<void> {
  const page = await context.newPage();
  await setLook(page, language);
  const { kinds, refused } = await crawl(page, from);
  expect(refused, role).toEqual([]);
  const inside = [...kinds].filter((kind) => kind.startsWith("/p/:id")).map((kind) => kind.slice(6));
  expect(inside, role).toEqual(expect.arrayContaining([...BAR[role], ...(OPEN[role] ?? [])]));
  expect(
    inside.filter((kind) => CLOSED[role].includes(kind)),
    role,
  ).toEqual([]);
}

for (const language of LANGUAGES) {
  test(`P1: five people by CSV, each of whom is led only to pages that open (${language})`, async ({
    page,
    browser,
  }) => {
    test.setTimeout(300_000);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    await page.goto("/projects/new");
    await page.locator('input[name="name"]').fill(`P1 ${language}`);
    await page.getByRole("radio").nth(1).check();
    await page.locator('button[type="submit"]').click();
    await page.waitForURL(/\/p\/[^/]+\/data\/import/);
    const project = new URL(page.url()).pathname.split("/")[2] ?? "";

    await page.goto(`/p/${project}/members`);
    await page.getByRole("button", { name: /^(Invite people|邀请成员)$/ }).click();
    const dialog = page.getByRole("dialog");
    const stamp = Date.now();
    const csv = ROLES.map((role) => `${role}-${stamp},${role}`).join("\n");
    await dialog.getByRole("textbox").first().fill(csv);
    await dialog.getByRole("button", { name: /^(Make links|生成邀请链接)$/ }).click();
    await expect(dialog.locator("code")).toHaveCount(ROLES.length);
    const links = await dialog.locator("code").allTextContents();
    expect(seen.take()).toEqual([]);

    const api = await admin();
    const filled = seeded().project;
    for (const [n, role] of ROLES.entries()) {
      const context = await join(browser, links[n] ?? "", language);
      if (FOLLOWED[language].includes(role)) {
        const member = `projects/${filled}/members/${role}-${stamp}/`;
        await api.put(member, { role });
        await isLedRight(context, role, language, [`/p/${filled}`, "/", `/p/${project}?`]);
        await api.delete(member);
      }
      await context.close();
    }
    const { results } = await api.get<{ results: { username: string; role: string }[] }>(
      `projects/${project}/members/`,
    );
    const roles = Object.fromEntries(results.map((one) => [one.username, one.role]));
    for (const role of ROLES) expect(roles[`${role}-${stamp}`]).toBe(role);
  });
}
