import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "..");

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) && !name.endsWith("schema.d.ts") ? [path] : [];
  });
}

const files = sources(SRC).map((path) => ({ name: relative(SRC, path), text: readFileSync(path, "utf8") }));

const importing = (pattern: RegExp, except: RegExp) =>
  files
    .filter(
      ({ name, text }) =>
        !except.test(name) &&
        [...text.matchAll(/from "([^"]+)"|import\("([^"]+)"\)/g)].some((found) =>
          pattern.test(found[1] ?? found[2] ?? ""),
        ),
    )
    .map(({ name }) => name);

test("only ui imports Mantine and the chart library", () => {
  expect(importing(/^@mantine|^uplot/, /^ui\//)).toEqual([]);
});

test("the annotator knows neither React nor the API", () => {
  const annotator = files.filter(({ name }) => name.startsWith("annotator/"));
  expect(annotator.length).toBeGreaterThan(10);
  expect(
    annotator
      .filter(({ text }) => /from "(react|@\/api|@\/ui|@\/features)/.test(text) || /\bfetch\(/.test(text))
      .map(({ name }) => name),
  ).toEqual([]);
});

test("only api calls fetch", () => {
  expect(
    files
      .filter(({ name, text }) => !/^api\/|\.test\.tsx?$/.test(name) && /(?<![.\w])fetch\(/.test(text))
      .map(({ name }) => name),
  ).toEqual([]);
});

test("features do not import each other", () => {
  const strangers = files.flatMap(({ name, text }) => {
    const own = /^features\/([^/]+)/.exec(name)?.[1];
    if (!own || own === "dev") return [];
    return [...text.matchAll(/from "@\/features\/([^/"]+)/g)]
      .filter((found) => found[1] !== own)
      .map((found) => `${name} -> ${found[1]}`);
  });
  expect(strangers).toEqual([]);
});

test("no file is longer than 400 lines", () => {
  expect(files.filter(({ text }) => text.split("\n").length > 400).map(({ name }) => name)).toEqual([]);
});
