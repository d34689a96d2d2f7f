import { defineConfig } from "@playwright/test";

const BASE_URL = process.env.STUDIO_E2E_URL ?? "http://127.0.0.1:8000";

/** These kill the web process or measure: nothing else may run beside them. */
const ALONE = /(?:nothing-lost|perf|next-task|long-text|upload)\.spec\.ts$/;

/** D1 and D2 at the sizes they are asked for; `make journeys` runs them. */
const LARGE = /(?:large\/.*|\/import)\.spec\.ts$/;
const isLarge = process.env.STUDIO_E2E_LARGE === "1";

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/global-setup.ts",
  fullyParallel: true,
  workers: 2,
  projects: isLarge
    ? [{ name: "large", testMatch: LARGE, workers: 1 }]
    : [
        { name: "journeys", testIgnore: [ALONE, /large\/.*\.spec\.ts$/] },
        { name: "alone", testMatch: ALONE, dependencies: ["journeys"], workers: 1 },
      ],
  retries: isLarge ? 0 : 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    baseURL: BASE_URL,
    actionTimeout: 30_000,
    viewport: { width: 1440, height: 900 },
    trace: "on-first-retry",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
