/** The dashboard as it leaves the bundle, on every runtime: complete, small on the wire, fetched once. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ASSETS } from "../../runtime/ui/assets.ts";
import { temporaryFolder } from "../support/folder.ts";
import { allRuntimes, buildBundle } from "../support/runtimes.ts";
import { startServer } from "../support/server.ts";
import { openBrowser } from "./browser.ts";

const MAX_WIRE_BYTES = 150 * 1000;

Deno.test("The dashboard is the same from source and bundled, on Deno and on Node", async (t) => {
  await using bundle = await temporaryFolder();
  await using functions = await temporaryFolder();
  for (const runtime of await allRuntimes(await buildBundle(bundle.path))) {
    await using server = await startServer(functions.path, { runtime });
    await t.step(`${runtime.name}: serves every file as it is`, async () => {
      for (const [path, { text, contentType }] of ASSETS) {
        const response = await fetch(`${server.url}/_/ui/${path}`);
        const type = response.headers.get("content-type");
        assertEquals([path, await response.text(), type], [path, text, contentType]);
      }
    });
    await t.step(`${runtime.name}: compresses, and sends nothing twice`, async () => {
      for (const path of ["", ...[...ASSETS.keys()].map((path) => `/${path}`)]) {
        const url = `${server.url}/_/ui${path}`;
        const headers: Record<string, string> = { "accept-encoding": "gzip" };
        const first = await fetch(url, { headers });
        assertEquals([path, first.headers.get("content-encoding")], [path, "gzip"]);
        await first.body?.cancel();
        headers["if-none-match"] = first.headers.get("etag")!;
        const second = await fetch(url, { headers });
        assertEquals([path, second.status, await second.text()], [path, 304, ""]);
      }
    });
    await t.step(`${runtime.name}: says where it is, and shows in a browser`, async () => {
      assertMatch(server.output(), new RegExp(`Dashboard ${server.url}/_/ui\\n`));
      await using browser = await openBrowser(server.url);
      await browser.page.getByText("No function yet").waitFor();
      assert(browser.wireBytes() < MAX_WIRE_BYTES, `${browser.wireBytes()} bytes`);
      assertEquals(browser.complaints, []);
    });
  }
});
