import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");

function tokens(marker: string): Map<string, string> {
  const start = css.indexOf(marker);
  const block = css.slice(css.indexOf("{", start), css.indexOf("}", start));
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((found) => [found[1] ?? "", found[2] ?? ""]),
  );
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const PAIRS = [
  ...["bg", "panel", "raised", "hover"].flatMap(
    (ground) =>
      [
        ["ink", ground],
        ["muted", ground],
      ] as const,
  ),
  ["accent-ink", "panel"],
  ["accent-ink", "bg"],
  ["accent-ink", "accent-tint"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["on-accent", "bad-fill"],
  ["ink", "accent-tint"],
  ...["ok", "warn", "bad", "info"].flatMap(
    (tone) =>
      [
        [tone, `${tone}-tint`],
        [tone, "panel"],
      ] as const,
  ),
] as const;

test.each([
  ["light", tokens(':root,\n:root[data-mantine-color-scheme="light"]')],
  ["dark", tokens(':root[data-mantine-color-scheme="dark"]')],
])("every pair of text and ground in the %s theme reaches 4.5 to 1", (_, theme) => {
  const weak = PAIRS.map(
    ([text, ground]) => [text, ground, contrast(theme.get(text) ?? "", theme.get(ground) ?? "")] as const,
  ).filter(([, , ratio]) => !(ratio >= 4.5));
  expect(weak).toEqual([]);
});
