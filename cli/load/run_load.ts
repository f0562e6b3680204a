import { Latencies } from "./latencies.ts";
import type { LoadConnection, LoadTarget, Outcome } from "./load_connection.ts";

/** How much load, and how fast. */
export interface LoadPlan {
  /** Connections, each with one request at a time. */
  readonly clients: number;
  /** Requests in all. @default no end */
  readonly requests?: number;
  /** Requests begin for this long. @default no end */
  readonly durationMs?: number;
  /** Requests a second, sent at times that do not depend on the answers. @default as fast as they are answered */
  readonly ratePerSecond?: number;
}

/** Time as load needs it. */
export interface LoadClock {
  /** Milliseconds of a clock that goes forward. */
  now(): number;
  /** Resolves at this time, as exactly as can be, or when `signal` aborts. */
  until(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What has come of it so far. */
export class LoadTally {
  readonly startMs: number;
  /** From when a request was meant to be sent, where there is a rate; else from when it was. */
  readonly latencies = new Latencies();
  /** From when it was sent; the same object where there is no rate. */
  readonly service: Latencies;
  readonly outcomes = new Map<string, { count: number; readonly isSuccess: boolean }>();
  /** When the last answer came. */
  endMs: number;

  constructor(startMs: number, hasRate: boolean) {
    this.startMs = this.endMs = startMs;
    this.service = hasRate ? new Latencies() : this.latencies;
  }

  get answered(): number {
    return this.latencies.count;
  }

  add(outcome: Outcome, at: { intendedMs: number; sentMs: number; doneMs: number }): void {
    this.latencies.record(at.doneMs - at.intendedMs);
    if (this.service !== this.latencies) this.service.record(at.doneMs - at.sentMs);
    this.endMs = at.doneMs;
    const counted = this.outcomes.get(outcome.label);
    if (counted !== undefined) counted.count++;
    else this.outcomes.set(outcome.label, { count: 1, isSuccess: outcome.isSuccess });
  }
}

/** Load on its way. */
export interface RunningLoad {
  readonly tally: LoadTally;
  /** Resolves when the plan is fulfilled or cancelled. */
  readonly done: Promise<void>;
}

/**
 * Loads a target as planned. At a rate, latencies are counted from the time at which a request was meant to be sent: a server
 * that stalls delays later requests too, and to count them from when they could be sent at last would hide that (coordinated
 * omission).
 *
 * @param signal Ends it early; requests that are on their way then are not counted.
 */
export async function startLoad(
  target: LoadTarget,
  plan: LoadPlan,
  clock: LoadClock,
  signal: AbortSignal,
): Promise<RunningLoad> {
  const connections = Array.from({ length: plan.clients }, () => target.connect());
  try {
    await Promise.all(connections.map((connection) => connection.open()));
  } catch (error) {
    for (const connection of connections) connection.close();
    throw error;
  }
  const tally = new LoadTally(clock.now(), plan.ratePerSecond !== undefined);
  const schedule = new Schedule(plan, tally.startMs, clock, signal);
  const clients = connections.map((connection) => runClient(connection, schedule, tally, signal));
  const close = () => connections.forEach((connection) => connection.close());
  signal.addEventListener("abort", close);
  const done = Promise.all(clients).then(() => {
    signal.removeEventListener("abort", close);
    close();
  });
  return { tally, done };
}

async function runClient(
  connection: LoadConnection,
  schedule: Schedule,
  tally: LoadTally,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const intendedMs = await schedule.next();
    if (intendedMs === undefined) return;
    const sentMs = schedule.now();
    const outcome = await connection.send();
    if (signal.aborted) return;
    tally.add(outcome, { intendedMs, sentMs, doneMs: schedule.now() });
  }
}

/** Tells clients when to send, until there is nothing more to send. */
class Schedule {
  readonly #plan: LoadPlan;
  readonly #startMs: number;
  readonly #clock: LoadClock;
  readonly #signal: AbortSignal;
  #taken = 0;

  constructor(plan: LoadPlan, startMs: number, clock: LoadClock, signal: AbortSignal) {
    this.#plan = plan;
    this.#startMs = startMs;
    this.#clock = clock;
    this.#signal = signal;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Resolves to when the next request is meant to be sent, no earlier than then; to undefined at the end. */
  async next(): Promise<number | undefined> {
    const { requests = Infinity, durationMs = Infinity, ratePerSecond } = this.#plan;
    const index = this.#taken++;
    if (index >= requests || this.#signal.aborted) return undefined;
    const afterMs = ratePerSecond === undefined
      ? this.#clock.now() - this.#startMs
      : index * 1000 / ratePerSecond;
    if (afterMs >= durationMs) return undefined;
    const intendedMs = this.#startMs + afterMs;
    if (ratePerSecond !== undefined) await this.#clock.until(intendedMs, this.#signal);
    return this.#signal.aborted ? undefined : intendedMs;
  }
}
