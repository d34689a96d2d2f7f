import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "@playwright/test";

test("no page asks for more script and style than its budget", () => {
  execFileSync(process.execPath, ["scripts/budget.mjs"], {
    cwd: join(import.meta.dirname, ".."),
    stdio: "pipe",
  });
});
