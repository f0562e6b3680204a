/** What becomes of what the command line prints, on every runtime that there is. */
import { assert, assertEquals } from "@std/assert";
import { temporaryFolder } from "./support/folder.ts";
import { Output } from "./support/output.ts";
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

/** Requests whose log no pipe takes whole. */
const LOGGED_REQUESTS = 1000;
/** The server waits a second for who reads its log; a busy machine takes its time, too. */
const SOON_MS = 10_000;

/** How long a server takes to end on SIGTERM when nobody reads its log, and its exit code. */
async function endUnread(runtime: Runtime): Promise<{ code: number; tookMs: number }> {
  await using folder = await temporaryFolder();
  const [program, ...args] = runtime.command;
  const options = ["--port", "0", "--functions", folder.path, "--data", `${folder.path}/_data`];
  const child = new Deno.Command(program!, {
    args: [...args, "serve", "--log-requests", ...options],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = new Output();
  const drained = output.collect(child.stdout);
  await output.contains("No functions yet");
  const url = /Listening on (http:\/\/\S+)/.exec(output.text)![1]!;
  for (let at = 0; at < LOGGED_REQUESTS; at++) await (await fetch(`${url}/none`)).body?.cancel();
  const startMs = performance.now();
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), SOON_MS);
  const { code } = await child.status;
  clearTimeout(timer);
  await Promise.all([drained, child.stderr.cancel()]);
  return { code, tookMs: performance.now() - startMs };
}

Deno.test("Nobody who stops to read its log keeps a server from ending", async (t) => {
  await using folder = await temporaryFolder();
  // Deno writes to pipes at once, and waits there for the reader.
  const [node] = (await allRuntimes(await buildBundle(folder.path))).slice(-1);
  await t.step(node!.name, async () => {
    const { code, tookMs } = await endUnread(node!);
    assertEquals(code, 0);
    assert(tookMs < SOON_MS, `it took ${tookMs} ms`);
  });
});
