import { err, ok, type Result } from "../../result.ts";
import { type Clock, SYSTEM_CLOCK } from "../../clock.ts";
import type { CoordError } from "./coord_error.ts";
import { DEFAULT_RETRY_RULES, exchange, type RetryRules } from "./exchange.ts";
import { HeldLock } from "./held_lock.ts";
import { takenBack, unlessTakenBack } from "./take_back.ts";
import { Transport, type TransportOptions } from "./transport.ts";

/** How a {@linkcode CoordClient} works. */
export interface CoordClientOptions extends TransportOptions {
  /** @default a random id */
  readonly clientId?: string;
  readonly retry?: Partial<RetryRules>;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /**
   * Numbers requests; each number must be greater than the last. Processes that share a client id pass one that grows for
   * all of them.
   *
   * @default counts from 0
   */
  readonly nextSeq?: () => number;
}

/** How to ask for a lock. */
export interface AcquireOptions {
  /** Length of the lease. @default 2000 */
  readonly ttlMs?: number;
  /** Give up after waiting for this long; 0 does not wait. @default waits without end */
  readonly waitMs?: number;
  /** Whether the lease is renewed until the lock is released. @default false */
  readonly isRenewed?: boolean;
  /** Called with the place in the queue about every second while waiting; 1 is next. */
  readonly onWait?: (place: number) => void;
  /** Takes the request back when it aborts, also if the lock is granted just then. */
  readonly signal?: AbortSignal;
}

/** Where an append went. */
export interface AppendPlace {
  readonly index: number;
  /** Bytes of the log before it. */
  readonly offset: number;
}

const DEFAULT_TTL_MS = 2000;

type Body = Readonly<Record<string, unknown>>;

/**
 * A client of Skerry's locks and logs, for Deno, Node and browsers. Every method resolves when the server has answered:
 * without an answer within 2 seconds a request is sent again, five times in a row at most. The server runs each request
 * once, however often it arrives. Requests of one client go one after the other.
 *
 * @example
 * ```ts
 * import { CoordClient } from "./coord_client.ts";
 *
 * async function addLine(line: string): Promise<void> {
 *   const client = await CoordClient.init({ url: "http://127.0.0.1:8080" });
 *   if (!client.ok) throw new Error(client.error.message);
 *   const done = await client.value.withLock("files", async (lock) => {
 *     const appended = await client.value.appendFile("file_0", line, lock);
 *     if (!appended.ok) console.error(appended.error.code); // e.g. lock_lost
 *   });
 *   if (!done.ok) console.error(done.error.message);
 *   await client.value.close();
 * }
 * ```
 */
export class CoordClient {
  readonly clientId: string;
  readonly #transport: Transport;
  readonly #rules: RetryRules;
  readonly #clock: Clock;
  readonly #nextSeq: () => number;
  readonly #held = new Map<string, HeldLock>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: CoordClientOptions) {
    this.clientId = options.clientId ?? randomId();
    this.#transport = new Transport(options);
    this.#rules = { ...DEFAULT_RETRY_RULES, ...options.retry };
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    let seq = 0;
    this.#nextSeq = options.nextSeq ?? (() => seq++);
  }

  /** Opens a session. */
  static async init(options: CoordClientOptions): Promise<Result<CoordClient, CoordError>> {
    const client = new CoordClient(options);
    const opened = await client.#post("sessions/init", { client_id: client.clientId });
    return opened.ok ? ok(client) : opened;
  }

  /** A client of a session that is open already. */
  static resume(options: CoordClientOptions & { readonly clientId: string }): CoordClient {
    return new CoordClient(options);
  }

  /** The locks this client holds, as far as it knows. */
  get held(): ReadonlyMap<string, HeldLock> {
    return this.#held;
  }

  /**
   * Waits for a lock. Fails with `lock_wait_timeout` if it was not free in time, and with `lock_wait_cancelled` once `signal`
   * aborts.
   */
  async lockAcquire(
    name: string,
    options: AcquireOptions = {},
  ): Promise<Result<HeldLock, CoordError>> {
    const { ttlMs = DEFAULT_TTL_MS, isRenewed = false } = options;
    const granted = await this.#inTurn(() => this.#acquire(name, { ...options, ttlMs }));
    if (!granted.ok) return granted;
    const token = Number(granted.value.token);
    const leftMs = Number(granted.value.lease_left_ms ?? ttlMs);
    this.#held.get(name)?.settle();
    const lock = new HeldLock({ name, token, ttlMs }, leftMs, this.#clock);
    this.#held.set(name, lock);
    if (isRenewed) lock.keepRenewed((held) => this.#renew(held));
    return ok(lock);
  }

  /** Begins a lease anew. Fails with `lock_lost` if it had ended and another client got the lock. */
  async lockRenew(name: string): Promise<Result<void, CoordError>> {
    const lock = this.#held.get(name);
    if (lock === undefined) return err(notHeld(name));
    const sentMs = this.#clock.monotonicMs();
    const renewed = await this.#renew(lock);
    if (!renewed.ok) return this.#noteLoss(lock, renewed);
    lock.renewed(sentMs);
    return ok(undefined);
  }

  /** Gives a lock to whoever waits longest. Fails with `lock_lost` if it was lost before. */
  async lockRelease(
    name: string,
    lock: HeldLock | undefined = this.#held.get(name),
  ): Promise<Result<void, CoordError>> {
    if (lock === undefined) return err(notHeld(name));
    lock.settle();
    const path = `locks/${encodeURIComponent(name)}/release`;
    const released = await this.#numbered(path, { token: lock.token });
    if (!released.ok) return this.#noteLoss(lock, released);
    if (this.#held.get(name) === lock) this.#held.delete(name);
    return ok(undefined);
  }

  /**
   * Appends to a log under a lock that is held: the one given, or the one of the log's name, or `files`. Resolves when the
   * data is durable. Fails with `log_not_found` or `lock_lost`.
   */
  async appendFile(
    file: string,
    data: string | Uint8Array,
    lock: Pick<HeldLock, "name" | "token"> | undefined = this.#held.get(file) ??
      this.#held.get("files"),
  ): Promise<Result<AppendPlace, CoordError>> {
    const body = {
      token: lock?.token ?? 0,
      ...lock === undefined ? {} : { lock: lock.name },
      ...typeof data === "string" ? { data } : { data_base64: base64(data) },
    };
    const appended = await this.#numbered(`logs/${encodeURIComponent(file)}/append`, body);
    if (!appended.ok) {
      const held = this.#held.get(lock?.name ?? "");
      return held?.token === lock?.token && held !== undefined
        ? this.#noteLoss(held, appended)
        : appended;
    }
    return ok({ index: Number(appended.value.index), offset: Number(appended.value.offset) });
  }

  /**
   * Runs `work` while holding a lock whose lease is renewed, and releases it however `work` ends. `lock.signal` aborts when
   * the lock is lost before that. Fails if the lock was not to be had; then `work` was not called.
   */
  async withLock<T>(
    name: string,
    work: (lock: HeldLock) => T | Promise<T>,
    options: Omit<AcquireOptions, "isRenewed"> = {},
  ): Promise<Result<T, CoordError>> {
    const lock = await this.lockAcquire(name, { ...options, isRenewed: true });
    if (!lock.ok) return lock;
    try {
      return ok(await work(lock.value));
    } finally {
      if (this.#held.get(name) === lock.value) await this.lockRelease(name);
      lock.value.settle();
    }
  }

  /** Creates a log, guarded by this lock or by what the server guards logs with. */
  async createLog(name: string, lock?: string): Promise<Result<void, CoordError>> {
    const path = `logs/${encodeURIComponent(name)}`;
    const send = (signal: AbortSignal) =>
      this.#transport.put(path, lock === undefined ? {} : { lock }, signal);
    const created = await exchange(send, { rules: this.#rules, clock: this.#clock });
    return created.ok ? ok(undefined) : created;
  }

  /** Ends the session; what it holds is released. */
  async close(): Promise<Result<void, CoordError>> {
    for (const lock of this.#held.values()) lock.settle();
    this.#held.clear();
    const closed = await this.#post("sessions/close", { client_id: this.clientId });
    return closed.ok ? ok(undefined) : closed;
  }

  /** Renewals may overtake other requests: a wait for one lock must not cost another. */
  #renew({ name, token, ttlMs }: HeldLock): Promise<Result<unknown, CoordError>> {
    const body = { client_id: this.clientId, token, ttl_ms: ttlMs };
    return this.#post(`locks/${encodeURIComponent(name)}/renew`, body);
  }

  async #acquire(
    name: string,
    { ttlMs, waitMs, onWait, signal }: AcquireOptions,
  ): Promise<Result<Body, CoordError>> {
    if (signal?.aborted) return err(takenBack(name));
    const path = `locks/${encodeURIComponent(name)}`;
    const request = { client_id: this.clientId, seq: this.#nextSeq() };
    const wishes = { ttl_ms: ttlMs, ...waitMs === undefined ? {} : { wait_ms: waitMs } };
    const granted = this.#post(`${path}/acquire`, { ...request, ...wishes }, onWait);
    if (signal === undefined) return await granted;
    const cancel = () => this.#post(`${path}/cancel`, request);
    return await unlessTakenBack(granted, { signal, cancel, clock: this.#clock, lock: name });
  }

  /** Sends a numbered request. */
  #numbered(path: string, body: Body): Promise<Result<Body, CoordError>> {
    return this.#inTurn(() =>
      this.#post(path, { client_id: this.clientId, seq: this.#nextSeq(), ...body })
    );
  }

  /** Sends a request when the one before it is answered. */
  #inTurn(send: () => Promise<Result<Body, CoordError>>): Promise<Result<Body, CoordError>> {
    const answer = this.#last.then(send);
    this.#last = answer;
    return answer;
  }

  #post(
    path: string,
    body: unknown,
    onWait?: (place: number) => void,
  ): Promise<Result<Body, CoordError>> {
    const send = (signal: AbortSignal) => this.#transport.post(path, body, signal);
    return exchange(send, { rules: this.#rules, clock: this.#clock, onWait });
  }

  #noteLoss<T extends { readonly ok: false; readonly error: CoordError }>(
    lock: HeldLock,
    failed: T,
  ): T {
    const { code } = failed.error;
    if (code !== "lock_lost" && code !== "session_expired") return failed;
    if (this.#held.get(lock.name) === lock) this.#held.delete(lock.name);
    lock.lose(failed.error);
    return failed;
  }
}

function notHeld(name: string): CoordError {
  return { code: "lock_lost", message: `Lock ${name} is not held by this client`, rc: 2 };
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function base64(data: Uint8Array): string {
  let binary = "";
  for (const byte of data) binary += String.fromCharCode(byte);
  return btoa(binary);
}
