import { assert, assertEquals } from "@std/assert";
import { instrument } from "../../runtime/wasm/instrument.ts";
import type { ModuleInfo } from "../../runtime/wasm/module_info.ts";
import { RESERVED, STATE } from "../../runtime/wasm/reserved.ts";
import { exposeState } from "./expose.ts";
import { type Callable, named, type Observation, observe, type TestHost } from "./observe.ts";

const AMPLE_FUEL = 1e12;
const AMPLE_PAGES = 20_000;
/** With any of these a run was stopped or answered for a reason that the original module does not have. */
const LIMITED = STATE.outOfFuel | STATE.growDenied | STATE.promote | STATE.gcExceeded;

/** What was compared, for tests to be sure that it was enough. */
export interface Tally {
  /** Modules of which at least one run was compared. */
  modules: number;
  /** Runs in an instance that had run before. */
  recycledRuns: number;
  /** Calls that returned, and calls that trapped or threw. */
  returns: number;
  throws: number;
}

/**
 * Runs a module as it is and instrumented, the latter again and again on one instance for as long as that
 * can be put back, and asserts that all runs look the same: answers, host calls, memories and globals.
 */
export function compareRuns(
  bytes: Uint8Array<ArrayBuffer>,
  makeHost: () => TestHost,
  options: { readonly context: string; readonly runs: number; readonly tally: Tally },
): void {
  const { context, runs, tally } = options;
  const original = exposeState(bytes);
  const result = instrument(original, { memoryPages: AMPLE_PAGES });
  if (!result.ok) throw new Error(`${context}: ${result.error.message}`);
  const { info } = result.value;
  const expected = observeOriginal(original, makeHost(), info);
  const subject = new Instrumented(result.value.bytes, makeHost(), info);
  for (let run = 0; run < runs; run++) {
    const actual = subject.observe();
    if (actual.isDeep || expected.isDeep || subject.state() & LIMITED) return;
    assertSame(actual, expected, `${context}, run ${run}`);
    count(tally, actual, run);
    if (!subject.isRecyclable()) return;
  }
}

function count(tally: Tally, { answers }: Observation, run: number): void {
  if (run > 0) {
    tally.recycledRuns++;
    return;
  }
  const throws = answers.filter((answer) => answer.includes(": throws ")).length;
  tally.modules++;
  tally.throws += throws;
  tally.returns += answers.length - throws;
}

function assertSame(actual: Observation, expected: Observation, context: string): void {
  const { memories, ...rest } = actual;
  const { memories: expectedMemories, ...expectedRest } = expected;
  assertEquals(rest, expectedRest, context);
  assertEquals(memories.length, expectedMemories.length, context);
  memories.forEach((memory, index) => {
    const other = expectedMemories[index]!;
    const at = memory.findIndex((byte, i) => byte !== other[i]);
    assert(at < 0 && memory.length === other.length, `${context}: memory ${index} at ${at}`);
  });
}

function observeOriginal(
  bytes: Uint8Array<ArrayBuffer>,
  host: TestHost,
  info: ModuleInfo,
): Observation {
  const module = new WebAssembly.Module(bytes);
  return observe(() => new WebAssembly.Instance(module, host.imports(module)), host, info);
}

/** An instance that is put back after each run, as `runtime/isolate` does. */
class Instrumented {
  readonly #instance: WebAssembly.Instance;
  readonly #host: TestHost;
  readonly #info: ModuleInfo;
  readonly #images: readonly Uint8Array[];

  constructor(bytes: Uint8Array<ArrayBuffer>, host: TestHost, info: ModuleInfo) {
    const module = new WebAssembly.Module(bytes);
    this.#instance = new WebAssembly.Instance(module, host.imports(module));
    this.#host = host;
    this.#info = info;
    this.#call(RESERVED.snapshot);
    this.#images = this.#memories().map(({ buffer }) => new Uint8Array(buffer).slice());
  }

  state(): number {
    return this.#call(RESERVED.state) as number;
  }

  isRecyclable(): boolean {
    const isSameSize = this.#memories().every(({ buffer }, index) =>
      buffer.byteLength === this.#images[index]!.length
    );
    return isSameSize && this.#info.isRecyclable && (this.state() & STATE.dirty) === 0;
  }

  observe(): Observation {
    this.#memories().forEach(({ buffer }, index) =>
      new Uint8Array(buffer).set(this.#images[index]!)
    );
    this.#call(RESERVED.reset, AMPLE_FUEL, -1);
    const launch = () => {
      if (this.#info.hasStart) this.#call(RESERVED.start);
      return this.#instance;
    };
    return observe(launch, this.#host, this.#info);
  }

  #memories(): WebAssembly.Memory[] {
    return named(this.#instance, "memory:") as WebAssembly.Memory[];
  }

  #call(name: string, ...args: number[]): unknown {
    return (this.#instance.exports[name] as Callable)(...args);
  }
}
