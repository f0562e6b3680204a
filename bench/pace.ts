/** Does the load injector keep a steady rate, and at what cost? */
import process from "node:process";
import { setImmediate } from "node:timers";
import { Alarm } from "../cli/load/alarm.ts";
import { httpTarget } from "../cli/load/http_target.ts";
import { MachineClock } from "../cli/load/machine_clock.ts";
import { type LoadClock, startLoad } from "../cli/load/run_load.ts";
import { spawnThread } from "../runtime/platform/threads.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { ask, checkHello, HELLO } from "./support/hello.ts";
import { wireRequest } from "./support/http_client.ts";
import { percentile } from "./support/measure.ts";
import type { Bench, Report, Row, Size, Target } from "./support/report.ts";

interface Effort {
  readonly seconds: number;
  readonly rates: readonly number[];
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { seconds: 10, rates: [100, 1000] },
  quick: { seconds: 3, rates: [100, 1000] },
  tiny: { seconds: 0.2, rates: [100] },
};

const MAIN = new URL("../main.ts", import.meta.url);
const CLIENTS = 8;
const MAX_CPU_PERCENT: Readonly<Record<number, number>> = { 100: 10, 1000: 50 };
const MAX_LATE_MS = 0.1;

export const pace: Bench = {
  name: "pace",
  question: "Does the load injector keep a steady rate, and at what cost?",
  run: async (size) => {
    const { seconds, rates } = EFFORTS[size];
    await using folder = await temporaryFolder({ "hello.wasm": await Deno.readFile(HELLO) });
    await using server = await startServer(folder.path);
    const url = `${server.url}/hello`;
    await ask(wireRequest(url), checkHello);
    const alarm = await Alarm.open(spawnThread(MAIN, "alarm"));
    const clock = new MachineClock((ms) => alarm.at(ms));
    const clocks = { "alarm": clock, "timer and turns": TURNING, "timer alone": WAITING };
    await paced(url, clock, Math.max(...rates), seconds);
    const reports: Report[] = [];
    for (const rate of rates) {
      const measured: [string, Paced][] = [];
      for (const [label, each] of Object.entries(clocks)) {
        measured.push([label, await paced(url, each, rate, seconds)]);
      }
      reports.push(reportOf(rate, measured));
    }
    alarm.close();
    return {
      rows: reports.flatMap((report) => report.rows),
      targets: reports.flatMap((report) => report.targets),
      notes: [
        "Late is how much after its time a request is sent by a client that was free before.",
        "Of one processor, sending requests and reading answers included; `timer alone` shows how much that is.",
      ],
    };
  },
};

interface Paced {
  readonly cpuPercent: number;
  readonly lateMs: readonly number[];
  /** Medians. */
  readonly latencyMs: number;
  readonly onceSentMs: number;
}

async function paced(url: string, clock: LoadClock, rate: number, seconds: number): Promise<Paced> {
  const lateMs: number[] = [];
  const watched: LoadClock = {
    now: () => clock.now(),
    async until(ms) {
      const isFree = clock.now() < ms;
      await clock.until(ms);
      if (isFree) lateMs.push(clock.now() - ms);
    },
  };
  const target = httpTarget({
    url: new URL(url),
    method: "GET",
    headers: new Headers(),
    body: undefined,
    timeoutMs: 30_000,
  });
  const plan = { clients: CLIENTS, durationMs: seconds * 1000, ratePerSecond: rate };
  const before = process.cpuUsage();
  const startMs = performance.now();
  const { tally, done } = await startLoad(target, plan, watched, new AbortController().signal);
  await done;
  const { user, system } = process.cpuUsage(before);
  const outcomes = [...tally.outcomes.keys()].join();
  if (outcomes !== "200") throw new Error(`Cannot measure the pace: the answers were ${outcomes}`);
  return {
    cpuPercent: (user + system) / 10 / (performance.now() - startMs),
    lateMs,
    latencyMs: tally.latencies.percentileMs(50),
    onceSentMs: tally.service.percentileMs(50),
  };
}

function reportOf(rate: number, measured: readonly [string, Paced][]): Report {
  const rows = measured.flatMap(([label, { cpuPercent, lateMs }]): Row[] => {
    const name = `${rate}/s, ${label}`;
    return [
      { label: `${name}, processor`, unit: "%", values: [cpuPercent] },
      { label: `${name}, late, p50`, unit: "ms", values: [percentile(lateMs, 0.5)] },
      { label: `${name}, late, p99`, unit: "ms", values: [percentile(lateMs, 0.99)] },
    ];
  });
  const { cpuPercent, lateMs, latencyMs, onceSentMs } = measured[0]![1];
  const bound = "at most";
  const targets: Target[] = [
    {
      claim: `${rate}/s: of one processor`,
      value: cpuPercent,
      unit: "%",
      bound,
      limit: MAX_CPU_PERCENT[rate]!,
    },
    {
      claim: `${rate}/s: late, median`,
      value: percentile(lateMs, 0.5),
      unit: "ms",
      bound,
      limit: MAX_LATE_MS,
    },
    {
      claim: `${rate}/s: what being late adds to the median latency`,
      value: latencyMs - onceSentMs,
      unit: "ms",
      bound,
      limit: MAX_LATE_MS,
    },
  ];
  return { rows, targets, notes: [] };
}

/** As the injector waited before it had an alarm. */
const TURNING: LoadClock = {
  now: () => performance.now(),
  async until(ms) {
    for (let leftMs; (leftMs = ms - performance.now()) > 0;) {
      if (leftMs > 2) await pause(leftMs - 2);
      else await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  },
};

const WAITING: LoadClock = {
  now: () => performance.now(),
  async until(ms) {
    for (let leftMs; (leftMs = ms - performance.now()) > 0;) await pause(leftMs);
  },
};

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
