import { readFileSync } from "node:fs";

const lock = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
if (lock.includes('"resolved"')) {
  console.error(
    'package-lock.json names a registry ("resolved"): run npm install with the .npmrc of this folder',
  );
  process.exit(1);
}
