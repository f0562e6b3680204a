/**
 * Runs a module on browser_wasi_shim and plain V8: without Skerry's engine, so that what the guests,
 * samples and benchmark programs answer is known independently of it.
 */
import { ConsoleStdout, File, OpenFile, WASI } from "@bjorn3/browser_wasi_shim";

/** What a run is given; nothing by default. */
export interface ReferenceInput {
  /** Arguments, `argv[0]` first. */
  readonly args?: readonly string[];
  /** Environment, each `NAME=value`. */
  readonly env?: readonly string[];
  readonly stdin?: string | Uint8Array;
}

/** What a run answered. */
export interface ReferenceOutput {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

/** An instance whose `_start` may be called more than once. */
export interface ReferenceInstance {
  /** Calls `_start`; output of earlier calls is not repeated. Throws what the module throws. */
  run(): ReferenceOutput;
}

/**
 * Instantiates a module over a WASI host of its own.
 *
 * @example
 * ```ts
 * import { instantiateReference } from "./reference_run.ts";
 * import { wat } from "./wat.ts";
 *
 * const module = await wat(`(module (memory (export "memory") 1) (func (export "_start")))`);
 * console.log((await instantiateReference(module)).run().exitCode); // 0
 * ```
 */
export async function instantiateReference(
  bytes: Uint8Array<ArrayBuffer>,
  input: ReferenceInput = {},
): Promise<ReferenceInstance> {
  const stdin = typeof input.stdin === "string"
    ? new TextEncoder().encode(input.stdin)
    : input.stdin ?? new Uint8Array();
  const stdout = new Collector();
  const stderr = new Collector();
  const wasi = new WASI(
    [...input.args ?? []],
    [...input.env ?? []],
    [new OpenFile(new File(stdin)), stdout.descriptor, stderr.descriptor],
    { debug: false },
  );
  const { instance } = await WebAssembly.instantiate(bytes, {
    wasi_snapshot_preview1: wasi.wasiImport,
  });
  return {
    run() {
      const exitCode = wasi.start(instance as Parameters<WASI["start"]>[0]);
      return { stdout: stdout.take(), stderr: stderr.take(), exitCode };
    },
  };
}

/** Runs a module once on an instance of its own and returns its standard output as text. */
export async function referenceText(
  bytes: Uint8Array<ArrayBuffer>,
  input: ReferenceInput = {},
): Promise<string> {
  return new TextDecoder().decode((await instantiateReference(bytes, input)).run().stdout);
}

/** Gathers what a descriptor is written. */
class Collector {
  #chunks: Uint8Array[] = [];
  readonly descriptor = new ConsoleStdout((bytes) => this.#chunks.push(bytes.slice()));

  take(): Uint8Array {
    const all = new Uint8Array(this.#chunks.reduce((length, chunk) => length + chunk.length, 0));
    let end = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, end);
      end += chunk.length;
    }
    this.#chunks = [];
    return all;
  }
}
