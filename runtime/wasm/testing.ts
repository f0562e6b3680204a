import binaryen from "binaryen";
import wabt from "wabt";
import { instrument, type InstrumentOptions } from "./instrument.ts";
import type { ModuleInfo } from "./module_info.ts";

/** Only for tests: building modules from text, and running them. */

const FEATURES = {
  bulk_memory: true,
  exceptions: true,
  extended_const: true,
  memory64: true,
  multi_memory: true,
  multi_value: true,
  reference_types: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  tail_call: true,
  threads: true,
} as const;

const toolkit = await wabt();

/** Assembles a module in the text format; it is not validated. */
export function wat(text: string): Uint8Array<ArrayBuffer> {
  const module = toolkit.parseWat("test.wat", text, FEATURES);
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

/** The same for what the other assembler does not know: objects and exception references. */
export function gcWat(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All);
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

/** A module's exported function, whatever its type. */
export type Callable = (...args: (number | bigint)[]) => unknown;

/** An instrumented instance, and the reserved exports by short names. */
export interface Running {
  readonly info: ModuleInfo;
  readonly exports: Readonly<Record<string, Callable>>;
  readonly memory: WebAssembly.Memory;
  snapshot(): void;
  reset(fuel?: number, inlinePages?: number): void;
  fuel(): number;
  state(): number;
}

/** Plenty for whatever a test runs. */
export const AMPLE_FUEL = 1_000_000;

/** Instruments and instantiates a module, takes the snapshot and resets with ample fuel. */
export function start(
  bytes: Uint8Array<ArrayBuffer>,
  options: Partial<InstrumentOptions> = {},
  imports: WebAssembly.Imports = {},
): Running {
  const result = instrument(bytes, { memoryPages: 100, ...options });
  if (!result.ok) throw new Error(result.error.message);
  const { bytes: output, info } = result.value;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(output), imports);
  const functions = exports as Record<string, Callable>;
  const running: Running = {
    info,
    exports: functions,
    memory: exports["skerry:memory0"] as WebAssembly.Memory,
    snapshot: () => void functions["skerry:snapshot"]!(),
    reset: (fuel = AMPLE_FUEL, inlinePages = -1) =>
      void functions["skerry:reset"]!(fuel, inlinePages),
    fuel: () => functions["skerry:fuel"]!() as number,
    state: () => functions["skerry:state"]!() as number,
  };
  running.snapshot();
  running.reset();
  return running;
}

/** Calls a function; a trap is its message. */
export function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return `trap: ${(error as Error).message}`;
  }
}

/** Assembles sections, each an id and its content, into a module. */
export function binary(...sections: readonly (readonly [id: number, content: number[]])[]) {
  const bytes = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  for (const [id, content] of sections) bytes.push(id, ...leb(content.length), ...content);
  return new Uint8Array(bytes);
}

/** Unsigned LEB128. */
export function leb(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb(Math.floor(value / 128))];
}

/** A module whose only function, of type `() -> ()`, has this body, without its locals and `end`. */
export function withBody(...code: number[]): Uint8Array<ArrayBuffer> {
  const body = [0, ...code, 0x0b];
  return binary(
    [1, [1, 0x60, 0, 0]],
    [3, [1, 0]],
    [10, [1, ...leb(body.length), ...body]],
  );
}
