/** Real clients and a real server: what they were told keeps every rule. */
import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";
import { assertRight } from "./check_history.ts";
import { seededRandom } from "./random.ts";
import { createLogs, runWorkload } from "./workload.ts";

Deno.test("What many clients were told keeps every rule of locks and logs", async () => {
  await using functions = await temporaryFolder();
  await using server = await startServer(functions.path);
  const { url } = server;
  await createLogs(url);
  const history = await runWorkload({
    url,
    clients: 10,
    goesOn: (round) => round < 5,
    ttlMs: 150,
    random: seededRandom(1),
  });
  assertRight(history, { records: 25 });
  // All that the rules are about has happened.
  const count = (is: boolean[]) => is.filter(Boolean).length > 0;
  assertEquals({
    waited: count(history.acquires.map(({ queuedMs }) => queuedMs !== undefined)),
    lost: count(history.actions.map(({ outcome }) => outcome === "refused lock_lost")),
    renewed: count(history.actions.map(({ kind, outcome }) => kind + outcome === "renewok")),
  }, { waited: true, lost: true, renewed: true });
});
