import { type SkerryError, skerryError } from "../../errors.ts";
import { err, ok, type Result } from "../../result.ts";
import { type ModuleShape, SECTION } from "../../wasm/module.ts";
import { Reader, Refusal } from "../../wasm/reader.ts";
import { readModule } from "../../wasm/sections.ts";
import { Code, entry, EXPORT, exported, functionType } from "../../wasm/code.ts";
import { I32 } from "../../wasm/op.ts";
import { Writer } from "../../wasm/writer.ts";

/** Export that runs the Python function a memory image has ready; see {@linkcode ENTRY}. */
export const RESUME = "resume";
/** Export of the C stack pointer. */
export const STACK_POINTER = "stack_pointer";

/**
 * Where a memory image says how to go on, as 32-bit words. The linker puts the stack below the data and
 * begins it far above these addresses, so nothing else is there.
 */
export const ENTRY = {
  /** The C stack pointer to go on with: frames above it are still in use. */
  stackPointer: 16,
  /** The Python function to call, without arguments. */
  callable: 20,
  /** Its vectorcall, an index into the function table. */
  vectorcall: 24,
  /** A `bytearray` that is pointed at the request's environment. */
  environment: 28,
  /** Scratch: how many variables the environment has, and their bytes. */
  count: 32,
  size: 36,
} as const;

/** Field offsets of CPython 3.12's `PyByteArrayObject`. */
const BYTEARRAY = { size: 8, alloc: 12, bytes: 16, start: 20 } as const;

/** An environment up to this size goes on the C stack, of which there are 512 KiB; else memory grows for it. */
const MAX_STACK_BYTES = 64 * 1024;

/**
 * Makes CPython's command module resumable. A command runs from `_start` to its exit, and there is no second
 * entrance. But Python's functions are in the memory, and the C function that calls one is in the table
 * at an index which stands in the function object. So one more function is all it takes: it sets
 * the stack pointer, fetches the environment and calls what the memory image names (RATIONALE: "How does Python
 * start in a millisecond?").
 *
 * Also leaves out the custom sections, half of the module, which are for debuggers.
 *
 * @returns `invalid_module` if it is not such a module
 */
export function makeResumable(
  module: Uint8Array,
): Result<Uint8Array<ArrayBuffer>, SkerryError> {
  try {
    return ok(rewrite(module, readModule(module)));
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return err(skerryError("invalid_module", `Cannot use this Python: ${thrown.reason}`));
  }
}

function rewrite(module: Uint8Array, shape: ModuleShape): Uint8Array<ArrayBuffer> {
  const types = shape.types.entries.length;
  const resume = shape.functions.length;
  const body = resumeBody(
    wasiFunction(shape, "environ_sizes_get"),
    wasiFunction(shape, "environ_get"),
    types + 1,
  );
  const additions = new Map<number, readonly Uint8Array[]>([
    [SECTION.type, [functionType([], []), functionType([I32, I32, I32, I32], [I32])]],
    [SECTION.function, [entry((to) => to.u32(types))]],
    [SECTION.export, [
      exported(RESUME, EXPORT.function, resume),
      exported(STACK_POINTER, EXPORT.global, 0),
    ]],
    [SECTION.code, [body]],
  ]);
  const to = new Writer(module.length);
  to.copy(module, 0, 8);
  for (const { id, start, end } of shape.sections) {
    if (id === SECTION.custom) continue;
    to.byte(id);
    const sized = to.open(end - start);
    extend(to, new Reader(module, start, end), additions.get(id) ?? []);
    to.close(sized);
  }
  return to.finish();
}

/** Copies a section's content with entries added at its end. */
function extend(to: Writer, from: Reader, added: readonly Uint8Array[]): void {
  if (added.length > 0) to.u32(from.u32() + added.length);
  to.copy(from.bytes, from.pos, from.end);
  for (const each of added) to.copy(each, 0, each.length);
}

function wasiFunction({ imports }: ModuleShape, name: string): number {
  const functions = imports.filter(({ kind }) => kind === "function");
  const index = functions.findIndex((each) => each.name === name);
  if (index === -1) throw new Refusal(0, `it does not import ${name}`);
  return index;
}

/** Locals of the added function. */
const TOTAL = 0, BUFFER = 1;

function resumeBody(sizesGet: number, environGet: number, vectorcallType: number): Uint8Array {
  const code = new ResumeCode();
  code.load(ENTRY.stackPointer).setStackPointer();
  code.const(ENTRY.count).const(ENTRY.size).call(sizesGet).trapIfNotZero();
  // Pointers first, as `environ_get` wants them, then the bytes; in all a multiple of 16.
  code.pointerBytes().load(ENTRY.size).op(0x6a).const(15).op(0x6a).const(-16).op(0x71).set(TOTAL);
  code.get(TOTAL).const(MAX_STACK_BYTES).op(0x4d).op(0x04, I32);
  code.stackPointer().get(TOTAL).op(0x6b).set(BUFFER).get(BUFFER).setStackPointer().get(BUFFER);
  code.op(0x05).get(TOTAL).const(65535).op(0x6a).const(16).op(0x76).op(0x40, 0x00).set(BUFFER);
  code.get(BUFFER).const(-1).op(0x46).trapIfNotZero().get(BUFFER).const(16).op(0x74).op(0x0b).set(
    BUFFER,
  );
  code.get(BUFFER).get(BUFFER).pointerBytes().op(0x6a).call(environGet).trapIfNotZero();
  code.load(ENTRY.environment).load(ENTRY.size).store(BYTEARRAY.size);
  code.load(ENTRY.environment).load(ENTRY.size).store(BYTEARRAY.alloc);
  for (const field of [BYTEARRAY.bytes, BYTEARRAY.start]) {
    code.load(ENTRY.environment).get(BUFFER).pointerBytes().op(0x6a).store(field);
  }
  code.load(ENTRY.callable).const(0).const(0).const(0).load(ENTRY.vectorcall);
  code.op(0x11).index(vectorcallType).op(0x00).op(0x1a);
  return code.body([I32, I32]);
}

class ResumeCode extends Code {
  stackPointer(): this {
    return this.op(0x23, 0);
  }

  setStackPointer(): this {
    return this.op(0x24, 0);
  }

  /** Bytes of the environment's pointers. */
  pointerBytes(): this {
    return this.load(ENTRY.count).const(2).op(0x74);
  }

  trapIfNotZero(): this {
    return this.op(0x04, 0x40, 0x00, 0x0b);
  }
}
