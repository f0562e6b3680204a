/** Requests that come twice, late, in another order, or not at all. */
import { assert } from "@std/assert";
import { temporaryFolder } from "../../support/folder.ts";
import { startServer } from "../../support/server.ts";
import { assertRight } from "../check_history.ts";
import { seededRandom } from "../random.ts";
import { createLogs, runWorkload } from "../workload.ts";
import { startBadProxy } from "./bad_proxy.ts";

Deno.test("Whatever the network does to requests, each is run once, or its client knows", async () => {
  await using functions = await temporaryFolder();
  await using server = await startServer(functions.path);
  const random = seededRandom(Date.now());
  await using proxy = startBadProxy(server.url, random);
  await createLogs(server.url);
  const history = await runWorkload({
    url: proxy.url,
    readUrl: server.url,
    clients: 8,
    goesOn: (round) => round < 5,
    random,
    retry: { timeoutMs: 50 },
  });
  assertRight(history, { records: 20 });
  for (const [misdeed, count] of Object.entries(proxy.counts)) assert(count > 5, misdeed);
});
