import { type CallCell, type CoordReply, writeReply } from "../coord/guest/coord_call.ts";
import type { WorkerThread } from "../platform/platform.ts";
import { CONTROL, type ControlWords, newControlWords, wake } from "./control.ts";
import type { RunTarget } from "./job.ts";
import {
  type InputNeeds,
  inputNeeds,
  packRun,
  type RunMessage,
  type ToWorker,
} from "./messages.ts";
import { packProgram } from "./packed_program.ts";
import type { WorkerState } from "./strategies.ts";
import type { Ticket } from "./ticket.ts";
import { type ScoreFormula, WorkerLoad } from "./worker_load.ts";

/** Targets a worker is kept told about; the oldest make room. */
const MAX_KNOWN_TARGETS = 512;

/** What the worker calls a target, and what runs of it must bring along. */
interface KnownTarget {
  readonly targetId: number;
  readonly needs: InputNeeds;
}

/** The pool's end of one worker thread: what it runs, what it knows, how to stop it. */
export class PooledWorker implements WorkerState {
  readonly id: number;
  readonly load = new WorkerLoad();
  /** Jobs sent and not answered, in the order in which the worker runs them. */
  readonly tickets: Ticket[] = [];
  /** How long the worker is expected to need for them, milliseconds; Infinity if that is not known. */
  backlogMs = 0;
  /** Whether the thread has come up. Until then nothing is sent, so that no time runs for anyone. */
  isReady = false;
  readonly #thread: WorkerThread;
  readonly #control: ControlWords = newControlWords();
  readonly #known = new Map<RunTarget, KnownTarget>();
  #lastTargetId = 0;
  #lastSequence = 0;
  /** The last run begun when the worker was halted; meanwhile the shared word does not tell. */
  #begunAtHalt = 0;
  /** Runs of this turn of the event loop; they go in one message. */
  #outbox: RunMessage[] = [];

  constructor(id: number, thread: WorkerThread) {
    this.id = id;
    this.#thread = thread;
    this.#post({ type: "control", control: this.#control });
  }

  get inFlight(): number {
    return this.tickets.length;
  }

  get busy(): number {
    return this.load.busy;
  }

  get score(): number {
    return this.load.score;
  }

  /** Sends a job; it runs after the ones sent before. Throws what making its input throws. */
  send(ticket: Ticket, nowMs: number): void {
    const { target, input } = ticket.job;
    const { targetId, needs } = this.#known.get(target) ?? this.#introduce(target);
    ticket.sequence = this.#lastSequence + 1;
    const run = packRun(ticket, targetId, needs, input);
    this.#lastSequence++;
    ticket.sentAtMs = nowMs;
    ticket.startedAtMs = this.tickets.length === 0 ? nowMs : undefined;
    this.tickets.push(ticket);
    this.backlogMs += ticket.expectedMs;
    if (this.#outbox.length === 0) queueMicrotask(() => this.#flush());
    this.#outbox.push(run);
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
   * The run the worker is in, as far as the shared word tells: the last one begun. Those before it are
   * finished, and their results wait to share a message with its own.
   */
  running(): Ticket | undefined {
    const begun = this.#begun();
    return this.tickets.findLast(({ sequence }) => sequence <= begun);
  }

  /** Says that the first job has not begun yet, whenever it was sent. */
  postponeStart(): void {
    const [first] = this.tickets;
    if (first !== undefined) first.startedAtMs = undefined;
  }

  /**
   * Takes back every job but the running one, and has nothing more sent behind that. The exchange decides
   * between the two threads: a run is begun by moving the same word, so no job is begun and taken back. Jobs
   * whose results wait behind the running one are taken back too, where they may be run again: that costs
   * less than to wait.
   */
  takeBack(): Ticket[] {
    this.backlogMs = Infinity;
    if (this.tickets.length < 2) return [];
    const next = Atomics.exchange(this.#control, CONTROL.nextSequence, CONTROL.halted);
    if (next === CONTROL.halted) return [];
    this.#begunAtHalt = next - 1;
    const running = this.running();
    const tickets = this.tickets.splice(0);
    const taken = tickets.filter((each) => each !== running && this.mayRunAgain(each));
    this.tickets.push(...tickets.filter((each) => !taken.includes(each)));
    this.#outbox = [];
    // Last, as it moves the word again.
    this.#post({ type: "resume", nextSequence: this.#lastSequence + 1 });
    return taken;
  }

  /** Whether nobody could tell if this job were run elsewhere: it has not begun, or leaves no traces. */
  mayRunAgain({ sequence, job }: Ticket): boolean {
    const { mounts, coord } = job.target;
    if (sequence > this.#begun()) return true;
    return coord === undefined && !mounts?.some((mount) => !mount.isReadOnly);
  }

  /** Asks the worker to end this job at its next host call, or to wake from its sleep. */
  cancel(jobId: number): void {
    Atomics.store(this.#control, CONTROL.cancelledJob, jobId);
    wake(this.#control);
  }

  /** Answers a call of a run, which waits for that. */
  answerCall(cell: CallCell, reply: CoordReply): void {
    writeReply(cell, reply);
    wake(this.#control);
  }

  /** Lets go of a target that has been replaced. */
  forget(target: RunTarget): void {
    const known = this.#known.get(target);
    if (known === undefined) return;
    this.#known.delete(target);
    // Runs of it may still be waiting to be sent.
    this.#flush();
    this.#post({ type: "forget", targetId: known.targetId });
  }

  /** Ends a period of its load, and asks the thread how it is. */
  measure(nowMs: number, periodMs: number, formula: ScoreFormula): void {
    const startedAtMs = this.tickets[0]?.startedAtMs;
    const runningMs = startedAtMs === undefined ? 0 : Math.min(periodMs, nowMs - startedAtMs);
    this.load.endPeriod(periodMs, runningMs, formula);
    if (this.isReady) this.#post({ type: "measure" });
  }

  /** Ends the thread, whatever it is doing. */
  terminate(): void {
    this.#thread.terminate();
  }

  #begun(): number {
    const next = Atomics.load(this.#control, CONTROL.nextSequence);
    return next === CONTROL.halted ? this.#begunAtHalt : next - 1;
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const runs = this.#outbox;
    this.#outbox = [];
    this.#thread.post({ type: "runs", runs } satisfies ToWorker, runs.map((run) => run.buffer));
  }

  #introduce(target: RunTarget): KnownTarget {
    if (this.#known.size >= MAX_KNOWN_TARGETS) {
      const [oldest] = this.#known.keys();
      this.forget(oldest!);
    }
    const targetId = ++this.#lastTargetId;
    const { prepared, handler, limits, mounts = [], coord } = target;
    const program = target.program && packProgram(target.program);
    this.#post({ type: "target", targetId, prepared, handler, limits, mounts, coord, program });
    const known = { targetId, needs: inputNeeds(prepared.info) };
    this.#known.set(target, known);
    return known;
  }

  #post(message: ToWorker): void {
    this.#thread.post(message, []);
  }
}
