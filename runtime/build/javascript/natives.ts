import { Code } from "../../wasm/code.ts";
import { I32, I64 } from "../../wasm/op.ts";

/**
 * What a memory image holds for the code that is added to the engine. Below the data lies the C stack, which
 * begins 1 MiB further up and which QuickJS keeps from growing down to here.
 */
export const SLOT = {
  /** Scratch: what a C function gives back beside its result. */
  result: 16,
  /** The `JSContext`. */
  context: 20,
  /** The JavaScript function that takes the next step of a run; a `JSValue`. */
  step: 24,
  /** The user's compiled module; a `JSValue`. */
  module: 32,
} as const;

/** `JSValue`s: the tag above, the 32 bits of an integer, boolean or pointer below. */
export const JS_VALUE = {
  true: (1 << 30) * 4 + 1,
  undefined: 3 * 2 ** 32,
  exception: 6 * 2 ** 32,
} as const;

/** The parameters and result of a C function that JavaScript can call: `(ctx, this, argc, argv)`. */
export const NATIVE_PARAMS: readonly number[] = [I32, I64, I32, I32];
export const NATIVE_RESULTS: readonly number[] = [I64];
const CONTEXT = 0, ARGUMENTS = 3, POINTER = 4;

/** A function of the engine or of WASI that native functions call, by name. */
export type IndexOf = (name: string) => number;

/** A native function: how JavaScript sees it, and its code. */
export interface NativeFunction {
  readonly name: string;
  /** Arguments; QuickJS fills up those that are missing. */
  readonly length: number;
  body(indexOf: IndexOf): Uint8Array;
}

/** What WASI offers, by number of parameters; each is an integer, and so is the result. */
export const WASI_FUNCTIONS: Readonly<Record<string, number>> = {
  fd_read: 4,
  fd_write: 4,
  environ_sizes_get: 2,
  environ_get: 2,
  random_get: 2,
  poll_oneoff: 4,
};

/** What JavaScript finds in the object `native`; see `prelude/native.ts`. */
export const NATIVES: readonly NativeFunction[] = [
  { name: "address", length: 1, body: address },
  { name: "encode", length: 1, body: encode },
  { name: "decode", length: 1, body: decode },
  { name: "evaluate", length: 0, body: evaluate },
  { name: "namespace", length: 0, body: namespace },
  { name: "proc_exit", length: 1, body: exit },
  ...Object.entries(WASI_FUNCTIONS).map(([name, length]): NativeFunction => ({
    name,
    length,
    body: (indexOf) => forward(indexOf(name), length),
  })),
];

/** Where the bytes of a `Uint8Array` are. */
function address(indexOf: IndexOf): Uint8Array {
  return bytesOf(new Code(), indexOf).op(EXTEND).body();
}

/** The UTF-8 of a string, as a `Uint8Array`. */
function encode(indexOf: IndexOf): Uint8Array {
  const code = new Code();
  code.get(CONTEXT).const(SLOT.result);
  argument(code, 0).const(0).call(indexOf("JS_ToCStringLen2")).set(POINTER);
  code.get(POINTER).op(EQZ).op(IF, EMPTY).const64(JS_VALUE.exception).op(RETURN).end();
  code.get(CONTEXT).get(POINTER).load(SLOT.result).call(indexOf("JS_NewUint8ArrayCopy"));
  return code.get(CONTEXT).get(POINTER).call(indexOf("JS_FreeCString")).body([I32]);
}

/** The string of UTF-8 in a `Uint8Array`. */
function decode(indexOf: IndexOf): Uint8Array {
  const code = new Code().get(CONTEXT);
  return bytesOf(code, indexOf).load(SLOT.result).call(indexOf("JS_NewStringLen")).body();
}

/** Runs the user's module; the promise of its end. */
function evaluate(indexOf: IndexOf): Uint8Array {
  return new Code().get(CONTEXT).load64(SLOT.module).call(indexOf("JS_EvalFunction")).body();
}

/** What the user's module exports; the pointer to it is the low half of the value. */
function namespace(indexOf: IndexOf): Uint8Array {
  return new Code().get(CONTEXT).load(SLOT.module).call(indexOf("JS_GetModuleNamespace")).body();
}

function exit(indexOf: IndexOf): Uint8Array {
  const code = integer(new Code(), 0).call(indexOf("proc_exit"));
  return code.const64(JS_VALUE.undefined).body();
}

/** Calls what takes integers and returns one. */
function forward(target: number, length: number): Uint8Array {
  const code = new Code();
  for (let i = 0; i < length; i++) integer(code, i);
  return code.call(target).op(EXTEND).body();
}

/**
 * The entrance of a run: takes steps, and after each does the jobs of promises that are due, until a step is
 * not answered with `true`.
 */
export function answerBody(indexOf: IndexOf): Uint8Array {
  const RESULT = 0;
  const code = new Code().op(LOOP, EMPTY);
  code.load(SLOT.context).load64(SLOT.step).const64(JS_VALUE.undefined).const(0).const(0);
  code.call(indexOf("JS_Call")).set(RESULT);
  code.op(LOOP, EMPTY).call(indexOf("qjs_get_runtime_ptr")).const(SLOT.result);
  code.call(indexOf("JS_ExecutePendingJob")).op(BR_IF, 0).end();
  code.get(RESULT).const64(JS_VALUE.true).op(I64_EQ, BR_IF, 0).end();
  // Steps see to errors themselves; what they cannot, e.g. for want of memory, ends the run.
  code.get(RESULT).const64(JS_VALUE.exception).op(I64_EQ);
  return code.op(IF, EMPTY).const(1).call(indexOf("proc_exit")).end().body([I64]);
}

const LOOP = 0x03, IF = 0x04, BR_IF = 0x0d, RETURN = 0x0f, EQZ = 0x45, I64_EQ = 0x51;
const EXTEND = 0xad, WRAP = 0xa7, EMPTY = 0x40;

function argument(code: Code, index: number): Code {
  return code.get(ARGUMENTS).op(0x29, 3, index * 8);
}

function integer(code: Code, index: number): Code {
  return argument(code, index).op(WRAP);
}

/** The address of the bytes of the first argument, and their number in `SLOT.result`. */
function bytesOf(code: Code, indexOf: IndexOf): Code {
  code.get(CONTEXT).const(SLOT.result);
  return argument(code, 0).call(indexOf("JS_GetUint8Array"));
}
