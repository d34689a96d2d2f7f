import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Api } from "./support/api";
import { seed } from "./support/seed";
import { startStudio } from "./support/stack";

const USERNAME = process.env.STUDIO_E2E_USERNAME ?? "admin";
const PASSWORD = process.env.STUDIO_E2E_PASSWORD ?? "correct-horse-battery";

/**
 * Start the real studio on a folder of its own, unless STUDIO_E2E_URL names one that runs (and
 * STUDIO_E2E_DATA_DIR its folder); fill a project through the public API. What it answers ends the studio again.
 */
export default async function globalSetup(): Promise<() => Promise<void>> {
  process.env.STUDIO_E2E_USERNAME = USERNAME;
  process.env.STUDIO_E2E_PASSWORD = PASSWORD;
  let stop = async () => {};
  if (!process.env.STUDIO_E2E_URL) {
    const folder = mkdtempSync(join(tmpdir(), "studio-e2e-"));
    const studio = await startStudio(join(folder, "var"), USERNAME, PASSWORD);
    process.env.STUDIO_E2E_URL = studio.url;
    process.env.STUDIO_E2E_DATA_DIR = studio.dataDir;
    process.env.STUDIO_E2E_BUCKETS = studio.buckets;
    stop = async () => {
      await studio.stop();
      rmSync(folder, { recursive: true, force: true });
    };
  }
  try {
    const api = await Api.signIn(process.env.STUDIO_E2E_URL, USERNAME, PASSWORD);
    process.env.STUDIO_E2E_SEED ??= JSON.stringify(await seed(api));
  } catch (problem) {
    await stop();
    throw problem;
  }
  return stop;
}
