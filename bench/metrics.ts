/** What does counting requests cost? */
import { readFile } from "node:fs/promises";
import { temporaryFolder } from "../tests/support/folder.ts";
import { type ServerProcess, startServer } from "../tests/support/server.ts";
import { checkHello, HELLO } from "./support/hello.ts";
import { wireRequest } from "./support/http_client.ts";
import { builtInThroughput, hasWrk, type Throughput, wrkThroughput } from "./support/load.ts";
import { cpuSeconds } from "./support/cpu.ts";
import { alternate, median, type Variant } from "./support/measure.ts";
import { type Bench, relativeTo, type Report, type Row, type Size } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/** Many short rounds: what else the machine does must fall on both sides alike. */
const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 12, seconds: 2 },
  quick: { rounds: 4, seconds: 1 },
  tiny: { rounds: 1, seconds: 0.05 },
};

const CONNECTIONS = 32;
const SCRAPE_EVERY_MS = 1000;
/** The share of throughput that must be left. */
const LEAST_SHARE = 0.95;

const PATHS = [
  { label: "inline", args: [] },
  // As many workers on both sides: how many there are costs more than counting does.
  { label: "in the pool", args: ["--no-fast-path", "--workers", "1"] },
] as const;

export const metrics: Bench = {
  name: "metrics",
  question: "What does counting requests cost?",
  run: async (size) => {
    // A test of the benchmark shall not depend on what is installed.
    const throughput = size !== "tiny" && await hasWrk() ? wrkThroughput : builtInThroughput;
    await using folder = await temporaryFolder({ "hello.wasm": await readFile(HELLO) });
    const rows: Row[] = [];
    const costs: Row[] = [];
    for (const { label, args } of PATHS) {
      await using counting = await startServer(folder.path, { args });
      await using silent = await startServer(folder.path, { args: [...args, "--no-metrics"] });
      await expectPages(counting, silent);
      const cost = new Map<string, number[]>();
      const how = { throughput, cost, seconds: EFFORTS[size].seconds };
      const variants = [
        variant(`${label}, nothing counted`, silent, how),
        variant(`${label}, counted and scraped`, counting, how),
      ];
      // One round for both to reach their optimised code.
      await alternate(variants, 1);
      cost.clear();
      const values = await alternate(variants, EFFORTS[size].rounds);
      const [off, on] = [...values].map(([label, values]): Row => ({
        label,
        unit: "req/s",
        values,
      }));
      rows.push(off!, relativeTo(off!, on!));
      costs.push(...costRows(cost));
    }
    return report(rows, costs);
  },
};

/** Fails unless one server has metrics and the other has none. */
async function expectPages(counting: ServerProcess, silent: ServerProcess): Promise<void> {
  for (const [server, expected] of [[counting, 200], [silent, 404]] as const) {
    const status = await scrape(server);
    if (status !== expected) throw new Error(`Cannot measure metrics: /_/metrics gave ${status}`);
  }
}

async function scrape(server: ServerProcess): Promise<number> {
  const response = await fetch(`${server.url}/_/metrics`);
  await response.body?.cancel();
  return response.status;
}

interface How {
  readonly throughput: Throughput;
  readonly seconds: number;
  /** Processor time of the server for a request, microseconds, by label; where it can be had. */
  readonly cost: Map<string, number[]>;
}

function costRows(cost: ReadonlyMap<string, readonly number[]>): Row[] {
  const rows = [...cost].map(([label, values]): Row => {
    return { label: `${label}, CPU a request`, unit: "µs", values };
  });
  return rows.map((row, i) => i === 0 ? row : relativeTo(rows[0]!, row));
}

function variant(
  label: string,
  server: ServerProcess,
  { throughput, seconds, cost }: How,
): Variant {
  const load = { connections: CONNECTIONS, check: checkHello, seconds };
  return {
    label,
    async measure() {
      // Asked of both; only one has anything to write.
      const scraper = setInterval(() => void scrape(server), SCRAPE_EVERY_MS);
      const before = await cpuSeconds(server.pid);
      const value = await throughput({ ...load, request: wireRequest(`${server.url}/hello`) });
      const after = await cpuSeconds(server.pid);
      clearInterval(scraper);
      // What is shorter than the kernel's tick has used none.
      if (before !== undefined && after !== undefined && after > before) {
        const microseconds = (after - before) * 1e6 / (value * seconds);
        cost.set(label, [...cost.get(label) ?? [], microseconds]);
      }
      return value;
    },
  };
}

function report(rows: readonly Row[], costs: readonly Row[]): Report {
  const counted = rows.filter(({ ratio }) => ratio !== undefined);
  return {
    rows: [...rows, ...costs],
    targets: counted.map((row) => ({
      claim: `${row.label}, share of the throughput without`,
      value: medianOfPairs(rows[rows.indexOf(row) - 1]!, row),
      unit: "",
      bound: "at least",
      limit: LEAST_SHARE,
    })),
    notes: [
      `${CONNECTIONS} connections; "counted" is with all metrics, and /_/metrics scraped every second; without is --no-metrics.`,
      "CPU is that of the whole server process: what other processes do on the machine hardly shows in it.",
      "The share is the median over the rounds of what both reached in the same round, one after the other.",
    ],
  };
}

function medianOfPairs(off: Row, on: Row): number {
  return median(on.values.map((value, round) => value / off.values[round]!));
}
