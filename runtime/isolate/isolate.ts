import type { RunIo, StringBlock } from "../wasi/run_io.ts";
import { WasiHost, type WasiHostOptions } from "../wasi/host.ts";
import { encodeStrings } from "../wasi/string_block.ts";
import { reservedGlobal, STATE } from "../wasm/reserved.ts";
import { BufferSink, BufferSource } from "./buffers.ts";
import { type EntryPoints, entryPoints } from "./entry_points.ts";
import { execute, type RunBudget } from "./execute.ts";
import { bindHost, type Instance, instantiate, memoryPages } from "./instance.ts";
import { MemoryImage } from "./memory_image.ts";
import type { RunResult } from "./outcome.ts";
import type { PreparedModule } from "./prepared_module.ts";
import type { Program } from "./program.ts";
import { insertArgs } from "./program_args.ts";
import { prependEnviron } from "./program_environ.ts";
import { programMounts } from "./program_files.ts";
import { NO_RESETS, type ResetCounts } from "./reset_counts.ts";
import type { RunInput } from "./run_input.ts";
import { captureSnapshot, PAGE_BYTES, type Snapshot } from "./snapshot.ts";

const NOTHING = new Uint8Array(0);

/** The bounds of one run, its output's included. */
export interface IsolateBudget extends RunBudget {
  /** Bytes of standard output; one more ends the run. */
  readonly stdoutBytes: number;
  /** Bytes of standard error kept. */
  readonly stderrBytes: number;
}

/**
 * One function on one thread: runs requests one after another, each in what is, to the module, a fresh
 * instance. The instance is kept and put back after a run (RATIONALE: "Why are instances recycled?");
 * whenever that could be noticed it is dropped and the next run gets a new one.
 */
export class Isolate {
  readonly #prepared: PreparedModule;
  readonly #host: WasiHost;
  readonly #io: IsolateIo;
  readonly #snapshot: Snapshot | undefined;
  readonly #resets: ResetCounts;
  #images: readonly MemoryImage[] | undefined;
  #instance: Instance | undefined;
  #entry: EntryPoints | undefined;
  /** Instances made so far: 1 means that every run after the first was recycled. */
  instancesCreated = 0;

  /**
   * @param system Clock, randomness and how to wait.
   * @param program What the module runs, which must have passed `checkProgram`. @default nothing but itself
   * @param resets Counted on. @default counts of its own
   */
  constructor(
    prepared: PreparedModule,
    system: WasiHostOptions,
    program?: Program,
    resets: ResetCounts = { ...NO_RESETS },
  ) {
    this.#resets = resets;
    this.#prepared = prepared;
    this.#io = new IsolateIo(program);
    this.#snapshot = program?.snapshot;
    const files = programMounts(program?.files ?? {});
    this.#host = new WasiHost(
      files.length === 0 ? system : { ...system, mounts: [...system.mounts ?? [], ...files] },
    );
  }

  /** 64 KiB pages the idle instance holds. */
  get memoryPages(): number {
    return this.#instance === undefined ? 0 : memoryPages(this.#instance);
  }

  /** Memories of its module. */
  get memoryCount(): number {
    return this.#prepared.info.memories.length;
  }

  /**
   * Runs the export `handler` once. Undefined means that the run asked for promotion and nothing it did
   * can be seen. Throws what Skerry's own code throws by mistake; the next run is not affected.
   */
  run(handler: string, input: RunInput, budget: IsolateBudget): RunResult | undefined {
    try {
      this.#instance ??= this.#create();
    } catch (thrown) {
      return notInstantiated(thrown);
    }
    try {
      const result = this.#runIn(this.#instance, handler, input, budget);
      if (this.#recycle(this.#instance)) this.#resets.recycled++;
      else this.#drop();
      return result;
    } catch (thrown) {
      this.#drop();
      throw thrown;
    }
  }

  #runIn(
    instance: Instance,
    handler: string,
    input: RunInput,
    budget: IsolateBudget,
  ): RunResult | undefined {
    if (this.#entry?.name !== handler) {
      this.#entry = entryPoints(instance, handler, this.#snapshot?.globals !== undefined);
    }
    const io = this.#io;
    io.begin(input, budget);
    const outcome = execute(instance, this.#host, this.#entry, io, budget);
    io.end();
    if (outcome === undefined) return undefined;
    return {
      outcome,
      stdout: io.stdout.take(),
      stderr: io.stderr.take(),
      fuel: instance.fuel(),
      memoryPages: memoryPages(instance),
    };
  }

  #create(): Instance {
    const instance = instantiate(this.#prepared, this.#host.imports);
    this.instancesCreated++;
    bindHost(this.#host, instance, this.#prepared.info);
    if (this.#snapshot !== undefined) {
      this.#images ??= [new MemoryImage(this.#snapshot)];
      restore(instance, this.#images[0]!);
      if (this.#snapshot.globals !== undefined) setGlobals(instance, this.#snapshot.globals);
    } else if (this.#prepared.info.isRecyclable) {
      this.#images ??= instance.memories.map(({ buffer }) => {
        return new MemoryImage(captureSnapshot(buffer));
      });
    }
    return instance;
  }

  /** Puts the instance back; false if a later run could tell. */
  #recycle(instance: Instance): boolean {
    const images = this.#images;
    if (images === undefined || !this.#prepared.info.isRecyclable) return false;
    if ((instance.state() & STATE.dirty) !== 0) return false;
    for (let i = 0; i < images.length; i++) {
      const image = images[i]!;
      // Growing detaches the old buffer, also by 0 pages: the view's length becomes 0, and that of a memory
      // without any pages stays 0.
      if (instance.views[i]!.length !== image.byteLength || image.byteLength === 0) {
        const { buffer } = instance.memories[i]!;
        if (buffer.byteLength !== image.byteLength) return false;
        instance.views[i] = new Uint8Array(buffer);
      }
      image.writeTo(instance.views[i]!);
    }
    return true;
  }

  /** Lets go of the instance wherever it is held: its memory may have grown large. */
  #drop(): void {
    this.#resets.dropped++;
    this.#instance = undefined;
    this.#entry = undefined;
    this.#host.bind(undefined);
  }
}

/** Grows the one memory of a new instance to what it starts from, and fills it. */
function restore(instance: Instance, image: MemoryImage): void {
  const memory = instance.memories[0]!;
  memory.grow((image.byteLength - memory.buffer.byteLength) / PAGE_BYTES);
  const view = instance.views[0] = new Uint8Array(memory.buffer);
  image.writeTo(view);
}

/** Gives the globals of a new instance their values, which are then what every reset puts back. */
function setGlobals({ exports, snapshot }: Instance, values: readonly (number | bigint)[]): void {
  values.forEach((value, i) => (exports[reservedGlobal(i)] as WebAssembly.Global).value = value);
  snapshot();
}

/** Reserving or committing memory for an instance fails when the process, not the function, has had its share. */
function notInstantiated(thrown: unknown): RunResult {
  if (!(thrown instanceof RangeError)) throw thrown;
  const outcome = { kind: "trapped", trap: "allocation_failed", message: thrown.message } as const;
  return { outcome, stdout: NOTHING, stderr: NOTHING, fuel: 0, memoryPages: 0 };
}

/** The input and output of whichever run is under way. */
class IsolateIo implements RunIo {
  readonly stdin = new BufferSource();
  readonly stdout = new BufferSink("stop");
  readonly stderr = new BufferSink("drop");
  readonly #programArgs: StringBlock | undefined;
  readonly #programEnviron: StringBlock | undefined;
  #input: RunInput | undefined;

  constructor({ args = [], environ = {} }: Partial<Program> = {}) {
    if (args.length > 0) this.#programArgs = encodeStrings(args);
    const variables = Object.entries(environ).map(([name, value]) => `${name}=${value}`);
    if (variables.length > 0) this.#programEnviron = encodeStrings(variables);
  }

  begin(input: RunInput, budget: IsolateBudget): void {
    this.#input = input;
    this.stdin.refill(input.stdin);
    this.stdout.restart(budget.stdoutBytes);
    this.stderr.restart(budget.stderrBytes);
  }

  /** Lets go of the input, which may be large; the output stays until it is taken. */
  end(): void {
    this.#input = undefined;
    this.stdin.refill(NOTHING);
  }

  args(): StringBlock {
    const args = this.#input!.args();
    return this.#programArgs === undefined ? args : insertArgs(args, this.#programArgs);
  }

  environ(): StringBlock {
    const environ = this.#input!.environ();
    const own = this.#programEnviron;
    return own === undefined ? environ : prependEnviron(own, environ);
  }
}
