/** What becomes of what the command line prints, on every runtime that there is. */
import { assertEquals } from "@std/assert";
import { temporaryFolder } from "./support/folder.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import type { Runtime } from "./support/server.ts";

const FUNCTIONS = Array.from({ length: 2000 }, (_, at) => ({
  route: `/function-${at}`,
  source: "folder",
  file: `function-${at}.wasm`,
  state: "unloaded",
  size: 1,
}));

/** A reader who begins late gives the program time to end too early. */
const LATE_MS = 500;

/** What `skerry list --json` prints to a reader who begins late, and its exit code. */
async function listTo(runtime: Runtime, url: string): Promise<{ code: number; length: number }> {
  const [program, ...args] = runtime.command;
  const child = new Deno.Command(program!, {
    args: [...args, "list", "--json", "--url", url],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((resolve) => timer = setTimeout(resolve, LATE_MS));
  await Promise.race([child.status, late]);
  clearTimeout(timer);
  const { code, stdout } = await child.output();
  return { code, length: JSON.parse(new TextDecoder().decode(stdout)).functions.length };
}

Deno.test("What is printed arrives whole, however slowly it is read", async (t) => {
  await using folder = await temporaryFolder();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => Response.json({ functions: FUNCTIONS }),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  for (const runtime of await allRuntimes(await buildBundle(folder.path))) {
    await t.step(runtime.name, async () => {
      assertEquals(await listTo(runtime, url), { code: 0, length: FUNCTIONS.length });
    });
  }
});
