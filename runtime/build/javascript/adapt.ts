import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { Code, entry, EXPORT, exported, functionType } from "../../wasm/code.ts";
import { type ModuleShape, SECTION } from "../../wasm/module.ts";
import { I32 } from "../../wasm/op.ts";
import { Reader, Refusal } from "../../wasm/reader.ts";
import { readModule } from "../../wasm/sections.ts";
import { Writer } from "../../wasm/writer.ts";
import { answerBody, NATIVE_PARAMS, NATIVE_RESULTS, NATIVES } from "./natives.ts";
import { redirectCalls } from "./redirect_calls.ts";

/** Export that runs the function a memory image has ready. */
export const ANSWER = "answer";
/** Export that tells the table index of the first of {@linkcode NATIVES}; the others follow. */
export const NATIVES_START = "natives_start";
/** Export of what a reactor calls `_initialize`: it runs at build time alone, so it has another name. */
export const INITIALIZE = "initialize";
/** Export of the C stack pointer. */
export const STACK_POINTER = "stack_pointer";

/** What of the engine is called from outside when a function is built. */
const KEPT_EXPORTS: readonly string[] = [
  "JS_Eval",
  "JS_FreeValue",
  "JS_GetException",
  "JS_GetGlobalObject",
  "JS_GetPropertyStr",
  "JS_NewCFunction2",
  "JS_NewObject",
  "JS_NewStringLen",
  "JS_RunGC",
  "JS_SetMaxStackSize",
  "JS_SetPropertyStr",
  "JS_ToCStringLen2",
  "free",
  "malloc",
  "memory",
  "qjs_get_context_ptr",
  "qjs_get_runtime_ptr",
  "qjs_init",
];

/** The import module of the engine's own hooks into its host, none of which is used. */
const HOOKS = "env";
const WASI = "wasi_snapshot_preview1";
/** What the hooks' imports import instead; one each, so that no function changes its number. */
const WANTED: readonly (readonly [name: string, params: number, results: number])[] = [
  ["fd_read", 4, 1],
  ["environ_sizes_get", 2, 1],
  ["environ_get", 2, 1],
  ["poll_oneoff", 4, 1],
  ["proc_exit", 1, 0],
];

/**
 * Makes a WASI module of the package's engine, which is made for a host that calls its functions one by one:
 *
 * - Its hooks into the host become imports of WASI, and calls of them calls of functions that do nothing.
 * - Native functions are added through which JavaScript reaches WASI, see `natives.ts`.
 * - The export {@linkcode ANSWER} is added, which runs what the memory has ready.
 *
 * @returns `invalid_module` if it is not such an engine
 */
export function adaptEngine(module: Uint8Array): Result<Uint8Array<ArrayBuffer>, SkerryError> {
  try {
    return ok(new Adapter(module, readModule(module)).run());
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return err(skerryError("invalid_module", `Cannot use this QuickJS: ${thrown.reason}`));
  }
}

interface ImportEntry {
  readonly module: string;
  readonly name: string;
  readonly type: number;
}

class Adapter {
  readonly #module: Uint8Array;
  readonly #shape: ModuleShape;
  readonly #imports: readonly ImportEntry[];
  /** Functions by the names they are exported, or now imported, by. */
  readonly #functions: ReadonlyMap<string, number>;
  readonly #exports: readonly (readonly [name: string, kind: number, index: number])[];
  /** The first hook's number is 0; the function that stands in for it has this one. */
  readonly #standIns: number;
  readonly #hookCount: number;

  constructor(module: Uint8Array, shape: ModuleShape) {
    this.#module = module;
    this.#shape = shape;
    this.#exports = this.#readExports();
    const imports = this.#readImports();
    this.#hookCount = imports.findIndex((each) => each.module !== HOOKS);
    if (this.#hookCount < WANTED.length) throw new Refusal(0, "it has too few hooks");
    this.#imports = imports.map((each, index) => this.#replaced(each, index));
    this.#standIns = shape.functions.length;
    const exported = this.#exports.filter(([, kind]) => kind === EXPORT.function);
    this.#functions = new Map([
      ...exported.map(([name, , index]) => [name, index] as const),
      ...this.#imports.map(({ name }, index) => [name, index] as const),
    ]);
  }

  run(): Uint8Array<ArrayBuffer> {
    const to = new Writer(this.#module.length + 4096);
    to.copy(this.#module, 0, 8);
    for (const { id, start, end } of this.#shape.sections) {
      if (id === SECTION.custom) continue;
      to.byte(id);
      const sized = to.open(end - start);
      this.#section(id, to, new Reader(this.#module, start, end));
      to.close(sized);
    }
    return to.finish();
  }

  #section(id: number, to: Writer, from: Reader): void {
    switch (id) {
      case SECTION.type:
        return extend(to, from, [
          functionType([], []),
          functionType([], [I32]),
          functionType(NATIVE_PARAMS, NATIVE_RESULTS),
          ...WANTED.map(([, params, results]) => functionType(i32s(params), i32s(results))),
        ]);
      case SECTION.import:
        return this.#writeImports(to);
      case SECTION.function:
        return extend(to, from, this.#addedTypes().map((type) => entry((to) => to.u32(type))));
      case SECTION.table:
        return this.#writeTable(to);
      case SECTION.export:
        return this.#writeExports(to);
      case SECTION.element:
        return extend(to, from, [this.#elements()]);
      case SECTION.code:
        return this.#writeCode(to, from);
      default:
        to.copy(from.bytes, from.pos, from.end);
    }
  }

  #indexOf = (name: string): number => {
    const index = this.#functions.get(name);
    if (index === undefined) throw new Refusal(0, `it has no ${name}`);
    return index;
  };

  /** Types of the added functions: what stands in for the hooks, the natives, the two exports. */
  #addedTypes(): number[] {
    const first = this.#shape.types.entries.length;
    return [
      ...this.#readImports().slice(0, this.#hookCount).map(({ type }) => type),
      ...NATIVES.map(() => first + 2),
      first,
      first + 1,
    ];
  }

  get #firstNative(): number {
    return this.#standIns + this.#hookCount;
  }

  #readImports(): ImportEntry[] {
    const from = this.#reader(SECTION.import);
    return Array.from({ length: from.u32() }, () => {
      const [module, name] = [from.name(), from.name()];
      if (from.byte() !== EXPORT.function) {
        throw new Refusal(from.pos, "it imports more than functions");
      }
      return { module, name, type: from.u32() };
    });
  }

  #replaced(imported: ImportEntry, index: number): ImportEntry {
    const wanted = WANTED[index];
    if (index >= this.#hookCount) return imported;
    const first = this.#shape.types.entries.length;
    // One hook more than is wanted: nothing calls it.
    if (wanted === undefined) return { module: WASI, name: "sched_yield", type: first + 1 };
    return { module: WASI, name: wanted[0], type: first + 3 + index };
  }

  #readExports(): [string, number, number][] {
    const from = this.#reader(SECTION.export);
    return Array.from({ length: from.u32() }, () => [from.name(), from.byte(), from.u32()]);
  }

  #reader(id: number): Reader {
    const section = this.#shape.sections.find((each) => each.id === id);
    if (section === undefined) throw new Refusal(0, `it has no section ${id}`);
    return new Reader(this.#module, section.start, section.end);
  }

  #writeImports(to: Writer): void {
    to.u32(this.#imports.length);
    for (const { module, name, type } of this.#imports) {
      to.name(module);
      to.name(name);
      to.byte(EXPORT.function);
      to.u32(type);
    }
  }

  get #tableSize(): number {
    const [table] = this.#shape.definedTables;
    if (table === undefined) throw new Refusal(0, "it has no table");
    return table.limits.initial;
  }

  #writeTable(to: Writer): void {
    const FUNCREF = 0x70;
    to.raw([1, FUNCREF, 0]);
    to.u32(this.#tableSize + NATIVES.length);
  }

  #writeExports(to: Writer): void {
    const kept = this.#exports.filter(([name]) => KEPT_EXPORTS.includes(name));
    if (kept.length < KEPT_EXPORTS.length) throw new Refusal(0, "it lacks some functions");
    const answer = this.#firstNative + NATIVES.length;
    const entries = [
      ...kept,
      [INITIALIZE, EXPORT.function, this.#indexOf("_initialize")],
      [STACK_POINTER, EXPORT.global, 0],
      [ANSWER, EXPORT.function, answer],
      [NATIVES_START, EXPORT.function, answer + 1],
    ] as const;
    to.u32(entries.length);
    for (const [name, kind, index] of entries) {
      const bytes = exported(name, kind, index);
      to.copy(bytes, 0, bytes.length);
    }
  }

  #elements(): Uint8Array {
    return entry((to) => {
      to.byte(0);
      to.byte(0x41);
      to.s64(this.#tableSize);
      to.byte(0x0b);
      to.u32(NATIVES.length);
      for (let i = 0; i < NATIVES.length; i++) to.u32(this.#firstNative + i);
    });
  }

  #writeCode(to: Writer, from: Reader): void {
    const added = this.#addedBodies();
    const count = from.u32();
    to.u32(count + added.length);
    redirectCalls(to, from, this.#shape, { below: this.#hookCount, to: this.#standIns });
    for (const body of added) to.copy(body, 0, body.length);
  }

  #addedBodies(): Uint8Array[] {
    const standIns = this.#readImports().slice(0, this.#hookCount).map(({ type }) => {
      const shape = this.#shape.types.entries[type];
      const hasResult = shape?.kind === "function" && shape.results.length > 0;
      return hasResult ? new Code().const(0).body() : new Code().body();
    });
    const natives = NATIVES.map(({ body }) => body(this.#indexOf));
    const start = new Code().const(this.#tableSize).body();
    return [...standIns, ...natives, answerBody(this.#indexOf), start];
  }
}

function i32s(count: number): number[] {
  return new Array<number>(count).fill(I32);
}

/** Copies a section's content with entries added at its end. */
function extend(to: Writer, from: Reader, added: readonly Uint8Array[]): void {
  to.u32(from.u32() + added.length);
  to.copy(from.bytes, from.pos, from.end);
  for (const each of added) to.copy(each, 0, each.length);
}
