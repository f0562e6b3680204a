import type { WasiClock } from "./wasi_clock.ts";
import { GuestMemory } from "./guest_memory.ts";
import type { RunIo, StringBlock } from "./run_io.ts";
import type { Sleeper } from "./sleeper.ts";
import type { StopReason } from "./stop.ts";
import { STOP_SIGNAL } from "./stop_signal.ts";

/** How far one run may go. */
export interface RunBounds {
  /** When the run ends as `timeout`, on the scale of `performance.now()`; Infinity for never. */
  readonly deadlineMs: number;
  /**
   * Host calls before the run stops with `promote`; Infinity in the pool. A call that moves many
   * bytes counts once more for each {@linkcode BYTES_PER_UNIT}.
   */
  readonly hostCalls: number;
  /** Whether the run is no longer wanted; it then ends as `cancelled`. */
  readonly cancelled?: () => boolean;
}

/**
 * Bytes that a host call may move for the price of one more call: about a microsecond of copying.
 */
export const BYTES_PER_UNIT = 16384;

/** Calls between two looks at the deadline: reading the clock costs as much as a small call. */
const CALLS_PER_CHECK = 64;

const NO_STRINGS: StringBlock = { bytes: new Uint8Array(0), count: 0 };

/** What a module sees that is not being run for anyone: nothing in, and nothing kept. */
const NO_IO: RunIo = {
  args: () => NO_STRINGS,
  environ: () => NO_STRINGS,
  stdin: { read: () => 0 },
  stdout: { write: (bytes) => bytes.length },
  stderr: { write: (bytes) => bytes.length },
};

/** What {@linkcode Run} needs from outside. */
export interface RunOptions {
  readonly clock: WasiClock;
  readonly sleeper?: Sleeper | undefined;
}

/**
 * The state of the current run, shared by all host calls of one instance and reused for its next
 * run.
 */
export class Run {
  readonly memory = new GuestMemory();
  readonly clock: WasiClock;
  /** Why the host ended this run, if it did. */
  stopped: StopReason | undefined;
  io: RunIo = NO_IO;
  /** Ends the run by a trap, which the module cannot catch. */
  trap: (() => never) | undefined;
  readonly #sleeper: Sleeper | undefined;
  #args: StringBlock | undefined;
  #environ: StringBlock | undefined;
  #deadlineMs = Infinity;
  #cancelled: (() => boolean) | undefined;
  /** Calls left when the present slice of `#untilCheck` calls is used up. */
  #callsLeft = Infinity;
  #untilCheck = 0;
  #startMs = 0;
  #sleptMs = 0;

  constructor(options: RunOptions) {
    this.clock = options.clock;
    this.#sleeper = options.sleeper;
  }

  /** Starts a run, forgetting the one before. */
  begin(io: RunIo, bounds: RunBounds): void {
    this.stopped = undefined;
    this.io = io;
    this.#args = undefined;
    this.#environ = undefined;
    this.#deadlineMs = bounds.deadlineMs;
    this.#cancelled = bounds.cancelled;
    this.#callsLeft = bounds.hostCalls;
    this.#startSlice();
    this.#startMs = this.clock.nowMs();
    this.#sleptMs = 0;
  }

  /** Lets go of what the run was given. */
  end(): void {
    this.io = NO_IO;
    this.#args = undefined;
    this.#environ = undefined;
    this.#cancelled = undefined;
  }

  /**
   * First thing in every host call: counts it, ends the run where that is due, and renews the
   * views.
   */
  enter(): void {
    if (--this.#untilCheck < 0) this.#check();
    this.memory.refresh();
  }

  /** Counts work beyond one small call, and ends the run where that is due. */
  spend(units: number): void {
    if ((this.#untilCheck -= units) < 0) this.#check();
  }

  /** Counts bytes moved. */
  spendBytes(bytes: number): void {
    if (bytes >= BYTES_PER_UNIT) this.spend(Math.floor(bytes / BYTES_PER_UNIT));
  }

  /**
   * Ends the run: records why, then unwinds the module. Every later host call ends it again at
   * once.
   */
  stop(reason: StopReason): never {
    this.stopped ??= reason;
    this.#untilCheck = 0;
    this.trap?.();
    throw STOP_SIGNAL;
  }

  /** The arguments, made when first asked for. */
  args(): StringBlock {
    return this.#args ??= this.io.args();
  }

  /** The environment, made when first asked for. */
  environ(): StringBlock {
    return this.#environ ??= this.io.environ();
  }

  /**
   * CPU time of the run, nanoseconds: it computes whenever it does not sleep. Never that of the
   * server's process, which would tell functions about each other.
   */
  cpuTimeNs(): bigint {
    const usedMs = this.clock.nowMs() - this.#startMs - this.#sleptMs;
    return BigInt(Math.max(0, Math.round(usedMs * 1e6)));
  }

  /**
   * Ends the run with `promote` if it may not block: what follows cannot be undone, or may have to
   * wait.
   */
  leaveFastPath(): void {
    if (this.#sleeper === undefined) this.stop({ kind: "promote" });
  }

  /**
   * Blocks for at most `ms`; may return earlier. Ends the run if it may not block or its time is
   * up.
   */
  sleep(ms: number): void {
    if (this.#sleeper === undefined) this.stop({ kind: "promote" });
    const startMs = this.clock.nowMs();
    this.#sleeper.sleep(Math.max(0, Math.min(ms, this.#deadlineMs - startMs)));
    this.#sleptMs += this.clock.nowMs() - startMs;
    this.#checkBounds();
  }

  #startSlice(): void {
    this.#untilCheck = Math.min(CALLS_PER_CHECK, this.#callsLeft);
    this.#callsLeft -= this.#untilCheck;
  }

  #check(): void {
    if (this.stopped !== undefined) this.stop(this.stopped);
    this.#callsLeft += this.#untilCheck;
    if (this.#callsLeft < 0) this.stop({ kind: "promote" });
    this.#checkBounds();
    this.#startSlice();
  }

  #checkBounds(): void {
    if (this.#deadlineMs !== Infinity && this.clock.nowMs() >= this.#deadlineMs) {
      this.stop({ kind: "timeout" });
    }
    if (this.#cancelled?.() === true) this.stop({ kind: "cancelled" });
  }
}
