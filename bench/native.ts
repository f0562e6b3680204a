/** Are native calls fast, and harmless? */
import { readFileSync, unlinkSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildProgram } from "../tests/native/gcc.ts";
import { type NativeServer, send, startNativeServer } from "../tests/native/native_server.ts";
import { run } from "../tests/support/runtimes.ts";
import { checkHello, HELLO } from "./support/hello.ts";
import { childrenOf, holdingsOf } from "./support/holdings.ts";
import { wireRequest } from "./support/http_client.ts";
import { runClosedLoop } from "./support/load.ts";
import { openSession } from "./support/native_session.ts";
import { expectAnswer, median, percentile } from "./support/measure.ts";
import type { Bench, Report, Row, Size, Target } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  /** Clients that connect at once. */
  readonly crowd: number;
  /** Quick calls, one after the other. */
  readonly calls: number;
  /** Calls that end by a segmentation fault. */
  readonly crashes: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 3, crowd: 1000, calls: 10_000, crashes: 1000 },
  quick: { rounds: 1, crowd: 1000, calls: 2000, crashes: 300 },
  tiny: { rounds: 1, crowd: 16, calls: 20, crashes: 10 },
};

/** Clients whose calls crash, and clients of HTTP beside them. */
const CRASHING_CLIENTS = 8;
const HTTP_CLIENTS = 4;
/** Printed character by character. */
const CONTENT = "what the file holds\n".repeat(50);

export const native: Bench = {
  name: "native",
  question: "Are native calls fast, and harmless?",
  run: async (size) => {
    const functions = { "functions/hello.wasm": await readFile(HELLO), "file": CONTENT };
    await using server = await startNativeServer({ functions });
    await ask(server, server.library("basic"), "run\n");
    const parts = [
      await meetCrowds(server, EFFORTS[size]),
      await callInARow(server, EFFORTS[size]),
      await crashBesideHttp(server, EFFORTS[size]),
    ];
    return {
      rows: parts.flatMap(({ rows }) => rows),
      targets: parts.flatMap(({ targets }) => targets),
      notes: [
        "Every answer's file is read, compared and removed; but in the session, every call is a connection of its own.",
        "Forks in C: a process of 12 MB forks a child that writes to 140 pages and ends.",
        "Of the clients at once a quarter each calls a function that sleeps up to 0.8 s, one that prints a file, a quick " +
        "one, and a library that does not exist.",
      ],
    };
  },
};

type Part = Pick<Report, "rows" | "targets">;

/** Asks, and takes the answer's file away. Returns the milliseconds until the reply. */
async function ask(server: NativeServer, command: string, expected: string): Promise<number> {
  const startMs = performance.now();
  const path = await send(server.socket, command);
  const latencyMs = performance.now() - startMs;
  takeAnswer(command, path, expected);
  return latencyMs;
}

function takeAnswer(command: string, path: string, expected: string): void {
  expectAnswer(command, readFileSync(path, "utf8"), expected);
  unlinkSync(path);
}

async function meetCrowds(server: NativeServer, { crowd, rounds }: Effort): Promise<Part> {
  const latenciesMs: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const clients = Array.from(
      { length: crowd },
      (_, client) => ask(server, ...order(server, client)),
    );
    latenciesMs.push(await Promise.all(clients));
  }
  const shares = [["p50", 0.5], ["p99", 0.99], ["slowest", 1]] as const;
  const rows = shares.map(([name, share]): Row => ({
    label: `${crowd} clients at once, ${name}`,
    unit: "ms",
    values: latenciesMs.map((values) => percentile(values, share)),
  }));
  const slowestMs = Math.max(...latenciesMs.flat());
  return { rows, targets: [atMost(`${crowd} clients at once, slowest`, slowestMs, 5000, "ms")] };
}

/** What one client of a crowd asks for, and what it must get. */
function order({ library, folder }: NativeServer, client: number): [string, string] {
  const [basic, missing] = [library("basic"), library("missing")];
  const sleepMs = client % 800;
  const orders: [string, string][] = [
    [`${basic} doze_ms ${sleepMs}`, "awake"],
    [`${basic} cat ${join(folder, "file")}`, CONTENT],
    [`${basic} count`, "call 1\n"],
    [missing, `Error: ${missing} could not be executed.\n`],
  ];
  return orders[client % orders.length]!;
}

async function callInARow(server: NativeServer, { calls }: Effort): Promise<Part> {
  const command = `${server.library("basic")} count`;
  const pids = [server.server.pid, (await childrenOf(server.server.pid))[0]!];
  const look = () => Promise.all(pids.map(holdingsOf));
  const connecting = () => ask(server, command, "call 1\n");
  // For the processes to settle.
  await perSecond(calls / 5, connecting);
  const before = await look();
  const ways = [
    { way: "a connection each", speed: await perSecond(calls, connecting) },
    { way: "in one session", speed: await inSession(server, command, calls) },
  ];
  const after = await look();
  const left = after.map(({ descriptors, children }, i) =>
    descriptors - before[i]!.descriptors + children - before[i]!.children
  );
  const files = await readdir(join(server.folder, "data/output"));
  const memory = ["server", "zygote"].map((name, i) => ({
    label: `${name}, resident set after ${calls} calls`,
    unit: "MB",
    values: [after[i]!.rssMb],
    ratio: after[i]!.rssMb / before[i]!.rssMb,
  }));
  return {
    rows: [
      ...ways.map(({ way, speed }) => ({
        label: `${calls} quick calls in a row, ${way}`,
        unit: "/s",
        values: [speed],
      })),
      {
        label: "forks in C, with as much memory",
        unit: "/s",
        values: [await forksPerSecond(server, calls)],
      },
      ...memory,
    ],
    targets: [
      ...ways.map(({ way, speed }): Target => ({
        claim: `quick calls in a row, ${way}`,
        value: speed,
        unit: "/s",
        bound: "at least",
        limit: 300,
      })),
      ...memory.map(({ label, ratio }) => atMost(`${label}, relative to before`, ratio, 1.1, "")),
      atMost("processes and descriptors left over", Math.max(...left), 0, ""),
      atMost("files left over", files.length, 0, ""),
    ],
  };
}

/** How often this can be done in a second, one after the other. */
async function perSecond(count: number, call: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  for (let i = 0; i < count; i++) await call();
  return count * 1000 / (performance.now() - startMs);
}

/** What the kernel alone takes for a call, as it differs much from machine to machine. */
async function forksPerSecond({ folder }: NativeServer, count: number): Promise<number> {
  const program = join(folder, "forks");
  await buildProgram(program, fileURLToPath(new URL("support/forks.c", import.meta.url)));
  return Number(await run(program, [String(count)]));
}

async function inSession(
  server: NativeServer,
  command: string,
  calls: number,
): Promise<number> {
  await using session = openSession(server.socket);
  return await perSecond(calls, async () => {
    takeAnswer(command, await session.send(command), "call 1\n");
  });
}

async function crashBesideHttp(server: NativeServer, { crashes }: Effort): Promise<Part> {
  const command = `${server.library("hostile")} segfault`;
  let begun = 0;
  let isOver = false;
  const crash = async () => {
    while (begun++ < crashes) await ask(server, command, "before");
  };
  const latenciesMs: number[] = [];
  const http = runClosedLoop({
    request: wireRequest(`${server.server.url}/hello`),
    connections: HTTP_CLIENTS,
    check: checkHello,
    isDone: () => isOver,
    onLatency: (latencyMs) => latenciesMs.push(latencyMs),
  });
  const startMs = performance.now();
  const storm = Promise.all(Array.from({ length: CRASHING_CLIENTS }, crash));
  // The first wrong or missing answer ends either with an error.
  await Promise.all([storm.finally(() => isOver = true), http]);
  const seconds = (performance.now() - startMs) / 1000;
  return {
    rows: [
      { label: `${crashes} crashes`, unit: "/s", values: [crashes / seconds] },
      { label: "hello beside them", unit: "/s", values: [latenciesMs.length / seconds] },
      { label: "hello beside them, p50", unit: "ms", values: [median(latenciesMs)] },
      { label: "hello beside them, p99", unit: "ms", values: [percentile(latenciesMs, 0.99)] },
    ],
    // A request that fails ends the benchmark.
    targets: [atMost("HTTP requests that failed beside crashes", 0, 0, "")],
  };
}

function atMost(claim: string, value: number, limit: number, unit: string): Target {
  return { claim, value, unit, bound: "at most", limit };
}
