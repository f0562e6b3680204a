/** The dashboard and a server that is slow, silent or away; and a page that nobody looks at. */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { printer } from "../guests/guests.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";
import { openBrowser } from "./browser.ts";

/** More than a page waits for an answer, or for a sign of life. */
const TOO_LONG_MS = 11_000;

const isLost = (page: Page) => page.getByText(/Connection lost at \d\d:\d\d:\d\d/).waitFor();
const isBack = (page: Page) =>
  page.waitForFunction(() => document.getElementById("connection")?.textContent === "");

Deno.test("A server that says nothing more is noticed, and heard again when it speaks", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.clock.install();
  await page.goto("about:blank");
  await page.goto(`${server.url}/_/ui`);
  await page.getByRole("link", { name: "/quick" }).waitFor();
  server.kill("SIGSTOP");
  await page.clock.fastForward(TOO_LONG_MS);
  await isLost(page);
  server.kill("SIGCONT");
  await page.clock.fastForward(TOO_LONG_MS);
  await isBack(page);
  await page.getByRole("figure").getByText("all 0").waitFor();
});

Deno.test("Until a slow server answers, the page says that it loads, not that there is nothing", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  const slow = Promise.withResolvers<void>();
  await page.route("**/_/functions**", async (route) => {
    await slow.promise;
    await route.continue();
  });
  await page.goto("about:blank");
  await page.goto(`${server.url}/_/ui`);
  await page.getByText("Loading…").first().waitFor();
  // Statistics come before the list of functions.
  await page.getByRole("figure").getByText("all 0").waitFor();
  assertEquals(await page.getByText("No function yet").count(), 0);
  await page.goto(`${server.url}/_/ui#/functions/quick`);
  await page.getByRole("heading", { name: "quick" }).waitFor();
  await page.getByText("Loading…").waitFor();
  slow.resolve();
  await page.getByRole("heading", { name: "Call" }).waitFor();
});

Deno.test("A page that is asked for while the server is away comes by itself when it is back", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  const first = await startServer(folder.path);
  const { port } = new URL(first.url);
  await using browser = await openBrowser(first.url);
  const { page } = browser;
  await page.getByRole("link", { name: "/quick" }).waitFor();
  await first[Symbol.asyncDispose]();
  await page.getByRole("link", { name: "/quick" }).click();
  await page.getByRole("alert").waitFor();
  await isLost(page);
  await using _second = await startServer(folder.path, { args: ["--port", port] });
  await page.getByRole("heading", { name: "Call" }).waitFor();
  await isBack(page);
});

Deno.test("A hidden page gives up its streams, and misses no line of the log", async () => {
  await using folder = await temporaryFolder({
    "speaking.js": `export default { fetch({ url }) {
      console.error(new URL(url).search);
      return new Response("");
    } };`,
  });
  await using server = await startServer(folder.path);
  const call = async (text: string) => await (await fetch(`${server.url}/speaking?${text}`)).text();
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  let open = 0;
  const isStream = (url: string) => /logs$|stats$/.test(url);
  page.on("request", (request) => {
    if (isStream(request.url()) && request.headers().accept === "text/event-stream") open++;
  });
  page.on("requestfailed", (request) => {
    if (isStream(request.url()) && request.headers().accept === "text/event-stream") open--;
  });
  const setHidden = (isHidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
  await page.goto(`${server.url}/_/ui#/functions/speaking`);
  await call("before");
  await page.getByRole("log").getByText("?before").waitFor();
  const bothAborted = Promise.withResolvers<void>();
  page.on("requestfailed", () => open === 0 && bothAborted.resolve());
  await setHidden(true);
  await bothAborted.promise;
  await call("meanwhile");
  await setHidden(false);
  await call("after");
  await page.getByRole("log").getByText("?after").waitFor();
  const lines = await page.getByRole("log").locator("pre").allTextContents();
  assertEquals(lines, ["?before", "?meanwhile", "?after"]);
  assertEquals(await page.locator("#connection").textContent(), "");
});

Deno.test("Paused, nothing moves and nothing is asked for; then it goes on", async () => {
  await using folder = await temporaryFolder({ "quick.wasm": await printer("quick\n")() });
  await using server = await startServer(folder.path);
  await using browser = await openBrowser(server.url);
  const { page } = browser;
  await page.getByRole("figure").getByText("all 0").waitFor();
  const button = page.getByRole("button", { name: "Pause" });
  await button.click();
  assertEquals(await button.getAttribute("aria-pressed"), "true");
  const before = await page.locator("main").innerHTML();
  await (await fetch(`${server.url}/quick`)).text();
  // A second watcher has heard of the call; the page must have, too.
  const watching = await fetch(`${server.url}/_/stats`, {
    headers: { accept: "text/event-stream" },
  });
  const reader = watching.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (let events = 0; events < 3;) {
    events += (await reader.read()).value!.includes("data:") ? 1 : 0;
  }
  await reader.cancel();
  assertEquals(await page.locator("main").innerHTML(), before);
  await button.click();
  await page.locator("tbody tr", { hasText: "/quick" }).getByText("1", { exact: true }).waitFor();
  assert(await page.evaluate(() => document.querySelector("#pause")?.ariaPressed === "false"));
});
