import type { Page } from "@playwright/test";

/** What a page must never do, collected while it lives. */
export interface Watch {
  readonly problems: string[];
  /** What came up since the last call. */
  take(): string[];
}

/** Console errors, crashes, policy violations, requests to elsewhere and server errors of this page. */
export async function watch(page: Page, tolerated: readonly RegExp[] = []): Promise<Watch> {
  const problems: string[] = [];
  const note = (text: string) => {
    if (!tolerated.some((one) => one.test(text))) problems.push(text);
  };
  const home = new URL(process.env.STUDIO_E2E_URL ?? "").origin;
  page.on("console", (message) => {
    if (message.type() === "error") note(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => note(`crash: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== home) note(`elsewhere: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) note(`${response.status()}: ${response.url()}`);
  });
  await page.exposeFunction("noteViolation", (text: string) => note(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
      const report: unknown = Reflect.get(window, "noteViolation");
      if (typeof report === "function") report(`${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
  return { problems, take: () => problems.splice(0) };
}
