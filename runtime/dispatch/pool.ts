import { roomOf } from "../coord/guest/coord_call.ts";
import type { RunCalls } from "../coord/guest/run_calls.ts";
import type { Outcome, RunResult } from "../isolate/outcome.ts";
import type { ResetCounts } from "../isolate/reset_counts.ts";
import type { WorkerThread } from "../platform/platform.ts";
import { Admission } from "./admission.ts";
import { Crew } from "./crew.ts";
import { CrewSize } from "./crew_size.ts";
import { FairQueue } from "./fair_queue.ts";
import type { Job, JobResult, RunTarget } from "./job.ts";
import { type FromWorker, type RunAnswer, unpackResult } from "./messages.ts";
import { completeSettings, type PoolSettings } from "./pool_settings.ts";
import type { PooledWorker } from "./pooled_worker.ts";
import { RunTimes } from "./run_times.ts";
import type { StrategyName } from "./strategies.ts";
import type { Ticket } from "./ticket.ts";
import { isIdle, isNearlyDone, WorkerChoice } from "./worker_choice.ts";

/** How large the pool is and how long it lets jobs wait. */
export interface PoolOptions extends PoolSettings {
  /** Jobs that may wait for a worker; one more is answered `overloaded`. @default 1024 */
  readonly queueLength: number;
  /** How long a job may wait for a worker, milliseconds. @default 10_000 */
  readonly queueTimeoutMs: number;
  /** Answers what runs ask for. @default nothing does */
  readonly calls?: RunCalls;
  /** May throw, where no more threads can be had. */
  readonly spawn: () => WorkerThread;
  /** Milliseconds that only grow. @default performance.now */
  readonly now?: () => number;
  /** Calls `tick` about every `everyMs` until the returned function is called. @default setInterval */
  readonly every?: (tick: () => void, everyMs: number) => () => void;
}

/** How often deadlines, departed clients and the number of workers are looked at. */
const WATCH_INTERVAL_MS = 25;
/** A worker stops an overdue run by itself at its next host call; one that does not is replaced. */
const OVERRUN_GRACE_MS = 75;
/** A run that takes this long was not expected to: what was sent ahead behind it is taken back. */
const TAKE_BACK_MS = 20;
const MAX_JOB_ID = 0x7fff_ffff;
const NOTHING = new Uint8Array(0);
const CANCELLED: Outcome = { kind: "cancelled" };

/**
 * Worker threads, as many as are needed within bounds, and a fair and bounded queue before them. A worker
 * runs one job at a time; behind quick ones more are sent ahead, so that the worker never waits for the
 * post (RATIONALE: "Why are jobs sent ahead?"). What a worker had not begun when it was lost runs
 * elsewhere, and so does what leaves no traces.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #crew: Crew;
  readonly #size: CrewSize;
  readonly #admission = new Admission();
  readonly #queue = new FairQueue();
  readonly #choice = new WorkerChoice();
  readonly #runTimes = new RunTimes();
  readonly #now: () => number;
  readonly #every: NonNullable<PoolOptions["every"]>;
  #settings: Required<PoolSettings>;
  /** Idle workers as {@linkcode Admission.mayRun} counts them, for the job that is being taken. */
  #idleWorkers = 0;
  #stopWatching: (() => void) | undefined;
  #lastJobId = 0;
  #isStopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#every = options.every ?? everyInterval;
    this.#settings = completeSettings(options);
    this.#crew = new Crew({
      spawn: options.spawn,
      now: this.#now,
      onMessage: (worker, message) => this.#onMessage(worker, message),
      onCrash: (worker, reason) => {
        const message = `the worker thread ended: ${reason}`;
        this.#replace(worker, { kind: "trapped", trap: "unknown", message });
      },
    });
    this.#size = new CrewSize(this.#crew, this.#settings, this.#now());
  }

  /** Which of several free workers gets a job; may be changed at any time. */
  get strategy(): StrategyName {
    return this.#settings.strategy;
  }

  set strategy(strategy: StrategyName) {
    this.#settings = { ...this.#settings, strategy };
  }

  /** Changes what can be changed. Workers come and go as they are needed within the new bounds. */
  configure(settings: PoolSettings): void {
    this.#settings = completeSettings(settings);
    this.#size.configure(this.#settings);
    // Until the new size is reached.
    if (!this.#isStopped) this.#startWatching();
  }

  /** Starts the threads now rather than with the first jobs, so that those need not wait for them. */
  warmUp(): void {
    this.#size.makeUp();
  }

  /** Runs a job on some worker. Rejects only if Skerry itself fails. */
  run(job: Job): Promise<JobResult> {
    if (this.#isStopped) return Promise.resolve(ended(CANCELLED));
    const worker = this.#queue.length === 0 ? this.#choose(job.target) : undefined;
    if (worker === undefined && !this.#makeRoomFor(job.target)) {
      return Promise.resolve(this.#overloaded());
    }
    this.#startWatching();
    return new Promise((answer, fail) => {
      const ticket = this.#newTicket(job, answer, fail);
      if (worker !== undefined) return this.#send(worker, ticket, ticket.queuedAtMs);
      this.#queue.push(ticket);
      this.#size.makeUp(1);
      // Those that wait may all be kept back by limits of their own.
      this.#feedAll(ticket.queuedAtMs);
    });
  }

  /** Jobs waiting and jobs running. */
  get load(): { readonly queued: number; readonly running: number } {
    let running = 0;
    for (const worker of this.#crew.workers) running += worker.inFlight;
    return { queued: this.#queue.length, running };
  }

  /** The workers and how they fare, in the order of their ids. */
  get workers(): readonly PooledWorker[] {
    return this.#crew.workers;
  }

  /** What became of instances in the workers. */
  get resets(): Readonly<ResetCounts> {
    return this.#crew.resets;
  }

  /** How long the job that waits longest has waited, milliseconds; 0 if none waits. */
  get queueWaitMs(): number {
    const { oldestAtMs } = this.#queue;
    return oldestAtMs === undefined ? 0 : this.#now() - oldestAtMs;
  }

  /** Lets go of a target that has been replaced; should it run again after all, that is merely slower. */
  forget(target: RunTarget): void {
    this.#admission.forget(target);
    for (const worker of this.#crew.workers) worker.forget(target);
  }

  /** Ends every thread. Jobs still there, and later ones, are answered `cancelled`. */
  stop(): void {
    this.#isStopped = true;
    this.#stopWatching?.();
    for (const worker of [...this.#crew.workers]) {
      this.#crew.dismiss(worker);
      for (const ticket of worker.tickets.splice(0)) {
        this.#endCalls(ticket);
        ticket.answer(ended(CANCELLED));
      }
    }
    for (const ticket of this.#queue.removeIf(() => true)) ticket.answer(ended(CANCELLED));
  }

  #startWatching(): void {
    this.#stopWatching ??= this.#every(() => this.#watch(), WATCH_INTERVAL_MS);
  }

  #newTicket(job: Job, answer: Ticket["answer"], fail: Ticket["fail"]): Ticket {
    const now = this.#now();
    return {
      id: this.#nextJobId(),
      job,
      queuedAtMs: now,
      expectedMs: this.#runTimes.expectedMs(job.target),
      sequence: 0,
      sentAtMs: now,
      startedAtMs: undefined,
      answer,
      fail,
    };
  }

  /** A worker that can take a job of this target at once; undefined if there is none. */
  #choose(target: RunTarget): PooledWorker | undefined {
    const { workers } = this.#crew;
    const { workers: maxWorkers, strategy } = this.#settings;
    const candidates = this.#choice.candidates(workers);
    if (candidates.length === 0) return undefined;
    const areIdle = isIdle(candidates[0]!);
    const idleWorkers = areIdle ? candidates.length + maxWorkers - workers.length : 0;
    if (!this.#admission.mayRun(target, idleWorkers, maxWorkers)) return undefined;
    return this.#choice.choose(candidates, strategy);
  }

  #makeRoomFor(target: RunTarget): boolean {
    if (this.#queue.length < this.#options.queueLength) return true;
    const removed = this.#queue.makeRoomFor(target);
    removed?.answer(this.#overloaded());
    return removed !== undefined;
  }

  #send(worker: PooledWorker, ticket: Ticket, nowMs: number): void {
    try {
      worker.send(ticket, nowMs);
      this.#admission.started(ticket.job.target);
    } catch (thrown) {
      ticket.fail(thrown);
    }
  }

  /** A worker's first message, which is empty, says that it has come up. */
  #onMessage(worker: PooledWorker, message: FromWorker): void {
    if (!isAnswers(message)) return this.#onOther(worker, message);
    worker.isReady = true;
    const now = this.#now();
    const finished = message.map((answer) => this.#finish(worker, answer, now));
    this.#feed(worker, now);
    finished.forEach((ticket, i) => {
      if (ticket !== undefined) this.#settle(ticket, message[i]!);
    });
  }

  #onOther(worker: PooledWorker, message: Exclude<FromWorker, readonly RunAnswer[]>): void {
    if (!("type" in message)) return worker.load.receive(message);
    const { jobId, call, cell } = message;
    const ticket = worker.tickets.find(({ id }) => id === jobId);
    if (ticket === undefined) return;
    const { timeoutMs } = ticket.job.target.limits;
    const roomBytes = cell === undefined ? 0 : roomOf(cell);
    void this.#options.calls?.call(ticket, call, { timeoutMs, roomBytes }).then((reply) => {
      if (cell !== undefined) worker.answerCall(cell, reply);
    });
  }

  #finish(worker: PooledWorker, answer: RunAnswer, nowMs: number): Ticket | undefined {
    const ticket = worker.finish(answer.jobId, nowMs);
    if (ticket === undefined) return undefined;
    const { target, input } = ticket.job;
    this.#admission.ended(target);
    this.#endCalls(ticket);
    if ("failure" in answer) return ticket;
    const { runMs, buffer } = answer;
    worker.load.add(runMs, input.stdin.length, buffer.byteLength);
    this.#queue.charge(ticket, runMs);
    this.#runTimes.add(target, runMs);
    return ticket;
  }

  #settle(ticket: Ticket, answer: RunAnswer): void {
    if ("failure" in answer) return ticket.fail(new Error(answer.failure));
    const waitedMs = ticket.sentAtMs - ticket.queuedAtMs;
    ticket.answer({ kind: "ran", path: "pool", result: unpackResult(answer), waitedMs });
  }

  #feed(worker: PooledWorker, nowMs: number): void {
    while (this.#queue.length > 0 && worker.isReady) {
      if (!isIdle(worker) && !isNearlyDone(worker)) return;
      this.#idleWorkers = isIdle(worker) ? this.#countIdle() : 0;
      const ticket = this.#queue.take(this.#mayRun);
      if (ticket === undefined) return;
      this.#send(worker, ticket, nowMs);
    }
  }

  readonly #mayRun = (target: RunTarget): boolean =>
    this.#admission.mayRun(target, this.#idleWorkers, this.#settings.workers);

  #countIdle(): number {
    let working = 0;
    for (const worker of this.#crew.workers) if (worker.inFlight > 0) working++;
    return this.#settings.workers - working;
  }

  #feedAll(nowMs: number): void {
    for (const worker of this.#crew.workers) this.#feed(worker, nowMs);
  }

  /** Ends a worker. The run it is in gets this outcome; the others are run elsewhere, if they may be. */
  #replace(worker: PooledWorker, outcome: Outcome): void {
    if (!this.#crew.dismiss(worker)) return;
    const running = worker.running();
    const isLost = (ticket: Ticket) => ticket === running || !worker.mayRunAgain(ticket);
    const tickets = worker.tickets.splice(0);
    for (const { job } of tickets) this.#admission.ended(job.target);
    for (const ticket of tickets.filter(isLost)) {
      this.#endCalls(ticket);
      ticket.answer(ended(outcome));
    }
    this.#queue.putBack(tickets.filter((ticket) => !isLost(ticket)));
    this.#feedAll(this.#now());
    this.#size.makeUp();
  }

  /** However a run ended, it holds nothing any more. */
  #endCalls(ticket: Ticket): void {
    if (ticket.job.target.coord !== undefined) this.#options.calls?.ended(ticket);
  }

  #watch(): void {
    const now = this.#now();
    for (const worker of [...this.#crew.workers]) this.#watchWorker(worker, now);
    this.#watchQueue(now);
    this.#size.tend(now, this.queueWaitMs);
    if (this.#queue.length > 0 || !this.#size.isAtRest) return;
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
      const tickets = worker.takeBack();
      for (const { job } of tickets) this.#admission.ended(job.target);
      this.#queue.putBack(tickets);
      this.#feedAll(nowMs);
    }
    if (hasLeft(running)) worker.cancel(running.id);
  }

  #watchQueue(nowMs: number): void {
    const isLate = ({ queuedAtMs }: Ticket) => nowMs - queuedAtMs > this.#options.queueTimeoutMs;
    for (const ticket of this.#queue.removeIf((each) => isLate(each) || hasLeft(each))) {
      ticket.answer(isLate(ticket) ? this.#overloaded() : ended(CANCELLED));
    }
  }

  #overloaded(): JobResult {
    return {
      kind: "overloaded",
      retryAfterSeconds: Math.max(1, Math.ceil(this.queueWaitMs / 1000)),
    };
  }

  #nextJobId(): number {
    this.#lastJobId = this.#lastJobId === MAX_JOB_ID ? 1 : this.#lastJobId + 1;
    return this.#lastJobId;
  }
}

function isAnswers(message: FromWorker): message is readonly RunAnswer[] {
  return Array.isArray(message);
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
