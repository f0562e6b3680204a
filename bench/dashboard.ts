/** How soon does the dashboard show, how much does it fetch, and what does it keep? */
import type { CDPSession, Page } from "playwright-core";
import { preparedFunctions } from "../scripts/screenshots/prepared_functions.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { openBrowser } from "../tests/ui/browser.ts";
import { median } from "./support/measure.ts";
import type { Bench, Size } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  /** Of the simulated life of the page, one event a second; before the first look, charts and tables must be full. */
  readonly warmSeconds: number;
  readonly simulatedSeconds: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 7, warmSeconds: 400, simulatedSeconds: 3600 },
  quick: { rounds: 3, warmSeconds: 400, simulatedSeconds: 3600 },
  tiny: { rounds: 1, warmSeconds: 30, simulatedSeconds: 30 },
};
const WIRE_LIMIT_KB = 150;

export const dashboard: Bench = {
  name: "dashboard",
  question: "How soon does the dashboard show, how much does it fetch, and what does it keep?",
  run: async (size) => {
    const effort = EFFORTS[size];
    const { rounds, simulatedSeconds } = effort;
    const { "hello.wasm": hello } = await preparedFunctions();
    await using folder = await temporaryFolder({ "hello.wasm": hello! });
    await using server = await startServer(folder.path);
    const paintMs: number[] = [];
    const wireKb: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await using browser = await openBrowser(server.url);
      await browser.page.getByRole("link", { name: "/hello" }).waitFor();
      wireKb.push(browser.wireBytes() / 1000);
      paintMs.push(await firstPaintMs(browser.page));
    }
    const [earlyMb, lateMb] = await heapMb(server.url, effort);
    return {
      rows: [
        { label: "first contentful paint", unit: "ms", values: paintMs },
        { label: "over the wire, nothing cached", unit: "KB", values: wireKb },
        { label: "heap of the page, early", unit: "MB", values: [earlyMb] },
        { label: `the same after ${simulatedSeconds} events`, unit: "MB", values: [lateMb] },
      ],
      targets: [
        target("first paint on loopback", median(paintMs), "ms", 500),
        target("over the wire", median(wireKb), "KB", WIRE_LIMIT_KB),
        target("heap of an hour, relative to early", lateMb / earlyMb, "×", 1.1),
      ],
      notes: [
        "The hour is simulated: the page gets an event of each second as quickly as it takes them, with 500 functions " +
        "at work, and is led to another page and back every hundred seconds.",
      ],
    };
  },
};

function target(claim: string, value: number, unit: string, limit: number) {
  return { claim, value, unit, bound: "at most", limit } as const;
}

function firstPaintMs(page: Page): Promise<number> {
  return page.evaluate(() =>
    performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN
  );
}

/** What the page's JavaScript keeps after its first minutes, and after all of the time. */
async function heapMb(
  url: string,
  { warmSeconds, simulatedSeconds }: Effort,
): Promise<[number, number]> {
  await using browser = await openBrowser(url);
  const { page } = browser;
  const session = await page.context().newCDPSession(page);
  await page.addInitScript(simulateStats);
  await page.goto(`${url}/_/ui`);
  await page.getByRole("link", { name: "/hello" }).waitFor();
  await live(page, 0, warmSeconds);
  const early = await settledHeapMb(session);
  await live(page, warmSeconds, warmSeconds + simulatedSeconds);
  return [early, await settledHeapMb(session)];
}

async function live(page: Page, from: number, to: number): Promise<void> {
  for (let second = from; second < to; second += 100) {
    await page.evaluate(
      (from) => (globalThis as unknown as Simulated).sendStats(from, 100),
      second,
    );
    for (const hash of ["#/locks", "#/functions/hello", "#/"]) {
      await page.evaluate((hash) => void (location.hash = hash), hash);
      await page.getByRole("heading", { level: 1 }).waitFor();
    }
    await page.waitForFunction(() => (globalThis as unknown as Simulated).isWatched());
  }
}

async function settledHeapMb(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.enable");
  for (let i = 0; i < 3; i++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}

interface Simulated {
  sendStats(from: number, seconds: number): Promise<void>;
  isWatched(): boolean;
}

/** Runs in the page: the stream of statistics comes from here, everything else from the server. */
function simulateStats(): void {
  const realFetch = globalThis.fetch;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const encoder = new TextEncoder();
  globalThis.fetch = (input, init) => {
    const accept = new Headers(init?.headers).get("accept");
    if (input !== "/_/stats" || accept !== "text/event-stream") return realFetch(input, init);
    const stream = new ReadableStream<Uint8Array>({ start: (each) => void (controller = each) });
    init?.signal?.addEventListener("abort", () => {
      controller?.error(new DOMException("Aborted", "AbortError"));
      controller = undefined;
    });
    return Promise.resolve(new Response(stream));
  };
  const simulated = globalThis as unknown as Simulated;
  simulated.isWatched = () => controller !== undefined;
  simulated.sendStats = async (from, seconds) => {
    for (let second = from; second < from + seconds; second++) {
      controller?.enqueue(encoder.encode(`data: ${JSON.stringify(statsOf(second))}\n\n`));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  };

  function statsOf(second: number) {
    const functions = Array.from({ length: 500 }, (_, i) => ({
      function: i === 0 ? "/hello" : `/function-${second % 7}-${i}`,
      requests_per_second: i,
      failures_per_second: 0,
      p50_ms: Math.random(),
      p99_ms: 10 * Math.random(),
      fuel_per_second: 1000 * i,
    }));
    const time = new Date(1.8e12 + 1000 * second).toISOString();
    const totals = { requests_per_second: second, failures_per_second: 1, fuel_per_second: 1e6 };
    const latency = { p50_ms: 1, p90_ms: 2, p99_ms: 3 };
    const queue = { depth: 0, wait_ms: 0 };
    return { time, ...totals, ...latency, functions, workers: [], queue, strategy: "fifo" };
  }
}
