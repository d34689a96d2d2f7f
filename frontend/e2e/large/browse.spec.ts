import { expect, type Page, test } from "@playwright/test";
import { LANGUAGES, paintIn, setLook, THEMES, violations } from "../support/look";
import { admin, enter, invited } from "../support/people";
import { stopwatch } from "../support/stopwatch";
import { watch } from "../support/watch";

/** A data set that scripts/journeys.py filled: of each class so many objects are less sure than the limit. */
const { project, dataset, samples, chosen, label, below } = JSON.parse(
  process.env.STUDIO_E2E_FILLED ?? "{}",
) as { project: string; dataset: string; samples: number; chosen: number; label: string; below: number };
const QUERY = `label:${label} score<${below}`;

const filterOf = (page: Page) => page.getByRole("combobox", { name: /^(Filter|筛选条件)$/ });

for (const language of LANGUAGES) {
  test(`D2: among ${samples} pictures ${chosen} are filtered by class and confidence, kept and labeled (${language})`, async ({
    page,
    browser,
  }) => {
    test.setTimeout(300_000);
    const number = (value: number) => new Intl.NumberFormat(language).format(value);
    const counted = (value: number) => page.getByText(new RegExp(`^${number(value)} (pictures|张图片)$`));
    const api = await admin();
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    const home = `/p/${project}/data`;
    const took = stopwatch(`D2 ${language}, ${samples} pictures`);
    await page.goto(`${home}?dataset=${dataset}`);
    await expect(counted(samples)).toBeVisible();
    took("opened");

    await filterOf(page).fill(QUERY);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/q=label/);
    await expect(counted(chosen)).toBeVisible();
    took("filtered by class and confidence");
    await page.getByText(/^(Table|表格)$/).click();
    await expect(page.locator("tbody button").first()).toBeVisible();
    const names = await page.locator("tbody button").allInnerTexts();
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    took("as a table, in both themes");

    const view = `Unsure ${language}`;
    await page.getByRole("button", { name: /^(Views|视图)$/ }).click();
    await page.getByRole("button", { name: /^(Keep this view|保存此视图)$/ }).click();
    await page.getByRole("textbox", { name: /^(Name|名称)$/ }).fill(view);
    await page.getByRole("button", { name: /^(Keep|保存)$/ }).click();
    const address = page.url();
    await page.goto(`${home}?dataset=${dataset}`);
    await page.getByRole("button", { name: /^(Views|视图)$/ }).click();
    await page.getByRole("button", { name: view, exact: true }).click();
    await expect(filterOf(page)).toHaveValue(QUERY);
    took("view kept and opened");

    const other = await browser.newPage();
    await setLook(other, language);
    await enter(other, await invited(other, api, project, "viewer"));
    took("somebody invited");
    await other.goto(address);
    await expect(other.locator("tbody button").first()).toBeVisible();
    expect(await other.locator("tbody button").allInnerTexts()).toEqual(names);
    await other.close();
    took("the address opened by somebody else");

    await page.goto(address);
    await page.locator("tbody input[type=checkbox]").first().click();
    const all = `(?:${chosen}|${number(chosen)})`;
    await page.getByRole("button", { name: new RegExp(`^(Select all ${all} |选择全部 ${all} )`) }).click();
    await page.getByRole("button", { name: /^(Label these|标注所选)/ }).click();
    await page.getByRole("dialog").getByRole("textbox").fill(`Unsure ones ${language}`);
    await page.getByRole("button", { name: /^(Make task and start|创建并开始)$/ }).click();
    await page.waitForURL(/\/annotate\//, { timeout: 120_000 });
    took("all chosen and sent to a task");
    const campaign = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const { counts } = await api.get<{ counts: { total: number } }>(`campaigns/${campaign}/`);
    expect(counts.total).toBe(chosen);
    expect(seen.take().filter((one) => !/404|media/.test(one))).toEqual([]);
  });
}
