import type { RunIo, StringBlock } from "../wasi/run_io.ts";
import { WasiHost, type WasiHostOptions } from "../wasi/host.ts";
import { STATE } from "../wasm/reserved.ts";
import { BufferSink, BufferSource } from "./buffers.ts";
import { type EntryPoints, entryPoints } from "./entry_points.ts";
import { execute, type RunBudget } from "./execute.ts";
import { bindHost, type Instance, instantiate, memoryPages } from "./instance.ts";
import { MemoryImage } from "./memory_image.ts";
import type { RunResult } from "./outcome.ts";
import type { PreparedModule } from "./prepared_module.ts";
import type { RunInput } from "./run_input.ts";

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
  readonly #io = new IsolateIo();
  #images: readonly MemoryImage[] | undefined;
  #instance: Instance | undefined;
  #entry: EntryPoints | undefined;
  /** Instances made so far: 1 means that every run after the first was recycled. */
  instancesCreated = 0;

  /** @param system Clock, randomness and how to wait. */
  constructor(prepared: PreparedModule, system: WasiHostOptions) {
    this.#prepared = prepared;
    this.#host = new WasiHost(system);
  }

  /** 64 KiB pages the idle instance holds. */
  get memoryPages(): number {
    return this.#instance === undefined ? 0 : memoryPages(this.#instance);
  }

  /**
   * Runs the export `handler` once. Undefined means that the run asked for promotion and nothing it did
   * can be seen.
   */
  run(handler: string, input: RunInput, budget: IsolateBudget): RunResult | undefined {
    const instance = this.#instance ??= this.#create();
    if (this.#entry?.name !== handler) this.#entry = entryPoints(instance, handler);
    this.#io.begin(input, budget);
    const outcome = execute(instance, this.#host, this.#entry, this.#io, budget);
    const result = outcome === undefined ? undefined : {
      outcome,
      stdout: this.#io.stdout.take(),
      stderr: this.#io.stderr.take(),
      fuel: instance.fuel(),
      memoryPages: memoryPages(instance),
    };
    if (!this.#recycle(instance)) this.#drop();
    return result;
  }

  #create(): Instance {
    const instance = instantiate(this.#prepared, this.#host.imports);
    this.instancesCreated++;
    bindHost(this.#host, instance, this.#prepared.info);
    if (this.#prepared.info.isRecyclable) {
      this.#images ??= instance.memories.map((each) => new MemoryImage(each.buffer));
    }
    return instance;
  }

  /** Puts the instance back; false if a later run could tell. */
  #recycle(instance: Instance): boolean {
    const images = this.#images;
    if (images === undefined || (instance.state() & STATE.dirty) !== 0) return false;
    for (let i = 0; i < images.length; i++) {
      const image = images[i]!;
      // Growing detaches the old buffer, also by 0 pages: the view's length becomes 0.
      if (instance.views[i]!.length !== image.byteLength) {
        const { buffer } = instance.memories[i]!;
        if (buffer.byteLength !== image.byteLength) return false;
        instance.views[i] = new Uint8Array(buffer);
      }
      image.writeTo(instance.views[i]!);
    }
    return true;
  }

  #drop(): void {
    this.#instance = undefined;
    this.#entry = undefined;
  }
}

/** The input and output of whichever run is under way. */
class IsolateIo implements RunIo {
  readonly stdin = new BufferSource();
  readonly stdout = new BufferSink("stop");
  readonly stderr = new BufferSink("drop");
  #input: RunInput | undefined;

  begin(input: RunInput, budget: IsolateBudget): void {
    this.#input = input;
    this.stdin.refill(input.stdin);
    this.stdout.restart(budget.stdoutBytes);
    this.stderr.restart(budget.stderrBytes);
  }

  args(): StringBlock {
    return this.#input!.args();
  }

  environ(): StringBlock {
    return this.#input!.environ();
  }
}
