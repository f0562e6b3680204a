/** Text format to modules, with npm's assemblers, so that tests need no installed tool. */
import wabt from "wabt";

/** The proposals that wabt knows and V8 runs; GC is not among them, see {@linkcode gcWat}. */
const FEATURES = {
  exceptions: true,
  extended_const: true,
  function_references: true,
  memory64: true,
  multi_memory: true,
  relaxed_simd: true,
  tail_call: true,
  threads: true,
};

const assembled = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
let assembler: ReturnType<typeof wabt> | undefined;

/**
 * Assembles a module from the text format. Each source is assembled once; every call gets a copy of its
 * own, which may be transferred away.
 *
 * @throws {Error} with the assembler's message and position, if the text is malformed
 *
 * @example
 * ```ts
 * import { wat } from "./wat.ts";
 *
 * const module = await wat(`(module (func (export "_start")))`);
 * console.log(WebAssembly.validate(module)); // true
 * ```
 */
export function wat(source: string): Promise<Uint8Array<ArrayBuffer>> {
  return copyOfAssembled(source, assembleWithWabt);
}

/**
 * The same for modules that use garbage-collected types, which only binaryen assembles. It knows fewer
 * forms of the text format.
 *
 * @throws {Error} with the assembler's message, if the text is malformed
 */
export function gcWat(source: string): Promise<Uint8Array<ArrayBuffer>> {
  return copyOfAssembled(source, assembleWithBinaryen);
}

async function copyOfAssembled(
  source: string,
  assemble: (source: string) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = assembled.get(source);
  if (bytes === undefined) {
    bytes = assemble(source);
    assembled.set(source, bytes);
  }
  return (await bytes).slice();
}

async function assembleWithWabt(source: string): Promise<Uint8Array<ArrayBuffer>> {
  assembler ??= wabt();
  const module = (await assembler).parseWat("module.wat", source, FEATURES);
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}

async function assembleWithBinaryen(source: string): Promise<Uint8Array<ArrayBuffer>> {
  // Imported on demand: it takes longer to load than most tests to run.
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.parseText(source);
  try {
    module.setFeatures(binaryen.Features.All);
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}
