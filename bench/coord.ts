/** How fast are locks and logs? */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { LogReader } from "../runtime/coord/client/log_reader.ts";
import type { Reply } from "../runtime/coord/request.ts";
import { CoordService } from "../runtime/coord/service.ts";
import { openLog } from "../runtime/coord/testing.ts";
import { temporaryFolder } from "../tests/support/folder.ts";
import { startServer } from "../tests/support/server.ts";
import { CoordConnection } from "./support/coord_client.ts";
import { expectAnswer, median, percentile } from "./support/measure.ts";
import type { Bench, Row, Size, Target } from "./support/report.ts";

interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly records: number;
  readonly followed: number;
  readonly leaseMs: number;
}

const EFFORTS: Readonly<Record<Size, Effort>> = {
  full: { rounds: 5, seconds: 3, records: 1_000_000, followed: 500, leaseMs: 2000 },
  quick: { rounds: 3, seconds: 1, records: 1_000_000, followed: 100, leaseMs: 500 },
  tiny: { rounds: 1, seconds: 0.05, records: 2000, followed: 5, leaseMs: 100 },
};

const CLIENTS = 32;
const DATA = "x".repeat(100);

export const coord: Bench = {
  name: "coord",
  question: "How fast are locks and logs?",
  run: async (size) => {
    const effort = EFFORTS[size];
    const rows: Row[] = [];
    const add = async (label: string, unit: string, measure: () => Promise<number>) => {
      const values: number[] = [];
      for (let round = 0; round < effort.rounds; round++) values.push(await measure());
      rows.push({ label, unit, values });
    };
    {
      await using functions = await temporaryFolder();
      await using server = await startServer(functions.path, { args: ["--lock-per-log"] });
      const { url } = server;
      // Until both processes have reached their optimised code.
      await cyclesOverHttp(url, CLIENTS, (n) => n, effort.seconds);
      const share = async (clients: number, logOf: (n: number) => number) =>
        await cyclesOverHttp(url, clients, logOf, effort.seconds);
      await add(ONE, "cycles/s", () => share(1, () => 0));
      await add(MANY, "cycles/s", () => share(CLIENTS, (n) => n));
      await add(HANDED_OVER, "cycles/s", () => share(CLIENTS, () => 0));
      await add(FOLLOWED, "ms", () => followerMs(url, effort.followed));
      await add(SUCCEEDED, "", () => successorShare(url, effort.leaseMs));
    }
    await add(WITHOUT_HTTP, "cycles/s", () => cyclesWithoutHttp(effort.seconds));
    await using image = await crashed(effort.records);
    await add(RESTARTED, "ms", () => restartMs(image.path, effort.records));
    return { rows, targets: rows.flatMap(targetsOf), notes: NOTES };
  },
};

const ONE = "1 client over HTTP";
const MANY = `${CLIENTS} clients, a lock each, over HTTP`;
const HANDED_OVER = `${CLIENTS} clients, one lock, over HTTP`;
const WITHOUT_HTTP = `${CLIENTS} clients, machine and log without HTTP`;
const FOLLOWED = "append sent to follower told, 99th percentile";
const SUCCEEDED = "a silent holder's successor, in leases";
const RESTARTED = "restart after a crash";

const NOTES = [
  "A cycle is: acquire, append 100 bytes, release; each answered when it is on the disk.",
  "Clients run in the benchmark's process, and share the machine's processors with the server.",
  "The successor's time counts from sending the holder's acquire to receiving the successor's answer.",
];

function targetsOf({ label, unit, values }: Row): Target[] {
  const target = (bound: Target["bound"], limit: number, value = median(values)): Target => ({
    claim: label,
    value,
    unit,
    bound,
    limit,
  });
  switch (label) {
    case ONE:
      return [target("at least", 900)];
    case MANY:
      return [target("at least", 2500)];
    case HANDED_OVER:
      return [target("at least", 600)];
    case WITHOUT_HTTP:
      return [target("at least", 8000)];
    case FOLLOWED:
      return [target("at most", 20)];
    case SUCCEEDED:
      return [
        target("at least", 1, Math.min(...values)),
        target("at most", 1.05, Math.max(...values)),
      ];
    default:
      return [target("at most", 2000)];
  }
}

let clientCount = 0;

/** Cycles a second of so many clients, each with a log of its own or not. Fails if an append went astray. */
async function cyclesOverHttp(
  url: string,
  clients: number,
  logOf: (n: number) => number,
  seconds: number,
): Promise<number> {
  const connections = await Promise.all(
    Array.from({ length: clients }, () => CoordConnection.open(url, `bench-${clientCount++}`)),
  );
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  const counts = await Promise.all(connections.map(async (connection, n) => {
    const name = `file_${logOf(n)}`;
    let cycles = 0;
    let last = -1;
    do {
      const token = await connection.acquire(name);
      const index = await connection.append(name, token, DATA);
      await connection.release(name, token);
      if (index <= last) throw new Error(`Record ${index} of ${name} came after record ${last}`);
      last = index;
      cycles++;
    } while (performance.now() < endMs);
    return cycles;
  }));
  const tookS = (performance.now() - startMs) / 1000;
  for (const connection of connections) connection[Symbol.dispose]();
  return counts.reduce((sum, count) => sum + count) / tookS;
}

async function cyclesWithoutHttp(seconds: number): Promise<number> {
  await using folder = await temporaryFolder();
  const service = new CoordService({
    log: openLog(join(folder.path, "coord.db")),
    lockPerLog: true,
  });
  const data = new TextEncoder().encode(DATA);
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  let cycles = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async (_, n) => {
    const client = `client-${n}`;
    const log = `file_${n}`;
    await service.request({ type: "open", client });
    for (let seq = 0; performance.now() < endMs; cycles++) {
      const token = granted(
        await service.request({ type: "acquire", client, seq: seq++, lock: log, ttlMs: 60_000 }),
      );
      const bytes = data.length;
      await service.request({ type: "append", client, seq: seq++, log, token, bytes }, data);
      await service.request({ type: "release", client, seq: seq++, lock: log, token });
    }
  }));
  const tookS = (performance.now() - startMs) / 1000;
  const records = [...service.state.logs.values()].reduce((sum, log) => sum + log.records, 0);
  service.close();
  expectAnswer("cycles", String(records), String(cycles));
  return cycles / tookS;
}

function granted(reply: Reply): number {
  if (reply.kind !== "granted") throw new Error(`Expected a grant, found ${JSON.stringify(reply)}`);
  return reply.token;
}

/** Milliseconds from sending an append to a follower having it; the 99th percentile of so many. */
async function followerMs(url: string, appends: number): Promise<number> {
  const name = "file_99";
  using writer = await CoordConnection.open(url, `bench-${clientCount++}`);
  const token = await writer.acquire(name);
  let next = await writer.append(name, token, DATA);
  const stop = new AbortController();
  const following = new LogReader({ url }).follow(name, { from: next, signal: stop.signal });
  await following.next();
  const latencies: number[] = [];
  for (let n = 0; n < appends; n++) {
    const seen = following.next();
    const sentMs = performance.now();
    const seenMs = seen.then(() => performance.now());
    next = await writer.append(name, token, DATA);
    latencies.push(await seenMs - sentMs);
    expectAnswer("following", String((await seen).value?.index), String(next));
  }
  stop.abort();
  await following.return(undefined);
  await writer.release(name, token);
  return percentile(latencies, 0.99);
}

async function successorShare(url: string, leaseMs: number): Promise<number> {
  using holder = await CoordConnection.open(url, `bench-${clientCount++}`);
  using successor = await CoordConnection.open(url, `bench-${clientCount++}`);
  const sentMs = performance.now();
  await holder.acquire("silent", leaseMs);
  const token = await successor.acquire("silent", leaseMs);
  const share = (performance.now() - sentMs) / leaseMs;
  await successor.release("silent", token);
  return share;
}

/** A data folder as a crash leaves it: the last commits are in the write-ahead log, after the last snapshot. */
async function crashed(records: number) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "coord.db");
  const service = new CoordService({ log: openLog(path) });
  const client = "writer";
  const data = new TextEncoder().encode(DATA);
  const bytes = data.length;
  await service.request({ type: "open", client });
  const token = granted(
    await service.request({ type: "acquire", client, seq: 0, lock: "files", ttlMs: 60_000 }),
  );
  for (let seq = 1; seq <= records;) {
    const group: Promise<Reply>[] = [];
    while (group.length < 500 && seq <= records) {
      const log = `file_${seq % 100}`;
      group.push(
        service.request({ type: "append", client, seq: seq++, log, token, bytes }, data),
      );
    }
    await Promise.all(group);
  }
  const image = await temporaryFolder();
  for (const suffix of ["", "-wal"]) {
    await copyFile(path + suffix, join(image.path, `coord.db${suffix}`));
  }
  service.close();
  return image;
}

async function restartMs(image: string, records: number): Promise<number> {
  await using functions = await temporaryFolder();
  await using data = await temporaryFolder();
  for (const name of ["coord.db", "coord.db-wal"]) {
    await copyFile(join(image, name), join(data.path, name));
  }
  const startMs = performance.now();
  await using server = await startServer(functions.path, { data: data.path });
  const response = await fetch(`${server.url}/_/logs`);
  const tookMs = performance.now() - startMs;
  const { logs } = await response.json() as { logs: { length: number }[] };
  expectAnswer(
    "a restart",
    String(logs.reduce((sum, log) => sum + log.length, 0)),
    String(records),
  );
  return tookMs;
}
