import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page, test } from "@playwright/test";
import { makeLabeling, signIn } from "./support/studio";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const SETTLE_MS = 600;

// The tests' own script is not part of what the policy is there to allow.
test.use({ bypassCSP: true });

async function violations(page: Page): Promise<string[]> {
  await page.waitForTimeout(SETTLE_MS);
  await page.addScriptTag({ content: AXE });
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as {
      axe: {
        run: (
          root: Document,
          options: object,
        ) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const result = await axe.run(document, { runOnly: tags });
    return result.violations.flatMap((one) =>
      one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`),
    );
  }, TAGS);
}

for (const language of ["en", "zh-Hans"] as const) {
  for (const theme of ["light", "dark"] as const) {
    test(`no accessibility violation on any page (${language}, ${theme})`, async ({ page }) => {
      test.setTimeout(180_000);
      await signIn(page, language, theme);
      const boxes = await makeLabeling(page, "object_detection", 3);
      const p = `/p/${boxes.project}`;
      const paths = [
        "/",
        "/projects",
        "/projects/new",
        "/jobs",
        "/endpoints",
        "/me",
        p,
        `${p}/data`,
        `${p}/data/import`,
        `${p}/labels`,
        `${p}/tasks`,
        `${p}/tasks/new`,
        `${p}/annotate/${boxes.campaign}`,
        `${p}/review/${boxes.campaign}`,
        `${p}/versions`,
        `${p}/runs`,
        `${p}/train/new`,
        `${p}/models`,
        `${p}/endpoints`,
        `${p}/members`,
        "/nowhere",
        "/dev/ui",
      ];
      const found: Record<string, string[]> = {};
      for (const path of paths) {
        await page.goto(path);
        const list = await violations(page);
        if (list.length > 0) found[path] = list;
      }
      expect(found).toEqual({});
    });
  }
}
