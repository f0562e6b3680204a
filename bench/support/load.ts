/** Load on a server: closed loops, a fixed pace, and wrk where it is installed. */
import { type Answer, HttpConnection, type WireRequest } from "./http_client.ts";

/** Clients that each send their next request when the last one is answered. */
export interface ClosedLoop {
  readonly request: WireRequest;
  readonly connections: number;
  /** Looks at every answer; throws if it is wrong. */
  readonly check: (answer: Answer) => void;
  /**
   * Asked before every request, with the number sent so far by all clients and the milliseconds since all of
   * them were connected.
   */
  readonly isDone: (sent: number, elapsedMs: number) => boolean;
  /** Told how long each request took. */
  readonly onLatency?: (latencyMs: number) => void;
}

/** Runs a closed loop to its end and resolves to the number of requests. The first failure ends it. */
export async function runClosedLoop(loop: ClosedLoop): Promise<number> {
  using opened = new DisposableStack();
  const open = async () => opened.use(await HttpConnection.open(loop.request.url));
  const connections = await Promise.all(Array.from({ length: loop.connections }, open));
  // A busy machine may take longer to connect than the whole loop is to run.
  const beginMs = performance.now();
  let sent = 0;
  let hasFailed = false;
  const client = async (connection: HttpConnection) => {
    while (!hasFailed) {
      const startMs = performance.now();
      if (loop.isDone(sent, startMs - beginMs)) return;
      sent++;
      const answer = await connection.send(loop.request);
      loop.onLatency?.(performance.now() - startMs);
      loop.check(answer);
    }
  };
  await Promise.all(connections.map(client)).catch((error) => {
    hasFailed = true;
    throw error;
  });
  return sent;
}

/** Requests at fixed times, whether or not earlier ones have been answered. */
export interface PacedLoad {
  readonly request: WireRequest;
  readonly perSecond: number;
  readonly seconds: number;
  readonly check: (answer: Answer) => void;
}

/** Sends at the given pace and resolves to each request's latency, milliseconds. */
export async function runPaced(load: PacedLoad): Promise<number[]> {
  const client = new PacedClient(load);
  const running: Promise<void>[] = [];
  const startMs = performance.now();
  for (let i = 0; i < load.perSecond * load.seconds && client.failure === undefined; i++) {
    const waitMs = startMs + i * 1000 / load.perSecond - performance.now();
    // A late request is sent at once: the pace is kept on average.
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    running.push(client.send());
  }
  await Promise.all(running);
  client.close();
  if (client.failure !== undefined) throw client.failure;
  return client.latenciesMs;
}

/** Sends on a connection that is idle, or on a new one. */
class PacedClient {
  readonly latenciesMs: number[] = [];
  failure: unknown;
  readonly #load: PacedLoad;
  readonly #idle: HttpConnection[] = [];

  constructor(load: PacedLoad) {
    this.#load = load;
  }

  /** Never rejects: the first failure is kept. */
  async send(): Promise<void> {
    try {
      const { request, check } = this.#load;
      const connection = this.#idle.pop() ?? await HttpConnection.open(request.url);
      const startMs = performance.now();
      check(await connection.send(request));
      this.latenciesMs.push(performance.now() - startMs);
      this.#idle.push(connection);
    } catch (error) {
      this.failure ??= error;
    }
  }

  close(): void {
    for (const connection of this.#idle) connection[Symbol.dispose]();
  }
}

/** How to measure a throughput: against what, with how many connections, for how long. */
export interface ThroughputLoad {
  readonly request: WireRequest;
  readonly connections: number;
  readonly seconds: number;
  readonly check: (answer: Answer) => void;
}

/** Requests a second that a server answers; the load generator. */
export type Throughput = (load: ThroughputLoad) => Promise<number>;

/** The built-in load generator: for machines without wrk. One thread, so it may be the slower side. */
export const builtInThroughput: Throughput = async ({ seconds, ...loop }) => {
  let tookMs = seconds * 1000;
  const isDone = (_sent: number, elapsedMs: number) => {
    tookMs = Math.max(tookMs, elapsedMs);
    return elapsedMs >= seconds * 1000;
  };
  const count = await runClosedLoop({ ...loop, isDone });
  return count * 1000 / tookMs;
};

/** Whether wrk is on the path. */
export async function hasWrk(): Promise<boolean> {
  try {
    // It prints its usage with any exit code, depending on the version.
    await new Deno.Command("wrk", { args: ["-v"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** wrk with two threads, on a GET request. It looks at statuses only, so one answer is checked before. */
export const wrkThroughput: Throughput = async ({ request, connections, seconds, check }) => {
  {
    using connection = await HttpConnection.open(request.url);
    check(await connection.send(request));
  }
  const args = ["-t2", `-c${connections}`, `-d${seconds}s`, request.url.href];
  const output = await new Deno.Command("wrk", { args }).output();
  const text = new TextDecoder().decode(output.success ? output.stdout : output.stderr);
  if (!output.success) throw new Error(`Cannot run wrk: ${text}`);
  return parseWrk(text);
};

/** Reads requests a second from what wrk prints; throws if there were errors. */
export function parseWrk(output: string): number {
  const problem = /^ *(?:Non-2xx or 3xx responses|Socket errors):.*$/m.exec(output);
  if (problem !== null) throw new Error(`Cannot trust this run of wrk: ${problem[0].trim()}`);
  const found = /^Requests\/sec: +([\d.]+)$/m.exec(output);
  if (found === null) throw new Error(`Cannot read what wrk printed: ${output}`);
  return Number(found[1]);
}
