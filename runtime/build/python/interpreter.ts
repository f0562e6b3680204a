import { type SkerryError, skerryError } from "../../errors.ts";
import { BufferSink, BufferSource } from "../../isolate/buffers.ts";
import { entryPoints } from "../../isolate/entry_points.ts";
import { execute } from "../../isolate/execute.ts";
import { bindHost, type Instance, instantiate } from "../../isolate/instance.ts";
import type { Outcome } from "../../isolate/outcome.ts";
import type { CompiledModule } from "../../isolate/prepare.ts";
import { captureSnapshot, PAGE_BYTES, type Snapshot } from "../../isolate/snapshot.ts";
import { err, ok, type Result } from "../../result.ts";
import type { WasiClock } from "../../wasi/wasi_clock.ts";
import { WasiHost, type WasiHostOptions } from "../../wasi/host.ts";
import { encodeStrings } from "../../wasi/string_block.ts";
import type { Source } from "../language.ts";
import FUNCTION_PY from "./function.py" with { type: "text" };
import { ENTRY, RESUME, STACK_POINTER } from "./resumable.ts";

/** Skerry's half of a Python function, in Python. */
export const SHIM: string = FUNCTION_PY;

/** What loading a function's module may use: what a request may by default, and a bit more. */
const FUEL = 20_000_000_000;
const TIMEOUT_MS = 10_000;
/** Starting CPython takes a second or two; on a busy machine many. */
const START_TIMEOUT_MS = 60_000;
/** The report is one line, whatever the function printed before it. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Runs its argument as a module of its own, so that `__main__` stays the function's. */
const BOOT = `import sys
shim = sys.modules["skerry"] = type(sys)("skerry")
exec(compile(sys.argv[1], "<skerry>", "exec"), shim.__dict__)`;

/** `-I`: without the host's variables, and without looking beside a script; `-B`: writes no caches. */
const BOOT_ARGS = ["python", "-I", "-B", "-c", BOOT, SHIM];

/** Field offsets of CPython 3.12. */
const OBJECT_TYPE = 4;
const TYPE_VECTORCALL_OFFSET = 28;

/** Why a source did not become a function. */
export interface PythonFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** What the Python side ends a run with. */
interface Report extends Partial<PythonFault> {
  readonly callable?: number;
  readonly environment?: number;
  /** Whether loading the function read the environment, whose values only come with a request. */
  readonly touched?: boolean;
}

/** A memory from which one Python function can be called, or why there is none. */
interface Pause {
  readonly report: Report;
  readonly snapshot: Snapshot;
}

/** CPython, started once and kept as a memory image from which every build begins. */
export class PythonInterpreter {
  readonly #compiled: CompiledModule;
  readonly #system: WasiHostOptions;
  readonly #started: Snapshot;

  private constructor(compiled: CompiledModule, system: WasiHostOptions, started: Snapshot) {
    this.#compiled = compiled;
    this.#system = system;
    this.#started = started;
  }

  /**
   * Starts CPython.
   *
   * @param compiled What `makeResumable` made, compiled.
   * @param system Clock and randomness; Python seeds its hashes from the latter.
   * @returns `timeout` if that takes too long, `invalid_module` if it does not come up
   */
  static start(
    compiled: CompiledModule,
    system: WasiHostOptions,
  ): Result<PythonInterpreter, SkerryError> {
    const run = new PausedRun(compiled, system);
    const outcome = run.run("_start", { args: BOOT_ARGS, timeoutMs: START_TIMEOUT_MS });
    const started = outcome?.kind === "ok" ? run.pause() : undefined;
    if (started?.report.callable !== undefined) {
      return ok(new PythonInterpreter(compiled, system, started.snapshot));
    }
    const found = run.errorText().trim() || outcome?.kind;
    // A machine that is too busy now may have time later, and the source is not to blame.
    const code = outcome?.kind === "timeout" ? "timeout" : "invalid_module";
    return err(skerryError(code, `Cannot start Python: ${found}`));
  }

  /**
   * Compiles a source and, if it has a handler, loads its module: the snapshot is where each request starts.
   * What looks at the environment while it is loaded is only loaded with a request.
   */
  prepare(source: Source): Result<Snapshot, PythonFault> {
    const prepared = this.#prepare(source, false);
    const isLate = prepared.ok ? prepared.value.report.touched : prepared.error.touched;
    const result = isLate === true ? this.#prepare(source, true) : prepared;
    return result.ok ? ok(result.value.snapshot) : err(result.error.fault);
  }

  #prepare(
    source: Source,
    isLazy: boolean,
  ): Result<Pause, { readonly fault: PythonFault; readonly touched?: boolean }> {
    const run = new PausedRun(this.#compiled, this.#system, this.#started);
    const environ = [`FILE_NAME=${source.fileName}`, `LAZY=${isLazy ? 1 : 0}`];
    const outcome = run.run(RESUME, { environ, stdin: source.bytes });
    const pause = outcome?.kind === "ok" ? run.pause() : undefined;
    if (pause === undefined) return err({ fault: { message: notLoaded(outcome) } });
    const { callable, message = "the function ended Python", line, column, touched } = pause.report;
    return callable === undefined ? err({ fault: { message, line, column }, touched }) : ok(pause);
  }
}

function notLoaded(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "the function waits while it is loaded";
  switch (outcome.kind) {
    case "exited":
      return `the function exits while it is loaded, with code ${outcome.exitCode}`;
    case "trapped":
      return `loading the function trapped: ${outcome.trap}`;
    case "ok":
      return "the function ends Python while it is loaded";
    default:
      return `loading the function ended with ${outcome.kind}`;
  }
}

interface RunOptions {
  readonly args?: readonly string[];
  readonly environ?: readonly string[];
  readonly stdin?: Uint8Array;
  /** @default TIMEOUT_MS */
  readonly timeoutMs?: number;
}

/** One run that ends in the middle of Python, and what it leaves in memory. */
class PausedRun {
  readonly #instance: Instance;
  readonly #host: WasiHost;
  readonly #clock: WasiClock;
  readonly #stdout = new BufferSink("drop");
  readonly #stderr = new BufferSink("drop");

  constructor(compiled: CompiledModule, system: WasiHostOptions, from?: Snapshot) {
    this.#host = new WasiHost(system);
    this.#clock = system.clock;
    this.#instance = instantiate(compiled, this.#host.imports);
    bindHost(this.#host, this.#instance, compiled.info);
    if (from !== undefined) fill(this.#instance.memories[0]!, from);
  }

  /** Undefined if the run asked to wait, and `system` has nothing to wait with. */
  run(
    handler: string,
    { args = [], environ = [], stdin = new Uint8Array(), timeoutMs = TIMEOUT_MS }: RunOptions,
  ): Outcome | undefined {
    const source = new BufferSource();
    source.refill(stdin);
    this.#stdout.restart(MAX_OUTPUT_BYTES);
    this.#stderr.restart(MAX_OUTPUT_BYTES);
    const io = {
      args: () => encodeStrings(args),
      environ: () => encodeStrings(environ),
      stdin: source,
      stdout: this.#stdout,
      stderr: this.#stderr,
    };
    return execute(this.#instance, this.#host, entryPoints(this.#instance, handler), io, {
      fuel: FUEL,
      deadlineMs: this.#clock.nowMs() + timeoutMs,
      hostCalls: Infinity,
      inlinePages: -1,
    });
  }

  /** Undefined if the run did not end with a report that fits its memory. */
  pause(): Pause | undefined {
    const report = parseReport(new TextDecoder().decode(this.#stdout.take()));
    if (report === undefined) return undefined;
    const { buffer } = this.#instance.memories[0]!;
    if (report.callable !== undefined && !this.#writeEntry(report, new DataView(buffer))) return;
    return { report, snapshot: captureSnapshot(buffer) };
  }

  errorText(): string {
    return new TextDecoder().decode(this.#stderr.take());
  }

  /** The function can write a report as well as the shim can; what it names is inside its own sandbox. */
  #writeEntry({ callable = 0, environment = 0 }: Report, memory: DataView): boolean {
    try {
      const word = (address: number) => memory.getUint32(address, true);
      const vectorcallOffset = word(word(callable + OBJECT_TYPE) + TYPE_VECTORCALL_OFFSET);
      const stackPointer = this.#instance.exports[STACK_POINTER] as WebAssembly.Global;
      memory.setUint32(ENTRY.stackPointer, stackPointer.value, true);
      memory.setUint32(ENTRY.callable, callable, true);
      memory.setUint32(ENTRY.vectorcall, word(callable + vectorcallOffset), true);
      memory.setUint32(ENTRY.environment, environment, true);
      return true;
    } catch (thrown) {
      if (thrown instanceof RangeError) return false;
      throw thrown;
    }
  }
}

function fill(memory: WebAssembly.Memory, { memoryPages, extents }: Snapshot): void {
  memory.grow(memoryPages - memory.buffer.byteLength / PAGE_BYTES);
  const view = new Uint8Array(memory.buffer).fill(0);
  for (const { start, bytes } of extents) view.set(bytes, start);
}

/** The last line of the output. */
function parseReport(output: string): Report | undefined {
  try {
    const report = JSON.parse(output.slice(output.lastIndexOf("\n") + 1));
    return typeof report === "object" && report !== null ? report : undefined;
  } catch {
    return undefined;
  }
}
