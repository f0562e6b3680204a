import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/folder.ts";
import { allRuntimes, buildBundle } from "../support/runtimes.ts";
import { send, startNativeServer } from "./native_server.ts";

/** What `npm install -g deno` puts on the path: a script around the binary. */
function npmScript(node: string): string {
  return `#!${node}
const { spawnSync } = require("node:child_process");
spawnSync(${JSON.stringify(Deno.execPath())}, process.argv.slice(2), { stdio: "inherit" });
`;
}

Deno.test("From the bundle, native calls come from a Deno process on every runtime", async (t) => {
  await using folder = await temporaryFolder();
  const runtimes = (await allRuntimes(await buildBundle(folder.path))).slice(1);
  for (const runtime of runtimes) {
    const isNode = runtime.name.startsWith("Node");
    await t.step(`${runtime.name}: over the socket and over HTTP`, async () => {
      await using native = await startNativeServer({
        runtime,
        env: { SKERRY_DENO: Deno.execPath() },
      });
      assertEquals(await native.call("basic"), "run\n");
      assertEquals(await native.call("hostile segfault"), "before");
      // The functions folder is not one of libraries, but a route may lead to them.
      const row = { runtime: "native", module: native.library("web"), handler: "shout" };
      const put = await fetch(`${native.server.url}/_/routes/POST:%2Fshout`, {
        method: "PUT",
        body: JSON.stringify(row),
      });
      assertEquals(put.status, 200, await put.text());
      const ask = () =>
        fetch(`${native.server.url}/shout`, { method: "POST", body: "hi" })
          .then((response) => response.text());
      await eventually(ask, (text) => text === "HI");
    });
    if (!isNode) continue;
    await t.step(
      `${runtime.name}: Deno is found on the path, also behind npm's script`,
      async () => {
        const bin = join(folder.path, "bin");
        await Deno.mkdir(bin, { recursive: true });
        await Deno.writeTextFile(join(bin, "deno"), npmScript(runtime.command[0]!), {
          mode: 0o755,
        });
        await using native = await startNativeServer({
          runtime,
          env: { PATH: `${bin}:${Deno.env.get("PATH")}`, SKERRY_DENO: "" },
        });
        assertEquals(await native.call("basic"), "run\n");
        native.server.kill("SIGTERM");
        assertEquals((await native.server.status).code, 0);
      },
    );
    await t.step(`${runtime.name}: without Deno it says what is missing`, async () => {
      await using native = await startNativeServer({
        runtime,
        env: { PATH: "/nowhere", SKERRY_DENO: "" },
        args: ["--native-details"],
      });
      await native.server.printed("it needs Deno, and there is no program");
      const text = await Deno.readTextFile(await send(native.socket, native.library("basic")));
      assertMatch(text, /\n.*it needs Deno, and there is no program "deno"; install it \(npm/);
      assertEquals((await fetch(`${native.server.url}/_/healthz`)).status, 200);
    });
  }
});
