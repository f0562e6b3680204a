import { chromium, type Page } from "playwright-core";

/** Where Debian's package puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** A page of the dashboard in a real browser. */
export interface BrowserPage {
  readonly page: Page;
  /** What the page complained about: errors, refused scripts, anything on the console. */
  readonly complaints: string[];
  /** Bytes that went over the wire so far. */
  wireBytes(): number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of {@linkcode openBrowser}. */
export interface BrowserOptions {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
}

/** Opens the dashboard of a server in headless Chromium. */
export async function openBrowser(
  url: string,
  { width = 1280, colorScheme = "light" }: BrowserOptions = {},
): Promise<BrowserPage> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  const wire = await countBytes(page);
  await page.goto(`${url}/_/ui`);
  return {
    page,
    complaints,
    wireBytes: wire,
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function countBytes(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page);
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => bytes += encodedDataLength);
  await session.send("Network.enable");
  return () => bytes;
}
