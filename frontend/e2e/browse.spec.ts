import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import type { Api } from "./support/api";
import { LABELED } from "./support/archive";
import { languagesOf, paintIn, setLook, THEMES, violations } from "./support/look";
import { admin, enter, invited } from "./support/people";
import { watch } from "./support/watch";

interface Made {
  id: string;
}

/** A project of its own with the demo's labeled photos; 26 of each of six classes. */
async function filled(api: Api, name: string): Promise<{ project: string; dataset: string }> {
  const project = await api.post<Made>("projects/", { name, template: "image_classification" });
  const { results } = await api.get<{ results: Made[] }>(`datasets/?project=${project.id}`);
  const dataset =
    results[0] ??
    (await api.post<Made>("datasets/", { project: project.id, name, task: "image_classification" }));
  await api.import(dataset.id, readFileSync(LABELED));
  return { project: project.id, dataset: dataset.id };
}

async function counted(api: Api, dataset: string, filter: string): Promise<number> {
  const query = new URLSearchParams({ filter, count: "exact", limit: "1" });
  return (await api.get<{ count: number }>(`datasets/${dataset}/samples/?${query}`)).count;
}

const filterOf = (page: Page) => page.getByRole("combobox", { name: /^(Filter|筛选条件)$/ });

for (const language of languagesOf(import.meta.url)) {
  test(`D2: somebody filters, keeps the view, changes all that match and takes it back (${language})`, async ({
    page,
    browser,
  }) => {
    const api = await admin();
    const { project, dataset } = await filled(api, `Browse ${language} ${Date.now()}`);
    await setLook(page, language);
    await enter(page);
    const seen = await watch(page);
    const home = `/p/${project}/data`;
    await page.goto(`${home}?dataset=${dataset}`);

    // By keyboard alone: a field, one of its values, use it.
    await filterOf(page).focus();
    await page.keyboard.type("lab");
    await expect(page.getByRole("option", { name: /^label:/ })).toBeVisible();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.type("roc");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/q=label%3Arocket/);
    await expect(page.getByText(/^26 (pictures|张图片)$/)).toBeVisible();

    await page.getByText(/^(Table|表格)$/).click();
    await page.getByRole("button", { name: /^(File size|文件大小)$/ }).click();
    await expect(page.getByRole("columnheader", { name: /^(File size|文件大小)$/ })).toHaveAttribute(
      "aria-sort",
      "ascending",
    );
    const address = page.url();

    // The address is the view: back, forward, reload, and for somebody else.
    await page.goBack();
    await expect(page.getByRole("columnheader", { name: /^(File size|文件大小)$/ })).toHaveAttribute(
      "aria-sort",
      "none",
    );
    await page.goForward();
    await expect(page).toHaveURL(address);
    await page.reload();
    await expect(filterOf(page)).toHaveValue("label:rocket");
    await expect(page.locator("tbody button").first()).toBeVisible();
    const names = await page.locator("tbody button").allInnerTexts();
    const other = await browser.newPage();
    await setLook(other, language);
    await enter(other, await invited(other, api, project, "viewer"));
    await other.goto(address);
    await expect(other.locator("tbody button").first()).toBeVisible();
    expect(await other.locator("tbody button").allInnerTexts()).toEqual(names);
    await other.close();

    await page.getByRole("button", { name: /^(Views|视图)$/ }).click();
    await page.getByRole("button", { name: /^(Keep this view|保存此视图)$/ }).click();
    await page.getByRole("textbox", { name: /^(Name|名称)$/ }).fill("Rockets");
    await page.getByRole("button", { name: /^(Keep|保存)$/ }).click();
    await page.goto(`${home}?dataset=${dataset}`);
    await page.getByRole("button", { name: /^(Views|视图)$/ }).click();
    await page.getByRole("button", { name: "Rockets", exact: true }).click();
    await expect(filterOf(page)).toHaveValue("label:rocket");

    // One is chosen, then all that match; the change reaches them by the filter.
    await page.locator("tbody input[type=checkbox]").first().click();
    await page.getByRole("button", { name: /^(Select all 26 |选择全部 26 )/ }).click();
    await page
      .getByRole("button", { name: /^(Set split|设置划分)$/ })
      .first()
      .click();
    await page.getByRole("menuitem", { name: /^(Test|测试集)$/ }).click();
    await expect(page.getByText(/26 (pictures changed|张图片。)|已更改 26/)).toBeVisible();
    expect(await counted(api, dataset, "split:test")).toBe(26);
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    await page.getByRole("button", { name: /^(Undo|撤销)$/ }).click();
    await expect(page.getByText(/26 pictures are as they were|26 张图片已恢复原状/)).toBeVisible();
    expect(await counted(api, dataset, "split:test")).toBe(0);

    // The same pictures go to a campaign, all of them.
    await page.locator("tbody input[type=checkbox]").first().click();
    await page.getByRole("button", { name: /^(Select all 26 |选择全部 26 )/ }).click();
    await page.getByRole("button", { name: /^(Label these|标注所选)/ }).click();
    await page.getByRole("dialog").getByRole("textbox").fill("Rockets again");
    await page.getByRole("button", { name: /^(Make task and start|创建并开始)$/ }).click();
    await page.waitForURL(/\/annotate\//);
    const campaign = page.url().split("/").at(-1) ?? "";
    const { counts } = await api.get<{ counts: { total: number } }>(`campaigns/${campaign}/`);
    expect(counts.total).toBe(26);

    // Two of them are asked for first.
    await page.goto(`${home}?dataset=${dataset}&view=table`);
    const chosen: (string | undefined)[] = [];
    for (const row of [4, 7]) {
      await page.locator("tbody input[type=checkbox]").nth(row).click();
      const said = await page.locator("tbody tr").nth(row).innerText();
      chosen.push(said.split(/\s+/).find((word) => word.includes(".")));
    }
    await page.getByRole("button", { name: /^(Label these|标注所选)/ }).click();
    await page.getByRole("dialog").getByRole("combobox").selectOption({ label: "Rockets again" });
    await page.getByRole("checkbox", { name: /^(Ask for these first|优先标注)/ }).check();
    for (const theme of THEMES) {
      await paintIn(page, theme);
      expect(await violations(page)).toEqual([]);
    }
    await page.getByRole("button", { name: /^(Add to the task|加入任务)$/ }).click();
    await expect(page.getByText(/2 come first now|2 个排到最前/)).toBeVisible();
    const { items } = await api.post<{ items: { sample: { name: string } }[] }>(
      `campaigns/${campaign}/claim/`,
      {
        count: 8,
      },
    );
    const first = items.slice(0, 2).map(({ sample }) => sample.name);
    expect(first).toEqual(chosen);

    // A mistake is named at its place, with what would be right.
    await page.goto(`${home}?dataset=${dataset}`);
    await filterOf(page).fill("label:rokcet");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toContainText("rocket");
    expect(seen.take().filter((problem) => !problem.includes("422"))).toEqual([]);
  });
}
