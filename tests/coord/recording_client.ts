import { type AcquireOptions, CoordClient } from "../../runtime/coord/client/coord_client.ts";
import type { CoordError } from "../../runtime/coord/client/coord_error.ts";
import type { RetryRules } from "../../runtime/coord/client/exchange.ts";
import type { HeldLock } from "../../runtime/coord/client/held_lock.ts";
import type { Result } from "../../runtime/result.ts";
import type { FinalRecord, History, HolderAction, Outcome } from "./history.ts";

/** Tells soon that it waits, and gives up only after ten seconds. */
const RETRY: RetryRules = { timeoutMs: 25, tries: 400, acknowledgedMs: 25 };

/** A real client that writes down what it does and is told. */
export class RecordingClient {
  readonly #client: CoordClient;
  readonly #history: History;
  /** What it was granted and has not released, by lock. */
  readonly #held = new Map<string, HeldLock>();

  private constructor(client: CoordClient, history: History) {
    this.#client = client;
    this.#history = history;
  }

  static async open(
    url: string,
    history: History,
    options: { readonly fetch?: typeof fetch; readonly retry?: Partial<RetryRules> } = {},
  ): Promise<RecordingClient> {
    const retry = { ...RETRY, ...options.retry };
    const client = await CoordClient.init({ url, retry, fetch: options.fetch });
    if (!client.ok) throw new Error(`Cannot begin: ${client.error.message}`);
    return new RecordingClient(client.value, history);
  }

  get id(): string {
    return this.#client.clientId;
  }

  /** Undefined if the lock was not granted. */
  async acquire(
    lock: string,
    options: AcquireOptions & { readonly ttlMs: number },
  ): Promise<HeldLock | undefined> {
    const invokedMs = performance.now();
    let queuedMs: number | undefined;
    const acquired = await this.#client.lockAcquire(lock, {
      ...options,
      onWait: () => queuedMs ??= performance.now(),
    });
    const token = acquired.ok ? acquired.value.token : undefined;
    const { ttlMs } = options;
    this.#history.acquires.push(
      { ...this.#span(invokedMs), lock, ttlMs, queuedMs, token, outcome: outcomeOf(acquired) },
    );
    if (!acquired.ok) return undefined;
    this.#held.set(lock, acquired.value);
    return acquired.value;
  }

  async append(lock: HeldLock, log: string, data: string): Promise<void> {
    const invokedMs = performance.now();
    const appended = await this.#client.appendFile(log, data, lock);
    const place = appended.ok ? appended.value : undefined;
    this.#add("append", lock, invokedMs, appended, { append: { log, data }, place });
  }

  async renew(lock: HeldLock): Promise<void> {
    const invokedMs = performance.now();
    this.#add("renew", lock, invokedMs, await this.#client.lockRenew(lock.name), {});
  }

  async release(lock: HeldLock): Promise<void> {
    const invokedMs = performance.now();
    this.#held.delete(lock.name);
    this.#add("release", lock, invokedMs, await this.#client.lockRelease(lock.name, lock), {});
  }

  /** Lets go of everything it may still hold, as closing does. */
  async close(): Promise<void> {
    const invokedMs = performance.now();
    await this.#client.close();
    for (const { name: lock, token } of this.#held.values()) {
      const release = { kind: "release", lock, token, outcome: "unknown" } as const;
      this.#history.actions.push({ ...this.#span(invokedMs), ...release });
    }
  }

  #add(
    kind: HolderAction["kind"],
    { name: lock, token }: HeldLock,
    invokedMs: number,
    result: Result<unknown, CoordError>,
    more: Pick<HolderAction, "append" | "place">,
  ): void {
    const outcome = outcomeOf(result);
    this.#history.actions.push({ ...this.#span(invokedMs), kind, lock, token, outcome, ...more });
  }

  #span(invokedMs: number) {
    return { client: this.id, invokedMs, returnedMs: performance.now() };
  }
}

function outcomeOf(result: Result<unknown, CoordError>): Outcome {
  if (result.ok) return "ok";
  return result.error.code === "no_answer" ? "unknown" : `refused ${result.error.code}`;
}

/** Everything that is in these logs. */
export async function readRecords(url: string, logs: readonly string[]): Promise<FinalRecord[]> {
  const found: FinalRecord[] = [];
  for (const log of logs) {
    for (let from = 0;;) {
      const response = await fetch(`${url}/_/logs/${log}?from=${from}`);
      const page = await response.json() as { records: FinalRecord[]; next: number };
      if (page.records.length === 0) break;
      found.push(...page.records.map((record) => ({ ...record, log })));
      from = page.next;
    }
  }
  return found;
}
