import type { WorkerThread } from "../platform/platform.ts";
import { CONTROL, type ControlWords, newControlWords } from "./control.ts";
import type { RunTarget } from "./job.ts";
import { packRun, type RunMessage, type ToWorker } from "./messages.ts";
import type { Ticket } from "./ticket.ts";

/** Targets a worker is kept told about; the oldest make room. */
const MAX_KNOWN_TARGETS = 512;

/** The pool's end of one worker thread: what it runs, what it knows, how to stop it. */
export class PooledWorker {
  /** Jobs sent and not answered; the worker runs them in this order, so the first is the running one. */
  readonly tickets: Ticket[] = [];
  /** How long the worker is expected to need for them, milliseconds. */
  backlogMs = 0;
  readonly #thread: WorkerThread;
  readonly #control: ControlWords = newControlWords();
  readonly #known = new Map<RunTarget, number>();
  #lastTargetId = 0;
  #lastSequence = 0;
  /** Runs of this turn of the event loop; they go in one message. */
  #outbox: RunMessage[] = [];

  constructor(thread: WorkerThread) {
    this.#thread = thread;
    this.#post({ type: "control", control: this.#control });
  }

  /** Sends a job; it runs after the ones sent before. */
  send(ticket: Ticket, nowMs: number): void {
    const { target, input } = ticket.job;
    const targetId = this.#known.get(target) ?? this.#introduce(target);
    ticket.sequence = ++this.#lastSequence;
    if (this.tickets.length === 0) ticket.startedAtMs = nowMs;
    this.tickets.push(ticket);
    this.backlogMs += ticket.expectedMs;
    if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
    this.#outbox.push(packRun(ticket, targetId, target.prepared.info, input));
  }

  /** Takes an answered job off; the next one, if any, starts now. */
  finish(jobId: number, nowMs: number): Ticket | undefined {
    const ticket = this.tickets[0];
    if (ticket === undefined || ticket.id !== jobId) return undefined;
    this.tickets.shift();
    const next = this.tickets[0];
    if (next !== undefined) next.startedAtMs = nowMs;
    this.backlogMs = next === undefined ? 0 : this.backlogMs - ticket.expectedMs;
    return ticket;
  }

  /**
   * Takes back the jobs that the worker has not begun. The exchange decides between the two threads: a run
   * is begun by moving the same word, so no job is begun and taken back.
   */
  takeBack(): Ticket[] {
    if (this.tickets.length < 2) return [];
    const next = Atomics.exchange(this.#control, CONTROL.nextSequence, CONTROL.halted);
    if (next === CONTROL.halted) return [];
    const first = this.tickets.findIndex((ticket) => ticket.sequence >= next);
    const taken = first === -1 ? [] : this.tickets.splice(first);
    this.backlogMs = this.tickets.reduce((sum, ticket) => sum + ticket.expectedMs, 0);
    this.#outbox = [];
    this.#post({ type: "resume", nextSequence: this.#lastSequence + 1 });
    return taken;
  }

  /** Asks the worker to end this job at its next host call, or to wake from its sleep. */
  cancel(jobId: number): void {
    Atomics.store(this.#control, CONTROL.cancelledJob, jobId);
    Atomics.notify(this.#control, CONTROL.cancelledJob);
  }

  /** Ends the thread, whatever it is doing. */
  terminate(): void {
    this.#thread.terminate();
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const runs = this.#outbox;
    this.#outbox = [];
    this.#thread.post({ type: "runs", runs } satisfies ToWorker, runs.map((run) => run.buffer));
  }

  #introduce(target: RunTarget): number {
    this.#makeRoom();
    const targetId = ++this.#lastTargetId;
    this.#known.set(target, targetId);
    const { prepared, handler, limits } = target;
    this.#post({ type: "target", targetId, prepared, handler, limits });
    return targetId;
  }

  #makeRoom(): void {
    if (this.#known.size < MAX_KNOWN_TARGETS) return;
    const [oldest] = this.#known;
    this.#known.delete(oldest![0]);
    // Runs of it may still be waiting to be sent.
    this.#flush();
    this.#post({ type: "forget", targetId: oldest![1] });
  }

  #post(message: ToWorker): void {
    this.#thread.post(message, []);
  }
}
