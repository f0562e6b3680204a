import type { CallCell, CoordCall } from "../coord/guest/coord_call.ts";
import type { IsolateBudget } from "../isolate/isolate.ts";
import type { Limits } from "../isolate/limits.ts";
import type { ThreadPort } from "../platform/platform.ts";
import { secureRandom } from "../wasi/random.ts";
import { systemClock } from "../wasi/system_clock.ts";
import { CONTROL, type ControlWords, newControlWords } from "./control.ts";
import { IsolateCache, type IsolateParts } from "./isolate_cache.ts";
import { unpackProgram } from "./packed_program.ts";
import {
  type CallMessage,
  packResult,
  type RunAnswer,
  type RunMessage,
  type TargetMessage,
  type ToWorker,
  unpackInput,
} from "./messages.ts";
import { sampleThread } from "./thread_sample.ts";

/** What a worker knows of a target. */
interface WorkerTarget extends IsolateParts, Pick<TargetMessage, "handler" | "limits"> {}

/** Results wait this long for those of the runs behind them, to share a message. */
const MAX_RESULT_DELAY_MS = 0.5;

/**
 * The far end of the pool: runs one job after another on its own thread, with the whole budget and the
 * right to wait.
 */
export class PoolWorker {
  readonly #port: ThreadPort;
  readonly #targets = new Map<number, WorkerTarget>();
  /** By target id. */
  readonly #isolates: IsolateCache<number>;
  #control: ControlWords = newControlWords();
  #jobId = 0;
  /** How often it had been woken when it last looked; what happened since then does not let it sleep. */
  #wakesSeen = 0;
  #results: RunAnswer[] = [];

  constructor(port: ThreadPort) {
    this.#port = port;
    this.#isolates = new IsolateCache(
      {
        clock: systemClock,
        random: secureRandom,
        sleeper: { sleep: (ms: number) => this.#sleep(ms) },
      },
      undefined,
      (call, cell) => this.#postCall(call, cell),
    );
  }

  /** Handles one message. */
  handle(message: ToWorker): void {
    switch (message.type) {
      case "control":
        this.#control = message.control;
        // Nothing to answer yet: this tells the pool that the thread has come up.
        this.#port.post([], []);
        return;
      case "target":
        this.#targets.set(message.targetId, received(message));
        return;
      case "forget":
        return this.#forget(message.targetId);
      case "resume":
        Atomics.store(this.#control, CONTROL.nextSequence, message.nextSequence);
        return;
      case "measure":
        this.#port.post(sampleThread(this.#isolates.resets), []);
        return;
      case "runs":
        return this.#runAll(message.runs);
    }
  }

  #runAll(runs: readonly RunMessage[]): void {
    let sentAtMs = performance.now();
    for (const run of runs) {
      if (!this.#begin(run.sequence)) break;
      const startMs = performance.now();
      // What is finished must not wait for what comes next, if that will take long.
      if (startMs - sentAtMs + run.expectedMs > MAX_RESULT_DELAY_MS) {
        this.#send();
        sentAtMs = startMs;
      }
      this.#run(run, startMs);
    }
    this.#send();
  }

  /** Whether this run is still ours to begin: the pool takes back what waits behind a long one. */
  #begin(sequence: number): boolean {
    const { nextSequence } = CONTROL;
    return Atomics.compareExchange(this.#control, nextSequence, sequence, sequence + 1) ===
      sequence;
  }

  #run(message: RunMessage, startMs: number): void {
    this.#jobId = message.jobId;
    try {
      // The pool sends a target before its first run, and ports keep order.
      const target = this.#targets.get(message.targetId)!;
      const { handler, limits } = target;
      const isolate = this.#isolates.get(message.targetId, target);
      const result = isolate.run(handler, unpackInput(message), this.#budget(limits, startMs))!;
      this.#results.push(packResult(message.jobId, result, performance.now() - startMs));
    } catch (thrown) {
      // A fault of Skerry's own, which must harm no other job of this thread.
      this.#results.push({ jobId: message.jobId, failure: describe(thrown) });
    }
  }

  #forget(targetId: number): void {
    this.#targets.delete(targetId);
    this.#isolates.forget(targetId);
  }

  #send(): void {
    const results = this.#results;
    if (results.length === 0) return;
    this.#results = [];
    this.#port.post(results, results.flatMap((each) => "buffer" in each ? [each.buffer] : []));
  }

  #budget(limits: Limits, startMs: number): IsolateBudget {
    return {
      fuel: limits.fuel,
      deadlineMs: startMs + limits.timeoutMs,
      hostCalls: Infinity,
      inlinePages: -1,
      stdoutBytes: limits.stdoutBytes,
      stderrBytes: limits.stderrBytes,
      cancelled: this.#isCancelled,
    };
  }

  readonly #isCancelled = (): boolean =>
    Atomics.load(this.#control, CONTROL.cancelledJob) === this.#jobId;

  #sleep(ms: number): "elapsed" | "interrupted" {
    // Results of earlier runs must not sleep too.
    this.#send();
    if (this.#isCancelled()) return "interrupted";
    const woken = Atomics.wait(this.#control, CONTROL.wakes, this.#wakesSeen, ms);
    this.#wakesSeen = Atomics.load(this.#control, CONTROL.wakes);
    return woken === "timed-out" ? "elapsed" : "interrupted";
  }

  #postCall(call: CoordCall, cell: CallCell | undefined): void {
    this.#wakesSeen = Atomics.load(this.#control, CONTROL.wakes);
    const message: CallMessage = { type: "call", jobId: this.#jobId, call, cell };
    this.#port.post(message, []);
  }
}

function received({ program, ...target }: TargetMessage): WorkerTarget {
  return program === undefined ? target : { ...target, program: unpackProgram(program) };
}

function describe(thrown: unknown): string {
  return thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
}
