import { type Browser, chromium, type Page } from "playwright-core";

export interface LookedAt {
  readonly page: Page;
  /** What the page's console, its scripts and its requests complained of, and each request to another host. */
  readonly troubles: readonly string[];
  /** The container that a row is of, top to bottom. */
  names(): Promise<string[]>;
}

export interface BrowserEnd {
  open(url: string, options?: Parameters<Browser["newContext"]>[0]): Promise<LookedAt>;
  end(): Promise<void>;
}

/** Debian's Chromium, without a window; as root it needs to be told that it may do without its sandbox. */
export async function startBrowser(): Promise<BrowserEnd> {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"];
  const browser = await chromium.launch({
    executablePath: process.env.TALLYMAN_E2E_CHROMIUM ?? "/usr/bin/chromium",
    args,
  });
  return {
    async open(url, options) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const troubles: string[] = [];
      const { origin } = new URL(url);
      page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
      page.on("pageerror", (error) => troubles.push(String(error)));
      page.on("dialog", (dialog) => {
        troubles.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("request", (request) => {
        if (new URL(request.url()).origin !== origin) troubles.push(`request to ${request.url()}`);
      });
      await page.goto(url);
      const names = () => page.locator("tbody tr td.name a").allTextContents();
      return { page, troubles, names };
    },
    end: () => browser.close(),
  };
}
