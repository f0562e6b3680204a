/**
 * Takes the pictures of the README: starts a server with a prepared set of functions, calls them for a while, and
 * photographs the dashboard in Chromium.
 *
 *     deno task screenshots            # writes docs/*.png
 *     deno task screenshots --out DIR
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { openBrowser } from "../tests/ui/browser.ts";
import {
  callEach,
  preparedFunctions,
  sendTraffic,
  SLOW,
} from "./screenshots/prepared_functions.ts";

const { out, seconds } = parseArgs(Deno.args, {
  string: ["out", "seconds"],
  default: { out: join(import.meta.dirname!, "../docs"), seconds: "45" },
});

/** A picture and the way to what it shows. */
interface Picture {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
  readonly hash: string;
  readonly prepare?: (page: Page) => Promise<unknown>;
}

const call = (page: Page) => page.getByRole("button", { name: "Call" }).click();
const isAnswered = async (page: Page) => {
  // Its charts begin when it is opened.
  await page.waitForTimeout(Number(seconds) * 500);
  await call(page);
  await page.locator("pre.body").waitFor();
};
const deployBroken = async (page: Page) => {
  await page.getByLabel("Name", { exact: true }).fill("prices");
  await page.getByLabel("Language").selectOption("wat");
  await page.getByLabel("Source").fill(
    "(module\n  (func $price (result i32)\n    (i64.const 42))\n  (func (call $prise)))\n",
  );
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.locator(".diagnostics").waitFor();
};

const PICTURES: readonly Picture[] = [
  {
    file: "function.png",
    width: 1200,
    height: 900,
    colorScheme: "dark",
    hash: `#/functions${SLOW}`,
    prepare: isAnswered,
  },
  {
    file: "deploy.png",
    width: 1000,
    height: 840,
    colorScheme: "light",
    hash: "#/deploy",
    prepare: deployBroken,
  },
];

await mkdir(out, { recursive: true });
await using functions = await temporaryFolder(await preparedFunctions());
await using server = await startServer(functions.path, { args: ["--stats-headers"] });
await callEach(server.url);
const traffic = new AbortController();
const calls = sendTraffic(server.url, traffic.signal);
// The charts of the overview fill while the browser looks on.
await using desk = await openBrowser(server.url, { width: 1200 });
await using phone = await openBrowser(server.url, { width: 360, colorScheme: "dark" });
await desk.page.waitForTimeout(Number(seconds) * 1000);
await desk.page.setViewportSize({ width: 1200, height: 900 });
await desk.page.screenshot({ path: join(out, "overview.png") });
await phone.page.setViewportSize({ width: 360, height: 780 });
await phone.page.getByRole("heading", { name: "Functions" }).scrollIntoViewIfNeeded();
await phone.page.evaluate(() => document.getElementById("functions")?.scrollIntoView());
await phone.page.screenshot({ path: join(out, "phone.png") });
for (const { file, width, height, colorScheme, hash, prepare } of PICTURES) {
  await desk.page.emulateMedia({ colorScheme });
  await desk.page.setViewportSize({ width, height });
  await desk.page.goto(`${server.url}/_/ui${hash}`);
  await desk.page.getByRole("heading", { level: 1 }).waitFor();
  await prepare?.(desk.page);
  await desk.page.waitForTimeout(1000);
  await desk.page.evaluate(() => scrollTo(0, 0));
  await desk.page.screenshot({ path: join(out, file) });
}
traffic.abort();
await calls;
