import type { IsolateBudget } from "../isolate/isolate.ts";
import type { Limits } from "../isolate/limits.ts";
import { systemClock } from "../wasi/system_clock.ts";
import { secureRandom } from "../wasi/random.ts";
import type { ThreadPort } from "../platform/platform.ts";
import { IsolateCache } from "./isolate_cache.ts";
import {
  packResult,
  type RunMessage,
  type TargetMessage,
  type ToWorker,
  unpackInput,
} from "./messages.ts";

/**
 * The far end of the pool: runs one job after another on its own thread, with the whole budget and the
 * right to wait.
 */
export class PoolWorker {
  readonly #port: ThreadPort;
  readonly #targets = new Map<number, TargetMessage>();
  readonly #isolates: IsolateCache;
  /** Shared with the server's thread, which writes the id of a job nobody waits for any more. */
  #control = new Int32Array(new SharedArrayBuffer(4));
  #jobId = 0;

  constructor(port: ThreadPort) {
    this.#port = port;
    this.#isolates = new IsolateCache({
      clock: systemClock,
      random: secureRandom,
      sleeper: { sleep: (ms: number) => this.#sleep(ms) },
    });
  }

  /** Handles one message. */
  handle(message: ToWorker): void {
    switch (message.type) {
      case "control":
        this.#control = message.control;
        return;
      case "target":
        this.#targets.set(message.targetId, message);
        return;
      case "forget":
        this.#targets.delete(message.targetId);
        return;
      case "run":
        return this.#run(message);
    }
  }

  #run(message: RunMessage): void {
    // The pool sends a target before its first run, and ports keep order.
    const { prepared, handler, limits } = this.#targets.get(message.targetId)!;
    this.#jobId = message.jobId;
    const isolate = this.#isolates.get(prepared);
    const result = isolate.run(handler, unpackInput(message), this.#budget(limits));
    const done = packResult(message.jobId, result!);
    this.#port.post(done, [done.buffer]);
  }

  #budget(limits: Limits): IsolateBudget {
    return {
      fuel: limits.fuel,
      deadlineMs: performance.now() + limits.timeoutMs,
      hostCalls: Infinity,
      inlinePages: -1,
      stdoutBytes: limits.stdoutBytes,
      stderrBytes: limits.stderrBytes,
      cancelled: this.#isCancelled,
    };
  }

  readonly #isCancelled = (): boolean => Atomics.load(this.#control, 0) === this.#jobId;

  #sleep(ms: number): "elapsed" | "interrupted" {
    const until = performance.now() + ms;
    for (let left = ms; left > 0; left = until - performance.now()) {
      const cancelledId = Atomics.load(this.#control, 0);
      if (cancelledId === this.#jobId) return "interrupted";
      Atomics.wait(this.#control, 0, cancelledId, left);
    }
    return "elapsed";
  }
}
