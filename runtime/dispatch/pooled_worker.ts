import type { WorkerThread } from "../platform/platform.ts";
import type { RunTarget } from "./job.ts";
import { packRun, type ToWorker } from "./messages.ts";
import type { Ticket } from "./ticket.ts";

/** Targets a worker is kept told about; the oldest make room. */
const MAX_KNOWN_TARGETS = 512;

/** The pool's end of one worker thread: what it runs, what it knows, how to stop it. */
export class PooledWorker {
  /** Jobs sent and not answered; the worker runs them in this order, so the first is the running one. */
  readonly tickets: Ticket[] = [];
  readonly #thread: WorkerThread;
  readonly #known = new Map<RunTarget, number>();
  #lastTargetId = 0;
  readonly #control = new Int32Array(new SharedArrayBuffer(4));

  constructor(thread: WorkerThread) {
    this.#thread = thread;
    this.#post({ type: "control", control: this.#control });
  }

  /** Sends a job; it runs after the ones sent before. */
  send(ticket: Ticket, nowMs: number): void {
    const { target, input } = ticket.job;
    const targetId = this.#known.get(target) ?? this.#introduce(target);
    const message = packRun(ticket.id, targetId, target.prepared.info, input);
    if (this.tickets.length === 0) ticket.startedAtMs = nowMs;
    this.tickets.push(ticket);
    this.#thread.post(message, [message.buffer]);
  }

  /** Takes the answered job off; the next one, if any, starts now. */
  finish(jobId: number, nowMs: number): Ticket | undefined {
    const ticket = this.tickets[0];
    if (ticket === undefined || ticket.id !== jobId) return undefined;
    this.tickets.shift();
    const next = this.tickets[0];
    if (next !== undefined) next.startedAtMs = nowMs;
    return ticket;
  }

  /** Asks the worker to end this job at its next host call, or to wake from its sleep. */
  cancel(jobId: number): void {
    Atomics.store(this.#control, 0, jobId);
    Atomics.notify(this.#control, 0);
  }

  /** Ends the thread, whatever it is doing. */
  terminate(): void {
    this.#thread.terminate();
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
    this.#post({ type: "forget", targetId: oldest![1] });
  }

  #post(message: ToWorker): void {
    this.#thread.post(message, []);
  }
}
