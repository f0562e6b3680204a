import { readFile } from "node:fs/promises";
import { trapKind } from "../../runtime/isolate/trap_kind.ts";
import { STATE } from "../../runtime/wasm/reserved.ts";
import { instrument } from "../../runtime/wasm/instrument.ts";
import { Exit, PlainHost } from "./host.ts";

/** One file of vectors, as `scripts/fuel_vectors` writes it. */
export interface VectorFile {
  /** The version of Wasmtime that answered. */
  readonly wasmtime: string;
  readonly programs: readonly Program[];
}

/** A module, by its bytes in base64 or by a path in the repository, and what was asked of it. */
export interface Program {
  readonly name: string;
  readonly wasm?: string;
  readonly path?: string;
  readonly vectors: readonly Vector[];
}

/** One run on an instance of its own: the start function, then the entry, both under one budget. */
export interface Vector extends Answer {
  /** The export called; null if only the start function runs. */
  readonly entry: string | null;
  /** As text, e.g. `i64:-3` or `f32:0x3f800000`. */
  readonly args: readonly string[];
  readonly budget: number;
}

/** What came of a run. */
export interface Answer {
  /** `ok`, the kind of trap, `fuel_exhausted`, or `exit` and a code. */
  readonly outcome: string;
  readonly results?: readonly string[];
  /** Wasmtime shows no more than the budget. */
  readonly fuel: number;
}

/** Reads the vectors of one family. */
export async function readVectors(family: string): Promise<VectorFile> {
  return JSON.parse(await readFile(new URL(`${family}.json`, import.meta.url), "utf8"));
}

/** Instruments and compiles a program. */
export async function compile({ name, wasm, path }: Program): Promise<WebAssembly.Module> {
  const bytes = path === undefined
    ? Uint8Array.from(atob(wasm!), (char) => char.charCodeAt(0))
    : await readFile(
      new URL(`../../${path.split("/").map(encodeURIComponent).join("/")}`, import.meta.url),
    );
  const result = instrument(bytes, { memoryPages: 1024 });
  if (!result.ok) throw new Error(`${name}: ${result.error.message}`);
  return new WebAssembly.Module(result.value.bytes);
}

type Callable = (...args: unknown[]) => unknown;

/** Runs one vector's call; the results are spelt in the types that the vector expects. */
export function answer(module: WebAssembly.Module, vector: Vector): Answer {
  const host = new PlainHost();
  const { entry, args, budget } = vector;
  const functions = instantiate(module, host);
  if (functions === undefined) return { outcome: "out_of_bounds", fuel: 0 };
  host.memory = functions["skerry:memory0"] as unknown as WebAssembly.Memory | undefined;
  functions["skerry:snapshot"]!();
  functions["skerry:reset"]!(budget, -1);
  const run = attempt(() => {
    functions["skerry:start"]?.();
    return entry === null ? undefined : functions[entry]!(...args.map(parse));
  });
  const isExhausted = (functions["skerry:state"]!() as number) & STATE.outOfFuel;
  const fuel = Math.min(functions["skerry:fuel"]!() as number, budget);
  if (isExhausted) return { outcome: "fuel_exhausted", fuel };
  if (run.outcome !== "ok" || entry === null) return { outcome: run.outcome, fuel };
  return { outcome: "ok", results: spellAll(run.value, vector.results ?? []), fuel };
}

/** Undefined if a segment is out of bounds; V8's message then names the segment. */
function instantiate(
  module: WebAssembly.Module,
  host: PlainHost,
): Record<string, Callable> | undefined {
  try {
    return new WebAssembly.Instance(module, host.imports).exports as Record<string, Callable>;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError && /out of bounds/.test(error.message)) return;
    throw error;
  }
}

function attempt(run: () => unknown): { outcome: string; value?: unknown } {
  try {
    return { outcome: "ok", value: run() };
  } catch (error) {
    return { outcome: outcomeOf(error) };
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof Exit) return error.message;
  const kind = trapKind(error);
  if (kind === undefined) throw error;
  return kind;
}

/** Floats are given by their bits. */
function parse(text: string): number | bigint {
  const [type, value] = text.split(":") as [string, string];
  switch (type) {
    case "i64":
      return BigInt(value);
    case "f32":
      return new Float32Array(new Uint32Array([Number(value)]).buffer)[0]!;
    case "f64":
      return new Float64Array(new BigUint64Array([BigInt(value)]).buffer)[0]!;
    default:
      return Number(value);
  }
}

function spellAll(value: unknown, expected: readonly string[]): string[] {
  const values = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return values.map((each, i) => spell(each, (expected[i] ?? "").split(":")[0]!));
}

function spell(value: number | bigint, type: string): string {
  switch (type) {
    case "f32":
      return `f32:0x${hex(new Uint32Array(new Float32Array([Number(value)]).buffer)[0]!, 8)}`;
    case "f64":
      return `f64:0x${hex(new BigUint64Array(new Float64Array([Number(value)]).buffer)[0]!, 16)}`;
    default:
      return `${type}:${value}`;
  }
}

function hex(bits: number | bigint, digits: number): string {
  return bits.toString(16).padStart(digits, "0");
}
