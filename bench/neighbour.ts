/** What does hello's latency become beside functions that never end? */
import { readFile } from "node:fs/promises";
import { GUESTS } from "../tests/guests/guests.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { ask, checkHello, HELLO } from "./support/hello.ts";
import { type Answer, type WireRequest, wireRequest } from "./support/http_client.ts";
import { runClosedLoop, runPaced } from "./support/load.ts";
import { median, percentile } from "./support/measure.ts";
import type { Bench, Report, Row, Size, Target } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  /** The endless loop's configuration; empty for the limits that every function has. */
  readonly endlessToml: string;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 3, seconds: 10, endlessToml: "" },
  quick: { rounds: 1, seconds: 3, endlessToml: "" },
  tiny: { rounds: 1, seconds: 0.1, endlessToml: "[limits]\nfuel = 100_000_000\n" },
};

const PER_SECOND = 200;
const CLOSED_CLIENTS = 8;
const ENDLESS_CLIENTS = 2;
/** How long the endless loops run before anything is measured: longer than the first few promotions. */
const LEAD_MS = 200;

/** A way of calling hello. Resolves to the latencies, milliseconds. */
interface Client {
  readonly label: string;
  readonly run: (request: WireRequest, seconds: number) => Promise<number[]>;
}

const CLIENTS: readonly Client[] = [
  { label: `${PER_SECOND} requests a second`, run: paced },
  { label: `${CLOSED_CLIENTS} clients in a closed loop`, run: closedLoop },
];

export const neighbour: Bench = {
  name: "neighbour",
  question: "What does hello's latency become beside functions that never end?",
  run: async (size) => {
    await using folder = await temporaryFolder({
      "hello.wasm": await readFile(HELLO),
      "endless.wasm": await GUESTS.endlessLoop(),
      "endless.toml": EFFORTS[size].endlessToml,
    });
    await using server = await startServer(folder.path);
    const hello = wireRequest(`${server.url}/hello`);
    const endless = wireRequest(`${server.url}/endless`);
    await ask(hello, checkHello);
    await ask(endless, checkEndless);
    return report(await measure(hello, endless, EFFORTS[size]));
  },
};

/** Latencies by phase, one list a round. Alone and beside follow each other in every round. */
async function measure(
  hello: WireRequest,
  endless: WireRequest,
  { rounds, seconds }: Effort,
): Promise<Map<string, number[][]>> {
  const latencies = new Map<string, number[][]>();
  const add = (label: string, values: number[]) => {
    latencies.set(label, [...latencies.get(label) ?? [], values]);
  };
  // One run of each client for both processes to reach their optimised code.
  for (const { run } of CLIENTS) await run(hello, seconds / 2);
  for (let round = 0; round < rounds; round++) {
    for (const { label, run } of CLIENTS) {
      add(`${label}, alone`, await run(hello, seconds));
      add(`${label}, beside`, await beside(endless, () => run(hello, seconds)));
    }
  }
  return latencies;
}

/** Does something while clients keep calling the endless loop. */
async function beside<T>(endless: WireRequest, work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const loops = runClosedLoop({
    request: endless,
    connections: ENDLESS_CLIENTS,
    check: checkEndless,
    isDone: () => isOver,
  });
  await new Promise((resolve) => setTimeout(resolve, LEAD_MS));
  const result = work().finally(() => isOver = true);
  return (await Promise.all([result, loops]))[0];
}

function paced(request: WireRequest, seconds: number): Promise<number[]> {
  return runPaced({ request, perSecond: PER_SECOND, seconds, check: checkHello });
}

async function closedLoop(request: WireRequest, seconds: number): Promise<number[]> {
  const latenciesMs: number[] = [];
  await runClosedLoop({
    request,
    connections: CLOSED_CLIENTS,
    check: checkHello,
    isDone: (_sent, elapsedMs) => elapsedMs >= seconds * 1000,
    onLatency: (latencyMs) => latenciesMs.push(latencyMs),
  });
  return latenciesMs;
}

/** It ends by fuel or by wall clock, whichever this machine reaches first. */
function checkEndless({ status, body }: Answer): void {
  const text = new TextDecoder().decode(body);
  if (/"code":"(?:fuel_exhausted|timeout)"/.test(text)) return;
  throw new Error(`Cannot measure beside an endless loop: found ${status} ${text}`);
}

const MEASURES: readonly (readonly [label: string, share: number])[] = [
  ["p50", 0.5],
  ["p99", 0.99],
  ["max", 1],
];

function report(latencies: ReadonlyMap<string, readonly number[][]>): Report {
  const rows = [...latencies].flatMap(([label, rounds]) =>
    MEASURES.map(([measure, share]): Row => ({
      label: `${label}, ${measure}`,
      unit: "ms",
      values: rounds.map((values) => percentile(values, share)),
    }))
  );
  return {
    rows,
    targets: rows.filter(({ label }) => label.endsWith("beside, p99")).map((
      { label, values },
    ): Target => ({
      claim: label,
      value: median(values),
      unit: "ms",
      bound: "at most",
      limit: 50,
    })),
    notes: [
      `"Beside": while ${ENDLESS_CLIENTS} clients keep calling an endless loop with the default limits.`,
      "The paced client sends on time whether or not earlier requests have been answered; latency is from sending to the " +
      "whole answer, and includes the client's own share of the processors.",
    ],
  };
}
