import type { Outcome, RunResult } from "../isolate/outcome.ts";
import type { WorkerThread } from "../platform/platform.ts";
import type { Job, JobResult, RunTarget } from "./job.ts";
import { type DoneMessage, unpackResult } from "./messages.ts";
import { PooledWorker } from "./pooled_worker.ts";
import type { Ticket } from "./ticket.ts";

/** How large the pool is and how long it lets jobs wait. */
export interface PoolOptions {
  /** Worker threads. @default the number of processors, at least 2 */
  readonly workers: number;
  /** Jobs that may wait for a worker; one more is answered `overloaded`. @default 1024 */
  readonly queueLength: number;
  /** How long a job may wait for a worker, milliseconds. @default 10_000 */
  readonly queueTimeoutMs: number;
  readonly spawn: () => WorkerThread;
  /** Milliseconds that only grow. @default performance.now */
  readonly now?: () => number;
  /** Calls `tick` about every `everyMs` until the returned function is called. @default setInterval */
  readonly every?: (tick: () => void, everyMs: number) => () => void;
}

/** How often deadlines and departed clients are looked for. */
const WATCH_INTERVAL_MS = 25;
/** A worker stops an overdue run by itself at its next host call; one that does not is replaced. */
const OVERRUN_GRACE_MS = 75;
/** Jobs are sent ahead to a worker that is expected to be done with what it has within this time. */
const MAX_BACKLOG_MS = 1;
/** A run that takes this long was not expected to: what was sent ahead behind it is taken back. */
const TAKE_BACK_MS = 20;
const MAX_JOB_ID = 0x7fff_ffff;
const NOTHING = new Uint8Array(0);

/**
 * Worker threads, and a bounded queue before them. A worker runs one job at a time; behind quick ones
 * more are sent ahead, so that the worker never waits for the post (RATIONALE: "Why are jobs sent
 * ahead?").
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers: PooledWorker[] = [];
  readonly #queue: Ticket[] = [];
  /** Smoothed run time of each target, milliseconds. */
  readonly #runMs = new WeakMap<RunTarget, number>();
  readonly #now: () => number;
  readonly #every: NonNullable<PoolOptions["every"]>;
  #stopWatching: (() => void) | undefined;
  #lastJobId = 0;
  #isStopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#every = options.every ?? everyInterval;
  }

  /** Starts the threads now rather than with the first jobs, so that those need not wait for them. */
  warmUp(): void {
    while (this.#workers.length < this.#options.workers) this.#spawn();
  }

  /** Runs a job on some worker. Never rejects. */
  run(job: Job): Promise<JobResult> {
    if (this.#queue.length >= this.#options.queueLength) return Promise.resolve(this.#overloaded());
    return new Promise((answer) => {
      const ticket = this.#newTicket(job, answer);
      const worker = this.#queue.length === 0 ? this.#freeWorker() : undefined;
      if (worker === undefined) this.#queue.push(ticket);
      else worker.send(ticket, ticket.queuedAtMs);
      this.#stopWatching ??= this.#every(() => this.#watch(), WATCH_INTERVAL_MS);
    });
  }

  /** Jobs waiting and jobs running. */
  get load(): { readonly queued: number; readonly running: number } {
    let running = 0;
    for (const worker of this.#workers) running += worker.tickets.length;
    return { queued: this.#queue.length, running };
  }

  /** Ends every thread. Jobs still there are answered `cancelled`. */
  stop(): void {
    this.#isStopped = true;
    this.#stopWatching?.();
    for (const worker of this.#workers.splice(0)) {
      worker.terminate();
      for (const ticket of worker.tickets) answerEnded(ticket, { kind: "cancelled" });
    }
    for (const ticket of this.#queue.splice(0)) answerEnded(ticket, { kind: "cancelled" });
  }

  #newTicket(job: Job, answer: Ticket["answer"]): Ticket {
    return {
      id: this.#nextJobId(),
      job,
      queuedAtMs: this.#now(),
      expectedMs: this.#runMs.get(job.target) ?? Infinity,
      sequence: 0,
      startedAtMs: undefined,
      answer,
    };
  }

  /** An idle worker, else a new one, else the one that will be done soonest, if that is soon. */
  #freeWorker(): PooledWorker | undefined {
    let best: PooledWorker | undefined;
    for (const worker of this.#workers) {
      if (worker.tickets.length === 0) return worker;
      if (best === undefined || worker.backlogMs < best.backlogMs) best = worker;
    }
    if (this.#workers.length < this.#options.workers) return this.#spawn();
    return best !== undefined && best.backlogMs < MAX_BACKLOG_MS ? best : undefined;
  }

  #spawn(): PooledWorker {
    const thread = this.#options.spawn();
    const worker = new PooledWorker(thread);
    thread.onMessage((message) => this.#onDone(worker, message as DoneMessage[]));
    thread.onExit((reason) => this.#onExit(worker, reason));
    this.#workers.push(worker);
    return worker;
  }

  #onDone(worker: PooledWorker, messages: readonly DoneMessage[]): void {
    const now = this.#now();
    const finished = messages.map((message) => worker.finish(message.jobId, now));
    this.#feed(worker, now);
    finished.forEach((ticket, i) => {
      if (ticket === undefined) return;
      const message = messages[i]!;
      this.#learn(ticket.job.target, message.runMs);
      ticket.answer({ kind: "ran", path: "pool", result: unpackResult(message) });
    });
  }

  #feed(worker: PooledWorker, nowMs: number): void {
    while (this.#queue.length > 0) {
      if (worker.tickets.length > 0 && worker.backlogMs >= MAX_BACKLOG_MS) return;
      worker.send(this.#queue.shift()!, nowMs);
    }
  }

  #learn(target: RunTarget, runMs: number): void {
    const before = this.#runMs.get(target);
    this.#runMs.set(target, before === undefined ? runMs : before * 0.8 + runMs * 0.2);
  }

  /** The thread ended by itself: its running job is lost, the ones behind it have not begun. */
  #onExit(worker: PooledWorker, reason: string): void {
    const message = `the worker thread ended: ${reason}`;
    this.#replace(worker, { kind: "trapped", trap: "unknown", message });
  }

  #replace(worker: PooledWorker, outcome: Outcome): void {
    const index = this.#workers.indexOf(worker);
    if (index === -1 || this.#isStopped) return;
    this.#workers.splice(index, 1);
    worker.terminate();
    const [lost, ...unharmed] = worker.tickets.splice(0);
    if (lost !== undefined) answerEnded(lost, outcome);
    this.#queue.unshift(...unharmed);
    this.#feed(this.#spawn(), this.#now());
  }

  /** Gives jobs that wait behind an unexpectedly long run to whoever is free. */
  #redistribute(worker: PooledWorker, nowMs: number): void {
    this.#queue.unshift(...worker.takeBack());
    for (const other of this.#workers) {
      if (other !== worker) this.#feed(other, nowMs);
    }
  }

  #watch(): void {
    const now = this.#now();
    for (const worker of [...this.#workers]) this.#watchWorker(worker, now);
    this.#watchQueue(now);
    const isIdle = this.#queue.length === 0 &&
      this.#workers.every((each) => each.tickets.length === 0);
    if (!isIdle) return;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #watchWorker(worker: PooledWorker, nowMs: number): void {
    const [running] = worker.tickets;
    if (running?.startedAtMs === undefined) return;
    const ranMs = nowMs - running.startedAtMs;
    const overdueMs = ranMs - running.job.target.limits.timeoutMs;
    if (overdueMs > OVERRUN_GRACE_MS) return this.#replace(worker, { kind: "timeout" });
    if (ranMs > TAKE_BACK_MS) this.#redistribute(worker, nowMs);
    if (hasLeft(running)) worker.cancel(running.id);
  }

  #watchQueue(nowMs: number): void {
    for (let i = this.#queue.length - 1; i >= 0; i--) {
      const ticket = this.#queue[i]!;
      const isLate = nowMs - ticket.queuedAtMs > this.#options.queueTimeoutMs;
      if (!isLate && !hasLeft(ticket)) continue;
      this.#queue.splice(i, 1);
      if (isLate) ticket.answer(this.#overloaded());
      else answerEnded(ticket, { kind: "cancelled" });
    }
  }

  #overloaded(): JobResult {
    const queued = this.#queue[0];
    const waitedMs = queued === undefined ? 0 : this.#now() - queued.queuedAtMs;
    return { kind: "overloaded", retryAfterSeconds: Math.max(1, Math.ceil(waitedMs / 1000)) };
  }

  #nextJobId(): number {
    this.#lastJobId = this.#lastJobId === MAX_JOB_ID ? 1 : this.#lastJobId + 1;
    return this.#lastJobId;
  }
}

function hasLeft(ticket: Ticket): boolean {
  return ticket.job.hasLeft?.() ?? false;
}

/** Answers for a run that cannot answer for itself; what it used is not known. */
function answerEnded(ticket: Ticket, outcome: Outcome): void {
  const result: RunResult = { outcome, stdout: NOTHING, stderr: NOTHING, fuel: 0, memoryPages: 0 };
  ticket.answer({ kind: "ran", path: "pool", result });
}

function everyInterval(tick: () => void, everyMs: number): () => void {
  const timer = setInterval(tick, everyMs);
  return () => clearInterval(timer);
}
