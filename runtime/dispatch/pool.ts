import type { Outcome, RunResult } from "../isolate/outcome.ts";
import type { WorkerThread } from "../platform/platform.ts";
import type { Job, JobResult, RunTarget } from "./job.ts";
import { type DoneMessage, type RunAnswer, unpackResult } from "./messages.ts";
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
  /** May throw, where no more threads can be had. */
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
/** The least a run is expected to take, so that even a coarse clock bounds what is sent ahead. */
const MIN_EXPECTED_MS = 0.005;
/** A run that takes this long was not expected to: what was sent ahead behind it is taken back. */
const TAKE_BACK_MS = 20;
/** After a thread that did not even start, the next one is tried this much later. */
const RESTART_DELAY_MS = 1000;
const MAX_JOB_ID = 0x7fff_ffff;
const NOTHING = new Uint8Array(0);
const CANCELLED: Outcome = { kind: "cancelled" };

/**
 * Worker threads, and a bounded queue before them. A worker runs one job at a time; behind quick ones
 * more are sent ahead, so that the worker never waits for the post (RATIONALE: "Why are jobs sent
 * ahead?"). What a worker had not begun when it was lost runs elsewhere, and so does what leaves no traces.
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
  #noStartBeforeMs = -Infinity;
  #isStopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#every = options.every ?? everyInterval;
  }

  /** Starts the threads now rather than with the first jobs, so that those need not wait for them. */
  warmUp(): void {
    for (let i = this.#workers.length; i < this.#options.workers; i++) this.#start();
  }

  /** Runs a job on some worker. Rejects only if Skerry itself fails. */
  run(job: Job): Promise<JobResult> {
    if (this.#isStopped) return Promise.resolve(ended(CANCELLED));
    const worker = this.#queue.length === 0 ? this.#freeWorker() : undefined;
    if (worker === undefined && this.#queue.length >= this.#options.queueLength) {
      return Promise.resolve(this.#overloaded());
    }
    this.#stopWatching ??= this.#every(() => this.#watch(), WATCH_INTERVAL_MS);
    return new Promise((answer, fail) => {
      const ticket = this.#newTicket(job, answer, fail);
      if (worker !== undefined) return send(worker, ticket, ticket.queuedAtMs);
      this.#queue.push(ticket);
      this.#start();
    });
  }

  /** Jobs waiting and jobs running. */
  get load(): { readonly queued: number; readonly running: number } {
    let running = 0;
    for (const worker of this.#workers) running += worker.tickets.length;
    return { queued: this.#queue.length, running };
  }

  /** Lets go of a target that has been replaced; should it run again after all, that is merely slower. */
  forget(target: RunTarget): void {
    for (const worker of this.#workers) worker.forget(target);
  }

  /** Ends every thread. Jobs still there, and later ones, are answered `cancelled`. */
  stop(): void {
    this.#isStopped = true;
    this.#stopWatching?.();
    for (const worker of this.#workers.splice(0)) {
      worker.terminate();
      for (const ticket of worker.tickets.splice(0)) ticket.answer(ended(CANCELLED));
    }
    for (const ticket of this.#queue.splice(0)) ticket.answer(ended(CANCELLED));
  }

  #newTicket(job: Job, answer: Ticket["answer"], fail: Ticket["fail"]): Ticket {
    return {
      id: this.#nextJobId(),
      job,
      queuedAtMs: this.#now(),
      expectedMs: this.#runMs.get(job.target) ?? Infinity,
      sequence: 0,
      startedAtMs: undefined,
      answer,
      fail,
    };
  }

  /** An idle worker, else the one that will be done soonest, if that is soon. */
  #freeWorker(): PooledWorker | undefined {
    let best: PooledWorker | undefined;
    for (const worker of this.#workers) {
      if (!worker.isReady) continue;
      if (worker.tickets.length === 0) return worker;
      if (best === undefined || worker.backlogMs < best.backlogMs) best = worker;
    }
    if (this.#workers.length < this.#options.workers) return undefined;
    return best !== undefined && best.backlogMs < MAX_BACKLOG_MS ? best : undefined;
  }

  /** Starts a thread if there is room for one more; it is given jobs once it says that it is there. */
  #start(): void {
    if (this.#workers.length >= this.#options.workers) return;
    if (this.#now() < this.#noStartBeforeMs) return;
    try {
      const thread = this.#options.spawn();
      const worker = new PooledWorker(thread);
      this.#workers.push(worker);
      thread.onMessage((message) => this.#onAnswers(worker, message as RunAnswer[]));
      thread.onExit((reason) => this.#onExit(worker, reason));
    } catch {
      this.#delayStart();
    }
  }

  #delayStart(): void {
    this.#noStartBeforeMs = this.#now() + RESTART_DELAY_MS;
  }

  /** A worker's first message, which is empty, says that it has come up. */
  #onAnswers(worker: PooledWorker, answers: readonly RunAnswer[]): void {
    // What a worker says that was given up comes too late: its jobs are answered, or run elsewhere.
    if (!this.#workers.includes(worker)) return;
    worker.isReady = true;
    const now = this.#now();
    const finished = answers.map((answer) => worker.finish(answer.jobId, now));
    this.#feed(worker, now);
    finished.forEach((ticket, i) => {
      if (ticket !== undefined) this.#settle(ticket, answers[i]!);
    });
  }

  #settle(ticket: Ticket, answer: RunAnswer): void {
    if ("failure" in answer) return ticket.fail(new Error(answer.failure));
    this.#learn(ticket.job.target, answer);
    ticket.answer({ kind: "ran", path: "pool", result: unpackResult(answer) });
  }

  #learn(target: RunTarget, { runMs }: DoneMessage): void {
    const before = this.#runMs.get(target) ?? runMs;
    this.#runMs.set(target, Math.max(MIN_EXPECTED_MS, before * 0.8 + runMs * 0.2));
  }

  #feed(worker: PooledWorker, nowMs: number): void {
    while (this.#queue.length > 0 && worker.isReady) {
      if (worker.tickets.length > 0 && worker.backlogMs >= MAX_BACKLOG_MS) return;
      send(worker, this.#queue.shift()!, nowMs);
    }
  }

  #feedAll(nowMs: number): void {
    for (const worker of this.#workers) this.#feed(worker, nowMs);
  }

  /** The thread ended by itself: the run it was in is lost. */
  #onExit(worker: PooledWorker, reason: string): void {
    if (!worker.isReady) this.#delayStart();
    const message = `the worker thread ended: ${reason}`;
    this.#replace(worker, { kind: "trapped", trap: "unknown", message });
  }

  /** Ends a worker. The run it is in gets this outcome; the others are run elsewhere, if they may be. */
  #replace(worker: PooledWorker, outcome: Outcome): void {
    const index = this.#workers.indexOf(worker);
    if (index === -1) return;
    this.#workers.splice(index, 1);
    worker.terminate();
    const running = worker.running();
    const isLost = (ticket: Ticket) => ticket === running || !worker.mayRunAgain(ticket);
    const tickets = worker.tickets.splice(0);
    for (const ticket of tickets.filter(isLost)) ticket.answer(ended(outcome));
    this.#queue.unshift(...tickets.filter((ticket) => !isLost(ticket)));
    this.#feedAll(this.#now());
    this.#start();
  }

  #watch(): void {
    const now = this.#now();
    for (const worker of [...this.#workers]) this.#watchWorker(worker, now);
    this.#watchQueue(now);
    if (this.#queue.length > 0) this.#start();
    const isIdle = this.#queue.length === 0 &&
      this.#workers.every((each) => each.tickets.length === 0);
    if (!isIdle) return;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #watchWorker(worker: PooledWorker, nowMs: number): void {
    const running = worker.running();
    // No time runs for a job that was sent but not begun: the thread has not got to it.
    if (running === undefined) return worker.postponeStart();
    running.startedAtMs ??= nowMs;
    const ranMs = nowMs - running.startedAtMs;
    const overdueMs = ranMs - running.job.target.limits.timeoutMs;
    if (overdueMs > OVERRUN_GRACE_MS) return this.#replace(worker, { kind: "timeout" });
    if (ranMs > TAKE_BACK_MS) {
      this.#queue.unshift(...worker.takeBack());
      this.#feedAll(nowMs);
    }
    if (hasLeft(running)) worker.cancel(running.id);
  }

  #watchQueue(nowMs: number): void {
    for (let i = this.#queue.length - 1; i >= 0; i--) {
      const ticket = this.#queue[i]!;
      const isLate = nowMs - ticket.queuedAtMs > this.#options.queueTimeoutMs;
      if (!isLate && !hasLeft(ticket)) continue;
      this.#queue.splice(i, 1);
      ticket.answer(isLate ? this.#overloaded() : ended(CANCELLED));
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

function send(worker: PooledWorker, ticket: Ticket, nowMs: number): void {
  try {
    worker.send(ticket, nowMs);
  } catch (thrown) {
    ticket.fail(thrown);
  }
}

function hasLeft(ticket: Ticket): boolean {
  return ticket.job.hasLeft?.() ?? false;
}

/** The answer for a run that cannot answer for itself; what it used is not known. */
function ended(outcome: Outcome): JobResult {
  const result: RunResult = { outcome, stdout: NOTHING, stderr: NOTHING, fuel: 0, memoryPages: 0 };
  return { kind: "ran", path: "pool", result };
}

function everyInterval(tick: () => void, everyMs: number): () => void {
  const timer = setInterval(tick, everyMs);
  return () => clearInterval(timer);
}
