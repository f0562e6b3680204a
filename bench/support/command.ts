/** WASI commands through Skerry's engine, on this thread: instrumented, compiled, run. */
import { Isolate, type IsolateBudget } from "../../runtime/isolate/isolate.ts";
import { DEFAULT_LIMITS } from "../../runtime/isolate/limits.ts";
import type { CompiledModule } from "../../runtime/isolate/prepare.ts";
import type { RunInput } from "../../runtime/isolate/run_input.ts";
import { secureRandom } from "../../runtime/wasi/random.ts";
import { systemClock } from "../../runtime/wasi/system_clock.ts";
import { instrument } from "../../runtime/wasm/instrument.ts";

const NO_STRINGS = { bytes: new Uint8Array(0), count: 0 };

/** A run without arguments, environment or body. */
export const NO_INPUT: RunInput = {
  args: () => NO_STRINGS,
  environ: () => NO_STRINGS,
  stdin: new Uint8Array(0),
};

/** Far more than any program here uses. */
const BUDGET: IsolateBudget = {
  fuel: 1_000_000_000_000,
  deadlineMs: Infinity,
  hostCalls: Infinity,
  inlinePages: -1,
  stdoutBytes: DEFAULT_LIMITS.stdoutBytes,
  stderrBytes: DEFAULT_LIMITS.stderrBytes,
};

/** Instruments and compiles a module; throws if it is refused. */
export function compile(
  bytes: Uint8Array<ArrayBuffer>,
  options: { readonly metered?: boolean } = {},
): CompiledModule {
  const { memoryPages } = DEFAULT_LIMITS;
  const instrumented = instrument(bytes, { memoryPages, metered: options.metered ?? true });
  if (!instrumented.ok) throw new Error(instrumented.error.message);
  const { bytes: output, info } = instrumented.value;
  return { module: new WebAssembly.Module(output), info };
}

/** An isolate of this module, as a thread of the server has one. */
export function isolateOf(compiled: CompiledModule): Isolate {
  return new Isolate({ id: 0, ...compiled }, { clock: systemClock, random: secureRandom });
}

/** The same module, said to be of the kind that is never put back: every run gets a fresh instance. */
export function neverRecycled({ module, info }: CompiledModule): CompiledModule {
  return { module, info: { ...info, isRecyclable: false } };
}

/** Runs `_start` and returns what it printed; throws unless the outcome is `ok`. */
export function runCommand(isolate: Isolate): string {
  const { outcome, stdout } = isolate.run("_start", NO_INPUT, BUDGET)!;
  if (outcome.kind !== "ok") throw new Error(`The run ended as ${JSON.stringify(outcome)}`);
  return new TextDecoder().decode(stdout);
}
