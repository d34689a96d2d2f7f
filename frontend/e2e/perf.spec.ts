import { type CDPSession, expect, type Page, test } from "@playwright/test";

/** Frames that must be drawn a second, and how often the CPU of a bare canvas that is only shifted a frame may take. */
interface Limit {
  boxes: number;
  move: "pan" | "zoom";
  fps: number;
  timesShift: number;
}

test.use({ trace: "off" });

const FRAMES = 180;
const RUNS = 3;
const LIMITS: readonly Limit[] = [
  { boxes: 2_000, move: "pan", fps: 50, timesShift: 1.6 },
  { boxes: 10_000, move: "pan", fps: 45, timesShift: 1.8 },
  { boxes: 2_000, move: "zoom", fps: 40, timesShift: 1.3 },
];

interface Measured {
  fps: number;
  cpuMs: number;
}

/** CPU seconds of the browser's processes together. */
async function cpuSeconds(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, one) => sum + one.cpuTime, 0);
}

/** Frames that the compositor drew, from trace events: a bench that draws nothing would be fast. */
async function measure(page: Page, move: Limit["move"] | "shift"): Promise<Measured> {
  const target = await page.context().newCDPSession(page);
  const browser = await page.context().browser()?.newBrowserCDPSession();
  if (!browser) throw new Error("no browser session");
  let drawn = 0;
  browser.on("Tracing.dataCollected", ({ value }) => {
    drawn += value.filter((event) => event.name === "DrawFrame").length;
  });
  await browser.send("Tracing.start", {
    traceConfig: {
      includedCategories: ["disabled-by-default-devtools.timeline.frame", "devtools.timeline.frame"],
    },
  });
  const before = await cpuSeconds(browser);
  const elapsedMs = await page.evaluate(
    ([name, frames]) =>
      (window as unknown as { bench: Record<string, (frames: number) => Promise<number>> }).bench[name]?.(
        frames,
      ) ?? 0,
    [move, FRAMES] as const,
  );
  const used = (await cpuSeconds(browser)) - before;
  const ended = new Promise((resolve) => browser.once("Tracing.tracingComplete", resolve));
  await browser.send("Tracing.end");
  await ended;
  await target.detach();
  return { fps: (drawn / elapsedMs) * 1_000, cpuMs: (used * 1_000) / Math.max(1, drawn) };
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

for (const limit of LIMITS) {
  test(`${limit.move} over ${limit.boxes} boxes keeps its budget`, async ({ page }) => {
    await page.goto(`/dev/canvas?boxes=${limit.boxes}`);
    await page.locator('[data-ready="true"]').waitFor();
    const runs: Measured[] = [];
    const shifts: Measured[] = [];
    for (let run = 0; run < RUNS; run++) {
      shifts.push(await measure(page, "shift"));
      runs.push(await measure(page, limit.move));
    }
    const fps = median(runs.map((run) => run.fps));
    const cpuMs = median(runs.map((run) => run.cpuMs));
    const shiftMs = median(shifts.map((run) => run.cpuMs));
    console.log(
      `${limit.move} ${limit.boxes}: ${fps.toFixed(1)} drawn fps, ${cpuMs.toFixed(1)} CPU ms/frame, ` +
        `a bare shift ${shiftMs.toFixed(1)}`,
    );
    expect(fps).toBeGreaterThanOrEqual(limit.fps);
    expect(cpuMs / shiftMs).toBeLessThanOrEqual(limit.timesShift);
  });
}
