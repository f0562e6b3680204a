/** How fast does JavaScript deploy and answer? */
import { answerOf, deploy } from "../tests/support/deploy.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { type Answer, wireRequest } from "./support/http_client.ts";
import { builtInThroughput, hasWrk, runClosedLoop, wrkThroughput } from "./support/load.ts";
import { expectAnswer, median, percentile } from "./support/measure.ts";
import type { Bench, Report, Row, Size } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  readonly requests: number;
  readonly seconds: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 7, requests: 2000, seconds: 3 },
  quick: { rounds: 3, requests: 500, seconds: 1 },
  tiny: { rounds: 1, requests: 5, seconds: 0.05 },
};

const CONNECTIONS = 16;
const TEXT = "Hello from JavaScript!\n";
const SOURCE = `export default { fetch: () => new Response(${JSON.stringify(TEXT)}) };`;
const DEPLOYED = "deploy and first answer";
const LATENCY = "median latency, one client";
const THROUGHPUT = `${CONNECTIONS} clients`;

export const js: Bench = {
  name: "js",
  question: "How fast does JavaScript deploy and answer?",
  run: async (size) => {
    await using functions = await temporaryFolder({ "hello.js": SOURCE });
    await using server = await startServer(functions.path);
    return await measure(server.url, EFFORTS[size], size !== "tiny" && await hasWrk());
  },
};

async function measure(url: string, effort: Effort, withWrk: boolean): Promise<Report> {
  const throughput = withWrk ? wrkThroughput : builtInThroughput;
  const load = { request: wireRequest(`${url}/hello`), connections: CONNECTIONS, check };
  // The toolchain loads, and V8 reaches its optimised code.
  await deployMs(url, "warm");
  await builtInThroughput({ ...load, seconds: effort.seconds });
  const rows: Row[] = [];
  const add = async (label: string, unit: string, once: (round: number) => Promise<number>) => {
    const values: number[] = [];
    for (let round = 0; round < effort.rounds; round++) values.push(await once(round));
    rows.push({ label, unit, values });
    return median(values);
  };
  const deployed = await add(DEPLOYED, "ms", (round) => deployMs(url, `made${round}`));
  const latency = await add(LATENCY, "ms", () => latencyMs(url, effort.requests));
  const rate = await add(THROUGHPUT, "req/s", () => {
    return throughput({ ...load, seconds: effort.seconds });
  });
  return {
    rows,
    targets: [
      { claim: DEPLOYED, value: deployed, unit: "ms", bound: "at most", limit: 500 },
      { claim: LATENCY, value: latency, unit: "ms", bound: "at most", limit: 1 },
      { claim: THROUGHPUT, value: rate, unit: "req/s", bound: "at least", limit: 2000 },
    ],
    notes: ["Sources that are deployed differ from each other: nothing comes from a cache."],
  };
}

function check({ status, body }: Answer): void {
  expectAnswer("JavaScript", `${status} ${new TextDecoder().decode(body)}`, `200 ${TEXT}`);
}

async function deployMs(url: string, name: string): Promise<number> {
  const startMs = performance.now();
  const { status } = await deploy(url, name, `${SOURCE} // ${name}`, { lang: "js" });
  expectAnswer("a deployment", String(status), "200");
  expectAnswer("what was deployed", await answerOf(`${url}/${name}`), `200 ${TEXT}`);
  return performance.now() - startMs;
}

async function latencyMs(url: string, requests: number): Promise<number> {
  const latencies: number[] = [];
  await runClosedLoop({
    request: wireRequest(`${url}/hello`),
    connections: 1,
    check,
    isDone: (sent) => sent === requests,
    onLatency: (ms) => latencies.push(ms),
  });
  return percentile(latencies, 0.5);
}
