import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/folder.ts";

/** Proposals that binaryen knows and V8 does not run, or Skerry refuses. */
const DISABLED = [
  "acquire-release-atomics",
  "compact-imports",
  "custom-descriptors",
  "custom-page-sizes",
  "fp16",
  "multibyte",
  "relaxed-atomics",
  "shared-everything",
  "stack-switching",
  "strings",
  "threads",
  "wide-arithmetic",
];

/** V8 takes no module that mixes both forms of exceptions; NaN's bits are not the same from every compiler. */
const PASSES = ["--translate-to-exnref", "--denan"];

type Run = (
  module: unknown,
  require: unknown,
  process: unknown,
  wasm: unknown,
  fileName: string,
  folder: string,
) => void;

const NAMES = ["Module", "require", "process", "WebAssembly", "__filename", "__dirname"];

/**
 * The `wasm-opt` command of npm's binaryen, which alone gives access to its generator of random modules. It
 * is a script for Node that ends with its process, so its text is evaluated afresh for each run, with a
 * `process` of its own; its WebAssembly is compiled once. That is ten times as fast as starting processes.
 */
class WasmOpt {
  readonly #path: string;
  readonly #run: Run;
  #compiled: Promise<WebAssembly.Module> | undefined;

  constructor() {
    this.#path = join(dirname(fileURLToPath(import.meta.resolve("binaryen"))), "bin/wasm-opt");
    const script = readFileSync(this.#path, "utf8").replace(/^#!.*/, "");
    this.#run = new Function(...NAMES, script) as Run;
  }

  /** Runs the command; what it prints is dropped. */
  run(args: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const module = { print() {}, printErr() {}, onAbort: reject, postRun: [() => resolve()] };
      const ownProcess = Object.create(process, {
        argv: { value: ["node", this.#path, ...args] },
        exitCode: { value: 0, writable: true },
        on: { value() {} },
      });
      this.#run(module, quietRequire, ownProcess, this.#wasm(), this.#path, dirname(this.#path));
    });
  }

  #wasm() {
    const instantiate = async (bytes: BufferSource, imports: WebAssembly.Imports) => {
      this.#compiled ??= WebAssembly.compile(bytes);
      return { instance: await WebAssembly.instantiate(await this.#compiled, imports) };
    };
    return { ...wasmNames(), instantiate };
  }
}

/** Loads Node's modules, `fs` without standard output and error: warnings are written straight to these. */
function quietRequire(name: string): unknown {
  const loaded = createRequire(import.meta.url)(name);
  if (!/^(node:)?fs$/.test(name)) return loaded;
  const writeSync = (fd: number, bytes: Uint8Array, ...rest: number[]) =>
    fd <= 2 ? rest[1] ?? bytes.length : loaded.writeSync(fd, bytes, ...rest);
  return { ...loaded, writeSync };
}

function wasmNames(): object {
  return Object.fromEntries(
    Object.getOwnPropertyNames(WebAssembly).map((name) => [name, Reflect.get(WebAssembly, name)]),
  );
}

/**
 * Random valid modules, the same on every machine: one for each seed. They end by themselves (a counter of
 * loops and calls makes them trap) and make no NaN whose bits could depend on the compiler.
 */
export async function* fuzzModules(
  seeds: Iterable<number>,
): AsyncGenerator<{ seed: number; bytes: Uint8Array<ArrayBuffer> }> {
  await using folder = await temporaryFolder();
  const [input, output] = [join(folder.path, "seed"), join(folder.path, "module.wasm")];
  const features = DISABLED.map((name) => `--disable-${name}`);
  const wasmOpt = new WasmOpt();
  for (const seed of seeds) {
    await writeFile(input, noise(seed));
    // Modules with objects can rarely be recycled, so half of them have none.
    const objects = seed % 2 === 0 ? [] : ["--disable-gc"];
    await wasmOpt.run([
      input,
      "-ttf",
      "-q",
      "-all",
      ...features,
      ...objects,
      ...PASSES,
      "-o",
      output,
    ]);
    yield { seed, bytes: new Uint8Array(await readFile(output)) };
  }
}

/** What the generator draws its choices from: more bytes make a larger module. */
function noise(seed: number): Uint8Array {
  const bytes = Buffer.alloc(4000 + seed % 16 * 1000);
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  for (let i = 0; i < bytes.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state >>> 11;
  }
  return bytes;
}
