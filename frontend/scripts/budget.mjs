// Sizes of what a first visit loads, from Vite's manifest by import closure. Fails past the limits.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

// The words of regions and relations, of their keys and refusals, took the heaviest three past 230.
const LIMIT_KB = { shell: 180, route: 232, css: 40 };
const DIST = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));

const gzipKb = (file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length / 1000;

function closure(keys, seen = new Set()) {
  for (const key of keys) {
    if (seen.has(key) || !manifest[key]) continue;
    seen.add(key);
    closure(manifest[key].imports ?? [], seen);
  }
  return seen;
}

function sizes(keys) {
  const chunks = [...closure(keys)].map((key) => manifest[key]);
  const css = new Set(chunks.flatMap((chunk) => chunk.css ?? []));
  const sum = (files) => [...files].reduce((total, file) => total + gzipKb(file), 0);
  return { js: sum(new Set(chunks.map((chunk) => chunk.file))), css: sum(css) };
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const words = ["app", "ui", "errors", "keys"].map((name) => `src/i18n/en/${name}.ts`);
const shellKeys = [entry, ...words];
const shell = sizes(shellKeys);
const pages = Object.keys(manifest).filter((key) => /Page\.tsx$/.test(key) && manifest[key].isDynamicEntry);
const feature = (key) => key.split("/")[2];
const routes = pages
  .map((key) => ({ key, ...sizes([...shellKeys, key, `src/i18n/en/${feature(key)}.ts`]) }))
  .sort((a, b) => b.js - a.js);

const row = (name, { js, css }) =>
  `${name.padEnd(52)} ${js.toFixed(1).padStart(7)} kB js ${css.toFixed(1).padStart(6)} kB css`;
console.log(row("shell", shell));
for (const route of routes) console.log(row(route.key.replace("src/features/", ""), route));

const tooLarge = [
  ...(shell.js > LIMIT_KB.shell ? [`shell ${shell.js.toFixed(1)} kB > ${LIMIT_KB.shell}`] : []),
  ...routes
    .filter((route) => route.js > LIMIT_KB.route)
    .map((route) => `${route.key} ${route.js.toFixed(1)} kB > ${LIMIT_KB.route}`),
  ...routes
    .filter((route) => route.css > LIMIT_KB.css)
    .map((route) => `${route.key} css ${route.css.toFixed(1)} kB > ${LIMIT_KB.css}`),
];
if (tooLarge.length > 0) {
  console.error(`over budget:\n${tooLarge.join("\n")}`);
  process.exit(1);
}
