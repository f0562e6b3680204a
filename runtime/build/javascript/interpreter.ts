import { type SkerryError, skerryError } from "../../errors.ts";
import { BufferSink, BufferSource } from "../../isolate/buffers.ts";
import { classify } from "../../isolate/classify.ts";
import { bindHost, type Instance, instantiate } from "../../isolate/instance.ts";
import type { Outcome } from "../../isolate/outcome.ts";
import type { CompiledModule } from "../../isolate/prepare.ts";
import { captureSnapshot, PAGE_BYTES, type Snapshot } from "../../isolate/snapshot.ts";
import { err, ok, type Result } from "../../result.ts";
import { STATE } from "../../wasm/reserved.ts";
import { WasiHost, type WasiHostOptions } from "../../wasi/host.ts";
import { encodeStrings } from "../../wasi/string_block.ts";
import { ANSWER } from "./adapt.ts";
import type { Bundle } from "./bundle.ts";
import { EngineCalls, EngineMemoryError, EVAL, type JsValue } from "./engine_calls.ts";
import { SLOT } from "./natives.ts";

/** What loading a function's module may use: what a request may by default. */
const FUEL = 10_000_000_000;
const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024;
/** Of the 1 MiB the engine has; what QuickJS does not count must fit as well. */
const STACK_BYTES = 256 * 1024;
const NATIVE_NAME = "skerryNative";
/** See `prelude/source_map.ts`. */
const MODULE_NAME = "skerry:function";
const PRELUDE_NAME = "<skerry>";

/** Why a module did not become a function. */
export interface JavaScriptFault {
  readonly message: string;
  /** Set if a limit was hit. */
  readonly limit?: "memory" | "time";
  readonly line?: number;
  readonly column?: number;
}

/** What the prelude reports of a load; `message` and its place if it failed. */
interface LoadReport extends Partial<JavaScriptFault> {
  readonly isLate: boolean;
  readonly isHandler: boolean;
}

/** QuickJS with the prelude in it, kept as a memory image from which every build begins. */
export class JavaScriptInterpreter {
  readonly #compiled: CompiledModule;
  readonly #system: WasiHostOptions;
  readonly #started: Snapshot;
  readonly #natives: JsValue;

  private constructor(run: EngineRun, natives: JsValue) {
    this.#compiled = run.compiled;
    this.#system = run.system;
    this.#started = run.snapshot();
    this.#natives = natives;
  }

  /**
   * Starts QuickJS.
   *
   * @param compiled What `adaptEngine` made, compiled.
   * @param prelude Skerry's half of a function, as a script.
   * @returns `invalid_module` if it does not come up
   */
  static start(
    compiled: CompiledModule,
    system: WasiHostOptions,
    prelude: string,
  ): Result<JavaScriptInterpreter, SkerryError> {
    const run = new EngineRun(compiled, system);
    let found = "it did not initialise";
    let natives: JsValue = 0n;
    const outcome = run.within(({ calls }) => {
      if (!calls.start(STACK_BYTES)) return;
      natives = calls.addNatives(NATIVE_NAME);
      const value = calls.evaluate(prelude, PRELUDE_NAME, EVAL.script);
      found = value === undefined ? calls.exceptionText() : "";
      calls.put(SLOT.step, calls.get(natives, "step"));
    });
    if (outcome?.kind === "ok" && found === "") return ok(new JavaScriptInterpreter(run, natives));
    const message = `Cannot start QuickJS: ${found || outcome?.kind}`;
    return err(skerryError("invalid_module", message));
  }

  /**
   * Makes a bundle ready: the snapshot is where each request starts. A module that is a handler is loaded
   * here, unless it asks for what only a request can tell; others are loaded with every request.
   */
  prepare(bundle: Bundle, fileName: string): Result<Snapshot, JavaScriptFault> {
    if (bundle.hasDefault) {
      const loaded = this.#prepare(bundle, fileName, true);
      if (!loaded.ok || loaded.value.report?.isLate !== true) return toSnapshot(loaded);
    }
    return toSnapshot(this.#prepare(bundle, fileName, false));
  }

  #prepare(bundle: Bundle, fileName: string, isLoaded: boolean): Result<Prepared, JavaScriptFault> {
    const run = new EngineRun(this.#compiled, this.#system, this.#started);
    let refused: string | undefined;
    const compiled = run.within(({ calls }) => {
      calls.setText(this.#natives, "fileName", fileName);
      calls.setText(this.#natives, "mappings", bundle.mappings);
      calls.setText(this.#natives, "mode", "load");
      const flags = EVAL.module | EVAL.compileOnly;
      const module = calls.evaluate(bundle.code, MODULE_NAME, flags);
      if (module === undefined) refused = calls.exceptionText();
      else calls.put(SLOT.module, module);
    });
    if (compiled?.kind !== "ok") return err(endedFault(compiled));
    if (refused !== undefined) return err({ message: refused });
    const loaded = isLoaded ? this.#load(run) : ok(undefined);
    if (!loaded.ok) return loaded;
    const finished = run.within(({ calls }) => {
      calls.setText(this.#natives, "mode", "serve");
      calls.setText(this.#natives, "loaded", isLoaded ? "1" : "0");
      calls.collectGarbage();
    });
    if (finished?.kind !== "ok") return err(endedFault(finished));
    return ok({ snapshot: run.snapshot(), report: loaded.value });
  }

  #load(run: EngineRun): Result<LoadReport, JavaScriptFault> {
    let text = "";
    const outcome = run.within(({ calls, answer }) => {
      answer();
      text = calls.text(calls.get(this.#natives, "report"));
    });
    if (outcome?.kind !== "ok") {
      // Such a module may do better with a request: it waits, or ends the program.
      return outcome === undefined || outcome.kind === "exited"
        ? ok({ isLate: true, isHandler: true })
        : err(endedFault(outcome));
    }
    const report = parseReport(text);
    if (report === undefined) {
      return err({ message: "loading it broke what Skerry needs of JavaScript" });
    }
    const { message, line, column, isLate } = report;
    if (message === undefined || isLate) return ok(report);
    return err({ message, line, column, ...run.wasRefusedMemory ? { limit: "memory" } : {} });
  }
}

/** The user's module can have changed all that a report is made with. */
function parseReport(text: string): LoadReport | undefined {
  try {
    const { isLate, isHandler, message, line, column } = JSON.parse(text);
    return {
      isLate: isLate === true,
      isHandler: isHandler === true,
      message: message === undefined ? undefined : String(message),
      line: Number.isInteger(line) ? line : undefined,
      column: Number.isInteger(column) ? column : undefined,
    };
  } catch {
    return undefined;
  }
}

interface Prepared {
  readonly snapshot: Snapshot;
  readonly report: LoadReport | undefined;
}

function toSnapshot(
  prepared: Result<Prepared, JavaScriptFault>,
): Result<Snapshot, JavaScriptFault> {
  return prepared.ok ? ok(prepared.value.snapshot) : prepared;
}

function endedFault(outcome: Outcome | undefined): JavaScriptFault {
  switch (outcome?.kind) {
    case "fuel_exhausted":
      return { message: `loading it takes more than ${FUEL} units of fuel`, limit: "time" };
    case "timeout":
      return { message: `loading it takes more than ${TIMEOUT_MS} ms`, limit: "time" };
    case "memory_exceeded":
      return { message: "loading it takes more memory than a function may have", limit: "memory" };
    case "trapped":
      return { message: `loading it trapped: ${outcome.trap}` };
    default:
      return { message: `loading it ended with ${outcome?.kind ?? "waiting"}` };
  }
}

/** What can be done with an engine while it has a budget. */
interface EngineAccess {
  readonly calls: EngineCalls;
  /** Runs steps until none is left. */
  readonly answer: () => void;
}

/** An instance of the engine that is used from outside, within the limits of a run. */
class EngineRun {
  readonly #instance: Instance;
  readonly #host: WasiHost;
  readonly #calls: EngineCalls;
  readonly #idleStackPointer: number;
  readonly #stdin = new BufferSource();
  readonly #stdout = new BufferSink("drop");
  readonly #stderr = new BufferSink("drop");

  constructor(
    readonly compiled: CompiledModule,
    readonly system: WasiHostOptions,
    from?: Snapshot,
  ) {
    this.#host = new WasiHost(system);
    this.#instance = instantiate(compiled, this.#host.imports);
    bindHost(this.#host, this.#instance, compiled.info);
    if (from !== undefined) fill(this.#instance.memories[0]!, from);
    this.#calls = new EngineCalls(this.#instance);
    this.#idleStackPointer = this.#calls.stackPointer;
  }

  /** Undefined if the run asked to wait, and `system` has nothing to wait with. */
  within(use: (access: EngineAccess) => void): Outcome | undefined {
    const { exports, reset } = this.#instance;
    this.#stdout.restart(MAX_OUTPUT_BYTES);
    this.#stderr.restart(MAX_OUTPUT_BYTES);
    const io = {
      args: () => encodeStrings([]),
      environ: () => encodeStrings([]),
      stdin: this.#stdin,
      stdout: this.#stdout,
      stderr: this.#stderr,
    };
    reset(FUEL, -1);
    const deadlineMs = this.system.clock.nowMs() + TIMEOUT_MS;
    this.#host.begin(io, { deadlineMs, hostCalls: Infinity });
    const ending = endingOf(() =>
      use({ calls: this.#calls, answer: exports[ANSWER] as () => void })
    );
    this.#host.end();
    if (ending.kind === "threw" && ending.thrown instanceof EngineMemoryError) {
      return { kind: "memory_exceeded" };
    }
    return classify(this.#host.stopped, this.#instance.state(), ending);
  }

  /** Whether the last use asked for more memory than there is. */
  get wasRefusedMemory(): boolean {
    return (this.#instance.state() & STATE.growDenied) !== 0;
  }

  /** What the memory holds. Nothing may be running: the globals are not part of it. */
  snapshot(): Snapshot {
    if (this.#calls.stackPointer !== this.#idleStackPointer) {
      throw new Error("The engine is not idle");
    }
    return captureSnapshot(this.#instance.memories[0]!.buffer);
  }
}

function endingOf(use: () => void): Parameters<typeof classify>[2] {
  try {
    use();
    return { kind: "returned", value: undefined };
  } catch (thrown) {
    return { kind: "threw", thrown };
  }
}

function fill(memory: WebAssembly.Memory, { memoryPages, extents }: Snapshot): void {
  memory.grow(memoryPages - memory.buffer.byteLength / PAGE_BYTES);
  const view = new Uint8Array(memory.buffer).fill(0);
  for (const { start, bytes } of extents) view.set(bytes, start);
}
