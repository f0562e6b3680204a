/** How many requests a second does a function answer over HTTP? */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { checkHello, HELLO } from "./support/hello.ts";
import { type Answer, wireRequest } from "./support/http_client.ts";
import { builtInThroughput, hasWrk, type Throughput, wrkThroughput } from "./support/load.ts";
import { alternate, expectAnswer, median, type Variant } from "./support/measure.ts";
import { type Bench, relativeTo, type Report, type Row, type Size } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 5, seconds: 5 },
  quick: { rounds: 3, seconds: 1 },
  tiny: { rounds: 1, seconds: 0.05 },
};

const CONNECTIONS = 32;
const WITHOUT_WRK =
  "wrk is not installed (`apt install wrk`, `brew install wrk`): the built-in load generator runs on one thread " +
  "and may be slower than the server, which brings the ratios closer to 1.";

/** A running server, and how to end it. */
interface Served extends AsyncDisposable {
  readonly url: string;
}

export const http: Bench = {
  name: "http",
  question: "How many requests a second does a function answer over HTTP?",
  run: async (size) => {
    // A test of the benchmark shall not depend on what is installed.
    const throughput = size !== "tiny" && await hasWrk() ? wrkThroughput : builtInThroughput;
    await using folder = await temporaryFolder({ "hello.wasm": await readFile(HELLO) });
    await expectPath(folder.path, [], "inline");
    await expectPath(folder.path, ["--no-fast-path"], "pool");
    return await measure(folder.path, EFFORTS[size], throughput);
  },
};

/** Fails unless a server started with these options runs `hello` where its row says. */
async function expectPath(folder: string, args: readonly string[], path: string): Promise<void> {
  await using server = await startServer(folder, { args: ["--stats-headers", ...args] });
  const response = await fetch(`${server.url}/hello`);
  await response.body?.cancel();
  expectAnswer("hello", response.headers.get("x-skerry-path") ?? "no x-skerry-path", path);
}

async function measure(folder: string, effort: Effort, throughput: Throughput): Promise<Report> {
  await using inline = await startServer(folder);
  await using pool = await startServer(folder, { args: ["--no-fast-path"] });
  await using bare = await startConstantServer();
  const variant = (label: string, url: string, check: (answer: Answer) => void): Variant => {
    const load = { request: wireRequest(url), connections: CONNECTIONS, check };
    return { label, measure: () => throughput({ ...load, seconds: effort.seconds }) };
  };
  const variants = [
    variant("/_/healthz, constant", `${inline.url}/_/healthz`, textCheck('{"ok":true}')),
    variant("/hello, inline", `${inline.url}/hello`, checkHello),
    variant("/hello, in the pool", `${pool.url}/hello`, checkHello),
    variant("a bare Hono server, constant", bare.url, textCheck("Hello from Hono!\n")),
  ];
  // One round for both runtimes to reach their optimised code.
  await alternate(variants, 1);
  const values = await alternate(variants, effort.rounds);
  return report(values, throughput === builtInThroughput ? [WITHOUT_WRK] : []);
}

function textCheck(expected: string): (answer: Answer) => void {
  return ({ status, body }) => {
    expectAnswer(
      "a constant route",
      `${status} ${new TextDecoder().decode(body)}`,
      `200 ${expected}`,
    );
  };
}

async function startConstantServer(): Promise<Served> {
  const file = fileURLToPath(new URL("support/constant_server.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", file],
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const url = /Listening on (\S+)/.exec(value ?? "")?.[1];
  if (url === undefined) throw new Error("Cannot start the constant server");
  return {
    url: `${url}/`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await reader.cancel();
      await child.status;
    },
  };
}

function report(
  values: ReadonlyMap<string, readonly number[]>,
  notes: readonly string[],
): Report {
  const rows = [...values].map(([label, values]): Row => ({ label, unit: "req/s", values }));
  const [constant, inline, pool] = rows;
  const ratio = (row: Row) => median(row.values) / median(constant!.values);
  const target = { unit: "", bound: "at least" } as const;
  return {
    rows: rows.map((row) => row === constant ? row : relativeTo(constant!, row)),
    targets: [
      {
        claim: "inline, share of the constant route",
        value: ratio(inline!),
        limit: 0.5,
        ...target,
      },
      { claim: "pool, share of the constant route", value: ratio(pool!), limit: 0.25, ...target },
    ],
    notes: [
      `${CONNECTIONS} connections; ratios are to the constant route of the same server.`,
      "A bare Hono server, without Skerry's middleware, shows whether that route is a fair yardstick.",
      ...notes,
    ],
  };
}
