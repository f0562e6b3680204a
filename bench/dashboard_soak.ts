/**
 * Keeps the dashboard open in real time while functions are called, and tells each minute what its pages keep: the
 * JavaScript heap after a collection, and the nodes of the document. Not among the benchmarks, since it takes its time.
 *
 *     deno run -A bench/dashboard_soak.ts               # fifteen minutes
 *     deno run -A bench/dashboard_soak.ts --minutes 60
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import type { CDPSession, Page } from "playwright-core";
import { skerry } from "../tests/support/command_line.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { type BrowserPage, openBrowser } from "../tests/ui/browser.ts";
import { preparedFunctions } from "../scripts/screenshots/prepared_functions.ts";

const RATE = 20;
const MINUTE_MS = 60_000;
/** Writes a line to its log at each call, and fails at some. */
const FUNCTION = "checkout";

const { minutes } = parseArgs(Deno.args, { string: ["minutes"], default: { minutes: "15" } });

/** What a page keeps. */
interface Kept {
  readonly heapMb: number;
  readonly nodes: number;
  readonly listeners: number;
}

async function keptBy(session: CDPSession): Promise<Kept> {
  for (let i = 0; i < 3; i++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  return { heapMb: usedSize / 1e6, nodes, listeners: jsEventListeners };
}

async function watch(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  return session;
}

function cells({ heapMb, nodes, listeners }: Kept): string {
  return [heapMb.toFixed(2), nodes, listeners].map((each) => String(each).padStart(9)).join("");
}

await using folder = await temporaryFolder(await preparedFunctions());
await using server = await startServer(folder.path);
await (await fetch(`${server.url}/${FUNCTION}`)).body?.cancel();
await using overview: BrowserPage = await openBrowser(server.url);
await using details: BrowserPage = await openBrowser(server.url);
await details.page.goto(`${server.url}/_/ui#/functions/${FUNCTION}`);
const sessions = [await watch(overview.page), await watch(details.page)];
const load = skerry([
  ...["load", FUNCTION, "--url", server.url, "--rate", String(RATE), "--clients", "4"],
  ...["--duration", String(Number(minutes) * 60 + 20)],
]);
console.log(`${RATE} requests a second; heap in MB, nodes, listeners`);
console.log(`${"minute".padEnd(8)}${"overview".padStart(27)}${`/${FUNCTION}`.padStart(27)}`);
for (let minute = 0; minute <= Number(minutes); minute++) {
  if (minute > 0) await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
  const kept = [];
  for (const session of sessions) kept.push(await keptBy(session));
  console.log(`${String(minute).padEnd(8)}${kept.map(cells).join("")}`);
}
console.log((await load).stdout);
for (const { complaints } of [overview, details]) {
  if (complaints.length > 0) console.log(complaints);
}
