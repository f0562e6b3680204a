import type { RetryRules } from "../../runtime/coord/client/exchange.ts";
import { emptyHistory, type History } from "./history.ts";
import { readRecords, RecordingClient } from "./recording_client.ts";

/** What clients do to each other. */
export interface Workload {
  /** The server, or something in front of it. */
  readonly url: string;
  /** Where to read what became of it. @default url */
  readonly readUrl?: string;
  readonly clients: number;
  /** Whether a client that has acquired so many locks is to acquire another. */
  readonly goesOn: (round: number) => boolean;
  /** The more locks, the less they wait for each other. @default 2 */
  readonly locks?: number;
  /** @default 250 */
  readonly ttlMs?: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly fetch?: typeof fetch;
  readonly retry?: Partial<RetryRules>;
  /** Where to write down what happens, for who looks on. @default a history of its own */
  readonly history?: History;
}

/** The logs of lock n are `log-n` and `log-(locks + n)`. */
const LOGS_A_LOCK = 2;

/**
 * Runs clients that wait for locks, append under them, renew, are silent for longer than their lease and append late. Their
 * logs must have been made by {@linkcode createLogs}.
 */
export async function runWorkload(workload: Workload): Promise<History> {
  const { clients, locks = 2, url, readUrl = url, history = emptyHistory() } = workload;
  await Promise.all(
    Array.from({ length: clients }, (_, n) => runClient(workload, history, `c${n}`)),
  );
  const logs = Array.from({ length: locks * LOGS_A_LOCK }, (_, n) => `log-${n}`);
  history.records = await readRecords(readUrl, logs);
  return history;
}

/** Makes the logs that the clients append to: two for each lock. */
export async function createLogs(url: string, locks = 2): Promise<void> {
  for (let n = 0; n < locks * LOGS_A_LOCK; n++) {
    const body = JSON.stringify({ lock: lockName(n % locks) });
    const response = await fetch(`${url}/_/logs/log-${n}`, { method: "PUT", body });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`Cannot create log-${n}: ${response.status}`);
  }
}

async function runClient(workload: Workload, history: History, name: string): Promise<void> {
  const { url, goesOn, fetch, retry } = workload;
  const client = await RecordingClient.open(url, history, { fetch, retry });
  for (let round = 0; goesOn(round); round++) {
    await runRound(workload, client, `${name} ${round}`);
  }
  await client.close();
}

async function runRound(
  { random, locks = 2, ttlMs = 250 }: Workload,
  client: RecordingClient,
  name: string,
): Promise<void> {
  const n = Math.floor(random() * locks);
  const lock = await client.acquire(lockName(n), { ttlMs });
  if (lock === undefined) return;
  const logOf = () => `log-${n + locks * Math.floor(random() * LOGS_A_LOCK)}`;
  const mood = random();
  await client.append(lock, logOf(), `${name} first\n`);
  if (mood < 0.15) await pause(ttlMs * 1.3);
  else if (mood < 0.35) {
    // Longer than the lease, and renewed in between.
    await pause(ttlMs * 0.6);
    await client.renew(lock);
    await pause(ttlMs * 0.6);
  }
  await client.append(lock, logOf(), `${name} second\n`);
  if (mood < 0.95) await client.release(lock);
}

function lockName(n: number): string {
  return `lock-${n}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
