/** Whether everything on the pages can be read and told apart, in light and in dark: WCAG 2.2 AA. */
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { printer } from "../guests/guests.ts";
import { temporaryFolder } from "../support/folder.ts";
import { type ServerProcess, startServer } from "../support/server.ts";
import { openBrowser } from "./browser.ts";
import { faintParts } from "./contrast.ts";

const FAILING_JS = `export default { fetch() { console.error("why"); throw new Error("no"); } };`;

/** Pages in the states that have colours of their own. */
const STATES: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  "#/": async (page) => {
    await page.locator("tbody tr", { hasText: "/failing" }).getByText("100 %").waitFor();
    await page.locator(".swatch").first().waitFor();
  },
  "#/functions/failing": async (page) => {
    await page.getByRole("button", { name: "Call" }).click();
    await page.getByText("500 Internal Server Error").waitFor();
    await page.getByText("Headers", { exact: true }).click();
    await page.getByRole("log").getByText("function_exited").first().waitFor();
  },
  "#/functions/quick": async (page) => {
    await page.getByRole("button", { name: "Call" }).click();
    await page.getByText("200 OK").waitFor();
  },
  "#/functions/deployed": async (page) => {
    await page.getByRole("button", { name: "Remove…" }).click();
    await page.getByRole("alertdialog").waitFor();
  },
  "#/functions/broken": (page) => page.getByRole("alert").waitFor(),
  "#/deploy": async (page) => {
    await page.getByLabel("Name", { exact: true }).fill("wrong");
    await page.getByLabel("Language").selectOption("wat");
    await page.getByLabel("Source").fill("(module (func (call $missing)))");
    await page.getByRole("button", { name: "Deploy" }).click();
    await page.locator(".diagnostics").waitFor();
    await page.getByText("Configuration (TOML)").click();
  },
  "#/routes": (page) => page.locator("tbody").getByText("there is no such file").waitFor(),
  "#/locks": async (page) => {
    await page.getByLabel("Show empty ones").check();
    await page.locator("tbody tr", { hasText: "ann" }).waitFor();
    await page.getByRole("link", { name: "file_0", exact: true }).waitFor();
  },
  "#/logs/file_0": (page) => page.getByText("No records yet").waitFor(),
  "#/functions/missing": (page) => page.getByRole("alert").waitFor(),
};

async function prepare({ url }: ServerProcess): Promise<void> {
  const send = async (path: string, method: string, body: unknown) => {
    const headers = { "content-type": "application/json" };
    const init = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}/_/${path}`, init);
    assert(response.ok, await response.text());
  };
  const wat = { name: "deployed", lang: "wat", code: '(module (func (export "_start")))' };
  await send("functions", "POST", wat);
  await send("functions", "POST", { ...wat, replace: true, code: `${wat.code} ` });
  await send(`routes/${encodeURIComponent("GET:/gone")}`, "PUT", {
    runtime: "wasm",
    module: "gone.wasm",
  });
  await send("sessions/init", "POST", { client_id: "ann" });
  await send("locks/files/acquire", "POST", { client_id: "ann", seq: 1, ttl_ms: 60_000 });
  for (const path of ["quick", "failing"]) await (await fetch(`${url}/${path}`)).text();
}

Deno.test("Every text and mark stands out from what is behind it, in light and dark", async (t) => {
  await using folder = await temporaryFolder({
    "quick.wasm": await printer("quick\n")(),
    "failing.js": FAILING_JS,
    "broken.wat": "(module (func (call $missing)))",
  });
  await using server = await startServer(folder.path);
  await prepare(server);
  for (const colorScheme of ["light", "dark"] as const) {
    await using browser = await openBrowser(server.url, { colorScheme });
    const { page } = browser;
    for (const [hash, reach] of Object.entries(STATES)) {
      await t.step(`${colorScheme}: ${hash}`, async () => {
        await page.goto(`${server.url}/_/ui${hash}`);
        await reach(page);
        const { faint, looked } = await faintParts(page);
        assertEquals(faint, []);
        assert(looked > 9, `only ${looked} parts were looked at`);
      });
    }
    await t.step(`${colorScheme}: without the server`, async () => {
      await page.goto(`${server.url}/_/ui#/locks`);
      await page.locator("tbody tr", { hasText: "ann" }).waitFor();
      await page.route("**/_/**", (route) => route.abort());
      await page.getByText("Connection lost").waitFor();
      assertEquals((await faintParts(page)).faint, []);
    });
  }
});
