import type { Instance } from "../../isolate/instance.ts";
import { NATIVES_START, STACK_POINTER } from "./adapt.ts";
import { JS_VALUE, NATIVES, SLOT } from "./natives.ts";

/** A value of the engine, by its bits. */
export type JsValue = bigint;

const EXCEPTION: JsValue = BigInt(JS_VALUE.exception);
/** Flags of `JS_Eval`. */
export const EVAL = { script: 0, module: 1, compileOnly: 1 << 5 } as const;

type Exported = (...args: (number | bigint)[]) => never;

/** There is no memory left for what is to be put into the engine. */
export class EngineMemoryError extends Error {}

/** The engine's C interface, of an instance whose memory has an engine in it. */
export class EngineCalls {
  readonly #exports: Readonly<Record<string, Exported>>;
  readonly #memory: WebAssembly.Memory;
  readonly #stackPointer: WebAssembly.Global;

  constructor({ exports }: Instance) {
    this.#exports = exports as Record<string, Exported>;
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#stackPointer = exports[STACK_POINTER] as WebAssembly.Global;
  }

  /** The C stack pointer: as it was at first whenever nothing runs. */
  get stackPointer(): number {
    return this.#stackPointer.value;
  }

  get #context(): number {
    return this.#call<number>("qjs_get_context_ptr");
  }

  /** Starts an engine, with a stack of this many bytes at most. */
  start(stackBytes: number): boolean {
    this.#call("initialize");
    if (this.#call<number>("qjs_init") !== 0) return false;
    this.#call("JS_SetMaxStackSize", this.#call<number>("qjs_get_runtime_ptr"), stackBytes);
    this.#view().setUint32(SLOT.context, this.#context, true);
    return true;
  }

  /** An object with the native functions, which is put at this global name. */
  addNatives(globalName: string): JsValue {
    const natives = this.#call<JsValue>("JS_NewObject", this.#context);
    const first = this.#call<number>(NATIVES_START);
    for (const [index, { name, length }] of NATIVES.entries()) {
      const value = this.#withText(name, (at) => {
        return this.#call<JsValue>(
          "JS_NewCFunction2",
          this.#context,
          first + index,
          at,
          length,
          0,
          0,
        );
      });
      this.set(natives, name, value);
    }
    const global = this.#call<JsValue>("JS_GetGlobalObject", this.#context);
    this.set(global, globalName, natives);
    return natives;
  }

  /** Evaluates, or compiles alone; undefined is an exception. */
  evaluate(code: string, name: string, flags: number): JsValue | undefined {
    const value = this.#withText(code, (at, length) => {
      return this.#withText(name, (nameAt) => {
        return this.#call<JsValue>("JS_Eval", this.#context, at, length, nameAt, flags);
      });
    });
    return value === EXCEPTION ? undefined : value;
  }

  /** The text of what was thrown last. */
  exceptionText(): string {
    return this.text(this.#call<JsValue>("JS_GetException", this.#context));
  }

  /** Sets a property; the value is given away. */
  set(object: JsValue, name: string, value: JsValue): void {
    this.#withText(name, (at) => this.#call("JS_SetPropertyStr", this.#context, object, at, value));
  }

  setText(object: JsValue, name: string, text: string): void {
    const value = this.#withText(text, (at, length) => {
      return this.#call<JsValue>("JS_NewStringLen", this.#context, at, length);
    });
    this.set(object, name, value);
  }

  get(object: JsValue, name: string): JsValue {
    return this.#withText(name, (at) => {
      return this.#call<JsValue>("JS_GetPropertyStr", this.#context, object, at);
    });
  }

  /** A value as text; empty if it has none. */
  text(value: JsValue): string {
    const at = this.#call<number>("JS_ToCStringLen2", this.#context, SLOT.result, value, 0);
    if (at === 0) return "";
    const length = this.#view().getUint32(SLOT.result, true);
    return new TextDecoder().decode(new Uint8Array(this.#memory.buffer, at >>> 0, length));
  }

  /** Puts a value where the added code looks for it; see `SLOT`. */
  put(slot: number, value: JsValue): void {
    this.#view().setBigUint64(slot, BigInt.asUintN(64, value), true);
  }

  collectGarbage(): void {
    this.#call("JS_RunGC", this.#call<number>("qjs_get_runtime_ptr"));
  }

  /** Copies a text into the engine's memory for as long as `use` takes. */
  #withText<T>(text: string, use: (at: number, length: number) => T): T {
    const bytes = new TextEncoder().encode(text);
    const at = this.#call<number>("malloc", bytes.length + 1) >>> 0;
    if (at === 0) throw new EngineMemoryError();
    const memory = new Uint8Array(this.#memory.buffer, at, bytes.length + 1);
    memory.set(bytes);
    memory[bytes.length] = 0;
    const result = use(at, bytes.length);
    this.#call("free", at);
    return result;
  }

  #view(): DataView {
    return new DataView(this.#memory.buffer);
  }

  #call<T = void>(name: string, ...args: (number | bigint)[]): T {
    return this.#exports[name]!(...args) as T;
  }
}
