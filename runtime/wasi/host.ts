import { argsEnvironCalls } from "./args_environ.ts";
import { clockCalls } from "./clock.ts";
import type { WasiClock } from "./wasi_clock.ts";
import { DescriptorTable } from "./descriptor_table.ts";
import { PreopenDescriptor } from "./directory_descriptor.ts";
import { fdControlCalls } from "./fd_control.ts";
import { fdIoCalls } from "./fd_io.ts";
import { fdFdstatCalls } from "./fd_fdstat.ts";
import { fdFilestatCalls } from "./fd_filestat.ts";
import { fdSeekCalls } from "./fd_seek.ts";
import type { Mount } from "./filesystem/mount.ts";
import { pathDirectoryCalls } from "./path_directory.ts";
import { pathFilestatCalls } from "./path_filestat.ts";
import { pathOpenCalls } from "./path_open.ts";
import { pathPairCalls } from "./path_pair.ts";
import { pathSymlinkCalls } from "./path_symlink.ts";
import { pollCalls } from "./poll.ts";
import { prestatCalls } from "./prestat.ts";
import { procCalls } from "./proc.ts";
import { randomCalls, type RandomSource } from "./random.ts";
import { readdirCalls } from "./readdir.ts";
import { Run, type RunBounds } from "./run.ts";
import type { RunIo } from "./run_io.ts";
import type { Sleeper } from "./sleeper.ts";
import { sockCalls } from "./sock.ts";
import { StandardInput, StandardOutput } from "./stdio.ts";
import type { StopReason } from "./stop.ts";

/** Options of {@linkcode WasiHost}. What is not given, the module does not get. */
export interface WasiHostOptions {
  readonly clock: WasiClock;
  readonly random: RandomSource;
  /** How blocking calls wait. @default none: a run that would have to wait stops with `promote` */
  readonly sleeper?: Sleeper;
  /** Directories open from the beginning, at 3 and up. @default none */
  readonly mounts?: readonly Mount[];
  /** Descriptors open at a time, standard streams and mounts included. @default 256 */
  readonly maxDescriptors?: number;
  /** Which of descriptors 0, 1 and 2 are terminals. @default none */
  readonly terminals?: readonly number[];
}

const DEFAULT_MAX_DESCRIPTORS = 256;

/**
 * The WASI preview1 host of one instance, for one run after another. All functions are made once;
 * {@linkcode begin} puts everything else back to what a new process would find.
 *
 * @example
 * ```ts
 * import { WasiHost } from "./host.ts";
 * import { secureRandom } from "./random.ts";
 * import type { RunIo } from "./run_io.ts";
 * import { isStopSignal } from "./stop_signal.ts";
 * import { systemClock } from "./system_clock.ts";
 *
 * function run(module: WebAssembly.Module, io: RunIo): number {
 *   const host = new WasiHost({ clock: systemClock, random: secureRandom });
 *   const { exports } = new WebAssembly.Instance(module, host.imports);
 *   host.bind(exports.memory as WebAssembly.Memory);
 *   host.begin(io, { deadlineMs: performance.now() + 1000, hostCalls: Infinity });
 *   try {
 *     (exports._start as () => void)();
 *   } catch (thrown) {
 *     if (!isStopSignal(thrown)) throw thrown;
 *   } finally {
 *     host.end();
 *   }
 *   return host.stopped?.kind === "exit" ? host.stopped.exitCode : 0;
 * }
 * ```
 */
export class WasiHost {
  /** Import object: the 46 functions of `wasi_snapshot_preview1`. */
  readonly imports: WebAssembly.Imports;
  readonly #run: Run;
  readonly #table: DescriptorTable;
  readonly #mounts: readonly Mount[];

  constructor(options: WasiHostOptions) {
    const run = this.#run = new Run(options);
    const isTerminal = (fd: number) => options.terminals?.includes(fd) ?? false;
    this.#mounts = options.mounts ?? [];
    for (const mount of this.#mounts) mount.attach?.(run);
    const initial = [
      new StandardInput(run, isTerminal(0)),
      new StandardOutput(run, "stdout", isTerminal(1)),
      new StandardOutput(run, "stderr", isTerminal(2)),
      ...this.#mounts.map((mount) => {
        return new PreopenDescriptor(mount.root, run, mount.guestPath);
      }),
    ];
    const table = new DescriptorTable(initial, options.maxDescriptors ?? DEFAULT_MAX_DESCRIPTORS);
    this.#table = table;
    this.imports = { wasi_snapshot_preview1: preview1(run, table, options.random) };
  }

  /** Why the host ended the run, if it did; whatever the module made of what was thrown. */
  get stopped(): StopReason | undefined {
    return this.#run.stopped;
  }

  /**
   * Ties the host to a new instance.
   *
   * @param memory The instance's 32-bit memory; without one every pointer is EFAULT.
   * @param trap Called to end a run; it must trap, which no module can catch. Without it the host
   * throws, which is cheaper, but a module that uses exceptions could catch that.
   */
  bind(memory: WebAssembly.Memory | undefined, trap?: () => never): void {
    this.#run.memory.attach(memory);
    this.#run.trap = trap;
  }

  /**
   * Starts a run: what an earlier one opened, gave up or wrote to memory file systems is undone.
   */
  begin(io: RunIo, bounds: RunBounds): void {
    this.#reset();
    this.#run.begin(io, bounds);
  }

  /** Ends a run: closes what it opened and lets go of its input and output. `stopped` stays. */
  end(): void {
    this.#reset();
    this.#run.end();
  }

  #reset(): void {
    this.#table.reset();
    for (const mount of this.#mounts) mount.reset();
  }
}

function preview1(run: Run, table: DescriptorTable, random: RandomSource) {
  return {
    ...argsEnvironCalls(run),
    ...clockCalls(run),
    ...fdControlCalls(run, table),
    ...fdFdstatCalls(run, table),
    ...fdFilestatCalls(run, table),
    ...fdIoCalls(run, table),
    ...fdSeekCalls(run, table),
    ...pathDirectoryCalls(run, table),
    ...pathFilestatCalls(run, table),
    ...pathOpenCalls(run, table),
    ...pathPairCalls(run, table),
    ...pathSymlinkCalls(run, table),
    ...pollCalls(run, table),
    ...prestatCalls(run, table),
    ...procCalls(run),
    ...randomCalls(run, random),
    ...readdirCalls(run, table),
    ...sockCalls(run, table),
  };
}
