import { assertEquals, assertMatch } from "@std/assert";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

Deno.test("Two servers cannot share a data folder, and a killed one gives it back", async () => {
  await using functions = await temporaryFolder();
  await using data = await temporaryFolder();
  await using first = await startServer(functions.path, { data: data.path });
  const failure = await startServer(functions.path, { data: data.path }).then(
    () => "it started",
    (error: Error) => error.message,
  );
  assertMatch(failure, /code 1/);
  assertMatch(failure, /another server uses it; stop that one, or name another folder with --data/);
  first.kill("SIGKILL");
  await first.status;
  await using second = await startServer(functions.path, { data: data.path });
  assertEquals((await fetch(`${second.url}/_/healthz`)).status, 200);
});
