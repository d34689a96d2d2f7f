import { expect, type Page } from "@playwright/test";
import type { Language } from "./look";
import { seeded } from "./people";
import { SEED_NAME } from "./seed";
import { wordsOf } from "./words";

/** Something that opens over a page: where, by what, and in which shape. */
export interface Overlay {
  path: string;
  open: (page: Page) => Promise<void>;
  /** A sheet holds the focus until it is closed; a menu or a small panel lets it go. */
  shape: "sheet" | "panel";
  /** Escape does something else first, or it is no dialog. */
  isQuiet?: boolean;
  /** The page behind it needs room: there is none on a phone. */
  isWide?: boolean;
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).first().click();

/** The menu of the column `price`, and an entry of it. */
async function ofColumn(page: Page, language: Language, entry?: string): Promise<void> {
  const [label = ""] = wordsOf(language).tables.columnMenu.replace("{{name}}", "price").split("{{kind}}");
  await page.locator(`button[aria-label^="${label}"]`).click();
  if (entry) await page.getByRole("menuitem", { name: entry }).click();
}

async function firstChosen(page: Page): Promise<void> {
  await page.locator("tbody input[type=checkbox]").first().click();
}

async function firstRow(page: Page): Promise<void> {
  await page.locator("[data-row-check]").first().click();
}

const sheet = (path: string, open: Overlay["open"]): Overlay => ({ path, open, shape: "sheet" });
const panel = (path: string, open: Overlay["open"]): Overlay => ({ path, open, shape: "panel" });

/** What opens over every page. */
function everywhere(language: Language): Record<string, Overlay> {
  const { app } = wordsOf(language);
  return {
    palette: sheet("/", (page) => page.keyboard.press("Control+k")),
    keys: sheet("/", (page) => button(page, app.navKeys)),
    "jobs-tray": panel("/", (page) => button(page, app.jobs)),
    look: panel("/", (page) => button(page, app.look)),
    projects: panel("/", (page) => page.getByTitle(app.switchProject).first().click()),
    account: panel("/", (page) => page.locator("header button[aria-haspopup=menu]").last().click()),
  };
}

/** What opens over the pages of a data set. */
function ofData(language: Language): Record<string, Overlay> {
  const { app, data, tables } = wordsOf(language);
  const made = seeded();
  const project = `/p/${made.project}`;
  const pictures = `${project}/data?dataset=${made.dataset}`;
  const rows = `${project}/data?dataset=${made.table}`;
  const listed = `${pictures}&view=table`;
  const chosenThen = (name: string) => async (page: Page) => {
    await firstChosen(page);
    await button(page, name);
  };
  return {
    "new-dataset": sheet(pictures, (page) => button(page, data.newDataset)),
    "filter-offers": {
      path: pictures,
      shape: "panel",
      isQuiet: true,
      open: async (page) => {
        await page.getByRole("combobox", { name: data.filter, exact: true }).focus();
        await page.keyboard.type("finding:");
        await expect(page.locator("[role=option]").first()).toBeVisible();
      },
    },
    views: panel(pictures, (page) => button(page, data.views)),
    "view-keep": sheet(pictures, async (page) => {
      await button(page, data.views);
      await button(page, data.viewSave);
    }),
    columns: panel(listed, (page) => button(page, data.columns)),
    selection: { ...panel(listed, firstChosen), isQuiet: true },
    "set-class": panel(listed, chosenThen(data.setClass)),
    "class-add": panel(`${project}/data?dataset=${made.tagged}&view=table`, chosenThen(data.label_add)),
    "samples-delete": sheet(listed, chosenThen(data.deleteThese)),
    "samples-tag": sheet(listed, chosenThen(data.tagThese)),
    "samples-label": sheet(listed, chosenThen(data.labelThese)),
    "texts-delete": sheet(`${project}/data?dataset=${made.texts}&view=table`, chosenThen(data.deleteThese)),
    sample: sheet(pictures, (page) => page.locator("button:has(> img)").first().click()),
    "rows-chosen": { ...panel(rows, firstRow), isQuiet: true },
    "rows-set": sheet(rows, async (page) => {
      await firstRow(page);
      await button(page, tables.setValue);
    }),
    "rows-delete": sheet(rows, async (page) => {
      await firstRow(page);
      await button(page, tables.deleteRows);
    }),
    "column-menu": panel(rows, (page) => ofColumn(page, language)),
    "column-filter": sheet(rows, (page) => ofColumn(page, language, tables.filter)),
    "column-rename": sheet(rows, (page) => ofColumn(page, language, tables.rename)),
    "column-drawer": sheet(rows, (page) => ofColumn(page, language, tables.details)),
    "add-step": sheet(`${project}/augment?dataset=${made.dataset}`, (page) => button(page, app.stepAdd)),
  };
}

/** What opens over the other pages of a project, and over one's own. */
function ofProject(language: Language): Record<string, Overlay> {
  const { campaigns, endpoints, labels, me, projects, workload } = wordsOf(language);
  const made = seeded();
  const project = `/p/${made.project}`;
  const endpoint = `/endpoints/${made.endpoint}`;
  return {
    invite: sheet(`${project}/members`, (page) => button(page, projects.invite)),
    "project-delete": sheet(`${project}/settings`, (page) => button(page, projects.deleteDo)),
    "paste-classes": sheet(`${project}/labels?dataset=${made.dataset}`, (page) => button(page, labels.paste)),
    move: sheet(`${project}/workload/${made.boxes}`, (page) => button(page, workload.moveOfPool)),
    prelabels: sheet(`${project}/tasks`, async (page) => {
      await page.getByRole("main").getByRole("button", { name: SEED_NAME }).click();
      await page.getByRole("menuitem", { name: campaigns.prelabels }).click();
      await expect(page.getByRole("dialog").getByRole("combobox").first()).toBeVisible();
    }),
    skip: {
      ...sheet(`${project}/annotate/${made.boxes}`, (page) => page.keyboard.press("s")),
      isWide: true,
    },
    deploy: sheet(endpoint, (page) => button(page, endpoints.deployOther)),
    "endpoint-menu": panel(endpoint, (page) => button(page, endpoints.more)),
    "endpoint-delete": sheet(endpoint, async (page) => {
      await button(page, endpoints.more);
      await page.getByRole("menuitem", { name: endpoints.delete }).click();
    }),
    "endpoint-key": sheet(`${endpoint}?tab=keys`, (page) => button(page, endpoints.newKey)),
    token: sheet("/me", (page) => button(page, me.newToken)),
    "token-revoke": sheet("/me", (page) => button(page, me.revoke)),
  };
}

/** Every dialog, drawer, menu and small panel that can be opened without changing anything. */
export function overlays(language: Language): Record<string, Overlay> {
  return { ...everywhere(language), ...ofData(language), ...ofProject(language) };
}
