import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { GUESTS } from "../../tests/guests/guests.ts";
import { eventually } from "../../tests/support/eventually.ts";
import { FakeThread } from "../../tests/support/fake_thread.ts";
import { temporaryFolder } from "../../tests/support/folder.ts";
import type { RegistryEvent } from "../functions/registry.ts";
import { responseFromRecord } from "../platform/new_response.ts";
import type { Platform, ServeOptions, WorkerRole } from "../platform/platform.ts";
import { startServer } from "./start_server.ts";

/** A platform whose threads do nothing and whose server is called by the test. */
function fakePlatform() {
  const threads: { readonly role: WorkerRole; readonly thread: FakeThread }[] = [];
  let fetch: ServeOptions["fetch"] | undefined;
  const platform: Platform = {
    hasSafeFolderWatch: true,
    cpuCount: 1,
    denoProgram: Deno.execPath(),
    spawnWorker(role) {
      const thread = new FakeThread();
      threads.push({ role, thread });
      return thread;
    },
    newResponse: responseFromRecord,
    serveHttp(options) {
      fetch = options.fetch;
      return Promise.resolve({ port: 1, stop: () => Promise.resolve() });
    },
  };
  const peer = { remoteAddress: () => "127.0.0.1", hasLeft: () => false };
  const ask = async (path: string) => await fetch!(new Request(`http://localhost${path}`), peer);
  const of = (role: WorkerRole) => threads.flatMap((each) => each.role === role ? each.thread : []);
  return { platform, ask, of };
}

async function start(folder: string, platform: Platform, events: RegistryEvent[] = []) {
  const server = await startServer({
    hostname: "127.0.0.1",
    port: 0,
    functionsFolder: folder,
    dataFolder: join(folder, ".data"),
    workers: 2,
    version: "0.0.0",
    environment: () => undefined,
    onRequest: () => {},
    onFunction: (event) => events.push(event),
    onFatal: (error) => {
      throw new Error(error.message);
    },
  }, platform);
  if (!server.ok) throw new Error(server.error.message);
  return server.value;
}

Deno.test("Stopping waits for no compilation, answers its callers and logs no fault", async () => {
  await using folder = await temporaryFolder({ "slow.wasm": await GUESTS.exit0() });
  const { platform, ask, of } = fakePlatform();
  const events: RegistryEvent[] = [];
  const server = await start(folder.path, platform, events);
  const answer = ask("/slow");
  await eventually(
    () => Promise.resolve(of("compiler")[0]?.posted.length),
    (posted) => posted === 1,
  );
  await server.stop(0);
  assertEquals((await (await answer).json()).code, "shutting_down");
  assertEquals(events, []);
  assertEquals([...of("pool"), ...of("compiler")].map((each) => each.isTerminated), [
    true,
    true,
    true,
  ]);
});

Deno.test("The pool's threads are started before the first request", async () => {
  await using folder = await temporaryFolder();
  const { platform, of } = fakePlatform();
  const server = await start(folder.path, platform);
  assertEquals(of("pool").length, 2);
  await server.stop(0);
});

Deno.test("A server whose port is taken lets go of everything, so that the next one can start", async () => {
  await using folder = await temporaryFolder();
  const { platform } = fakePlatform();
  const taken = () => Promise.reject(new Error("Address already in use"));
  await assertRejects(() => start(folder.path, { ...platform, serveHttp: taken }), Error, "in use");
  const server = await start(folder.path, platform);
  await server.stop(0);
});
