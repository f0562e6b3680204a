/** How many deployed functions can one server keep? */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FunctionRegistry } from "../runtime/functions/registry.ts";
import { FakePrepare } from "../runtime/functions/testing.ts";
import { crashDuringDeployments } from "../tests/support/crash_deployments.ts";
import { deploy } from "../tests/support/deploy.ts";
import { eventually } from "../tests/support/eventually.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { valueOf } from "../tests/support/results.ts";
import { type ServerProcess, startServer } from "../tests/support/server.ts";
import { ask, checkHello, distinct, HELLO } from "./support/hello.ts";
import { wireRequest } from "./support/http_client.ts";
import { median } from "./support/measure.ts";
import type { Bench, Row, Size, Target } from "./support/report.ts";
import { settledRssMb } from "./support/rss.ts";

interface Effort {
  readonly rounds: number;
  readonly functions: number;
  readonly coldCalls: number;
  readonly changes: number;
  readonly kills: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 3, functions: 10_000, coldCalls: 100, changes: 1000, kills: 50 },
  quick: { rounds: 1, functions: 10_000, coldCalls: 30, changes: 200, kills: 10 },
  tiny: { rounds: 1, functions: 20, coldCalls: 3, changes: 10, kills: 1 },
};

const LABELS = {
  start: "start to first answer",
  list: "list of all",
  cold: "cold call",
  deploy: "deployment of one more",
  memory: "resident set when idle",
  rowsStart: "start to first answer, rows",
  rowsChange: "a changed row takes effect",
  rowsMemory: "resident set when idle, rows",
} as const;

const LIMITS: Readonly<Record<keyof typeof LABELS, number>> = {
  start: 3000,
  list: 200,
  cold: 50,
  deploy: 100,
  memory: 1000,
  rowsStart: 3000,
  rowsChange: 1000,
  rowsMemory: 1000,
};

type Values = Readonly<Record<keyof typeof LABELS, number[]>>;

export const functions: Bench = {
  name: "functions",
  question: "How many deployed functions can one server keep?",
  run: async (size) => {
    const effort = EFFORTS[size];
    const hello = await readFile(HELLO);
    const values = Object.fromEntries(
      Object.keys(LABELS).map((key) => [key, []]),
    ) as unknown as Values;
    await using data = await temporaryFolder();
    await using folder = await temporaryFolder();
    await deployAll(data.path, folder.path, hello, effort.functions);
    for (let round = 0; round < effort.rounds; round++) {
      await measureDeployed(values, data.path, folder.path, { ...effort, round, hello });
    }
    await using rows = await temporaryFolder();
    await using modules = await temporaryFolder({ "_modules/hello.wasm": hello });
    for (let round = 0; round < effort.rounds; round++) {
      await measureRows(values, rows.path, modules.path, effort.functions);
    }
    const crashes = await crashDuringDeployments({ ...effort, random: Math.random });
    if (crashes.faults.length > 0) console.error(crashes.faults.join("\n"));
    return report(values, effort, crashes);
  },
};

/** By the server's own parts, but for the compiler, whose work leaves nothing behind. */
async function deployAll(
  dataFolder: string,
  folder: string,
  hello: Uint8Array,
  count: number,
): Promise<void> {
  const registry = valueOf(
    await FunctionRegistry.open({
      folder,
      dataFolder,
      prepare: new FakePrepare().prepare,
      environment: () => undefined,
      log: () => {},
    }),
  );
  const remaining = Array.from({ length: count }, (_, i) => i)[Symbol.iterator]();
  const work = async () => {
    for (const i of remaining) {
      const source = distinct(hello, i);
      valueOf(await registry.deployments!.deploy({ name: nameOf(i), language: "wasm", source }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  await registry.close();
}

async function measureDeployed(
  values: Values,
  data: string,
  folder: string,
  { functions, coldCalls, round, hello }: Effort & {
    readonly round: number;
    readonly hello: Uint8Array;
  },
): Promise<void> {
  const startMs = performance.now();
  await using server = await startServer(folder, { data });
  const call = (i: number) => ask(wireRequest(`${server.url}/${nameOf(i)}`), checkHello);
  await call(0);
  values.start.push(performance.now() - startMs);
  values.memory.push(await settledRssMb(server.pid));
  values.list.push(await listMs(server, functions));
  const cold: number[] = [];
  for (let n = 1; n <= coldCalls; n++) {
    cold.push(await tookMs(() => call(Math.floor(n * functions / (coldCalls + 1)))));
  }
  values.cold.push(median(cold));
  const source = distinct(hello, functions + round);
  values.deploy.push(
    await tookMs(async () => {
      const { status } = await deploy(server.url, nameOf(0), source, { replace: true });
      if (status !== 200) throw new Error(`Deploying was answered ${status}`);
    }),
  );
}

async function measureRows(
  values: Values,
  data: string,
  folder: string,
  count: number,
): Promise<void> {
  await mkdir(data, { recursive: true });
  using table = openTable(data, count);
  const startMs = performance.now();
  await using server = await startServer(folder, { data });
  const call = (i: number) => ask(wireRequest(`${server.url}/${nameOf(i)}`), checkHello);
  await call(count - 1);
  values.rowsStart.push(performance.now() - startMs);
  const url = `${server.url}/changed`;
  const statusOf = async () => {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  };
  table.put("GET:/changed");
  values.rowsChange.push((await eventually(statusOf, (status) => status === 200)).tookMs);
  table.remove("GET:/changed");
  await eventually(statusOf, (status) => status === 404);
  values.rowsMemory.push(await settledRssMb(server.pid));
}

function openTable(data: string, count: number) {
  const database = new DatabaseSync(join(data, "faas_meta.db"));
  database.exec("PRAGMA journal_mode = WAL");
  database.exec(
    "CREATE TABLE IF NOT EXISTS functions (k TEXT PRIMARY KEY, v TEXT NOT NULL, updated INTEGER NOT NULL)",
  );
  const insert = database.prepare("INSERT OR REPLACE INTO functions VALUES (?, ?, 0)");
  const put = (key: string) =>
    void insert.run(key, `{"runtime":"wasm","module":"_modules/hello.wasm"}`);
  database.exec("BEGIN");
  for (let i = 0; i < count; i++) put(`GET:/${nameOf(i)}`);
  database.exec("COMMIT");
  return {
    put,
    remove: (key: string) => void database.prepare("DELETE FROM functions WHERE k = ?").run(key),
    [Symbol.dispose]: () => database.close(),
  };
}

/** The second answer: the first one also warms up the code. */
async function listMs(server: ServerProcess, expected: number): Promise<number> {
  const list = async () => {
    const response = await fetch(`${server.url}/_/functions`);
    const found = (await response.json()).functions.length;
    if (found !== expected) throw new Error(`Found ${found} functions, expected ${expected}`);
  };
  await list();
  return await tookMs(list);
}

async function tookMs(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await action();
  return performance.now() - startMs;
}

function nameOf(index: number): string {
  return `hello-${index}`;
}

function report(
  values: Values,
  { functions }: Effort,
  { acknowledged, faults }: { readonly acknowledged: number; readonly faults: readonly string[] },
) {
  const keys = Object.keys(LABELS) as (keyof typeof LABELS)[];
  const unitOf = (key: string) => /memory/i.test(key) ? "MB" : "ms";
  const rows: Row[] = keys.map((key) => {
    return { label: LABELS[key], unit: unitOf(key), values: values[key] };
  });
  const targets = keys.map((key): Target => ({
    claim: `${functions} functions: ${LABELS[key]}`,
    value: median(values[key]),
    unit: unitOf(key),
    bound: "at most",
    limit: LIMITS[key],
  }));
  const lost: Target = {
    claim: `${acknowledged} acknowledged changes between kills: faults`,
    value: faults.length,
    unit: "",
    bound: "at most",
    limit: 0,
  };
  return {
    rows: [...rows, {
      label: "changes acknowledged between kills",
      unit: "",
      values: [acknowledged],
    }],
    targets: [...targets, lost],
    notes: ["Every deployed module is another one; all rows name the same module."],
  };
}
