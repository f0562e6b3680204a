/** Commands that run under a lock, and what signals do to them and to `skerry` itself. */
import { assertEquals, assertMatch } from "@std/assert";
import { skerry, startSkerry } from "../support/command_line.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";
import { interruptWait } from "./interrupted_wait.ts";

/** For as long as a test may take. */
const GO_ON = "for i in $(seq 600); do sleep 0.05; done";

async function serve() {
  const functions = await temporaryFolder();
  const server = await startServer(functions.path);
  const { url } = server;
  const disposing = async () => {
    await server[Symbol.asyncDispose]();
    await functions[Symbol.asyncDispose]();
  };
  /** Runs a shell script under the lock, and resolves once it has said that it is up. */
  const hold = async (script: string, ...options: string[]) => {
    const args = ["lock", "acquire", "files", "--ttl-ms", "300", ...options];
    const command = ["sh", "-c", `trap '${script}' TERM; echo up; ${GO_ON}`];
    const running = startSkerry([...args, "--", ...command], { env: { SKERRY_URL: url } });
    await running.printed("up\n");
    return running;
  };
  /** Takes the lock from whoever holds it. */
  const takeLock = async () => {
    const { holder } = await (await fetch(`${url}/_/locks/files`)).json();
    const body = JSON.stringify({ client_id: holder });
    const closed = await fetch(`${url}/_/sessions/close`, { method: "POST", body });
    assertEquals((await closed.json()).rc, 0);
  };
  return { url, hold, takeLock, [Symbol.asyncDispose]: disposing };
}

Deno.test("A command whose lock is lost may end by itself", async () => {
  await using served = await serve();
  await using running = await served.hold("echo tidied up; exit 0");
  await served.takeLock();
  assertEquals(await running.code, 75);
  assertMatch(running.output(), /^up\nThe lock is lost: .*\ntidied up\n$/);
});

Deno.test("A command that ignores SIGTERM is killed when its lock is lost", async () => {
  await using served = await serve();
  await using running = await served.hold("", "--kill-after-ms", "200");
  await served.takeLock();
  assertEquals(await running.code, 75);
});

Deno.test("A signal goes on to the command, whose exit code counts; the lock is free then", async () => {
  await using served = await serve();
  await using running = await served.hold("exit 9");
  running.kill("SIGTERM");
  assertEquals(await running.code, 9);
  const { holder } = await (await fetch(`${served.url}/_/locks/files`)).json();
  assertEquals(holder, null);
});

Deno.test("A signal ends the wait for a lock, and the place in its queue with it", async () => {
  await using served = await serve();
  const command = ["lock", "acquire", "files", "--", "echo", "ran"];
  const append = ["log", "append", "file_0", "not wanted"];
  const cases = [
    [command, "SIGINT", 130],
    [command, "SIGTERM", 143],
    [command, "SIGHUP", 129],
    [["lock", "acquire", "files"], "SIGTERM", 143],
    [append, "SIGINT", 130],
  ] as const;
  for (const [args, signal, code] of cases) {
    assertEquals(await interruptWait(served.url, args, signal), { code, waiting: 0 });
  }
  assertEquals((await (await fetch(`${served.url}/_/logs/file_0`)).json()).length, 0);
});

Deno.test("A client that is named keeps its other locks when a wait is ended", async () => {
  await using served = await serve();
  const env = { SKERRY_URL: served.url };
  const first = ["lock", "acquire", "other", "--client", "me", "--ttl-ms", "60000"];
  assertEquals((await skerry(first, { env })).code, 0);
  const waiting = ["lock", "acquire", "files", "--client", "me"];
  await interruptWait(served.url, waiting, "SIGTERM");
  const { holder } = await (await fetch(`${served.url}/_/locks/other`)).json();
  assertEquals(holder, "me");
});
