import { Writer } from "./writer.ts";

/** Writes instructions, a few by name, the others by opcode. */
export class Code {
  readonly #to = new Writer(256);

  op(...bytes: number[]): this {
    this.#to.raw(bytes);
    return this;
  }

  index(value: number): this {
    this.#to.u32(value);
    return this;
  }

  /** An i32 constant. */
  const(value: number): this {
    this.op(0x41);
    this.#to.s64(value);
    return this;
  }

  /** An i64 constant, below 2^53 in magnitude. */
  const64(value: number): this {
    this.op(0x42);
    this.#to.s64(value);
    return this;
  }

  get(local: number): this {
    return this.op(0x20, local);
  }

  set(local: number): this {
    return this.op(0x21, local);
  }

  call(index: number): this {
    return this.op(0x10).index(index);
  }

  /** Loads the word at a fixed address. */
  load(address: number): this {
    return this.const(address).op(0x28, 2, 0);
  }

  /** Loads the 64 bits at a fixed address. */
  load64(address: number): this {
    return this.const(address).op(0x29, 3, 0);
  }

  /** Stores a word at this offset from an address below it on the stack. */
  store(offset: number): this {
    return this.op(0x36, 2, offset);
  }

  end(): this {
    return this.op(0x0b);
  }

  /** The body of a function made of these instructions, whose `end` is written here. */
  body(locals: Iterable<number> = []): Uint8Array {
    const code = this.end().#to.finish();
    const groups = [...locals].flatMap((type) => [1, type]);
    return entry((to) => {
      const sized = to.open(code.length + groups.length + 1);
      to.u32(groups.length / 2);
      to.raw(groups);
      to.copy(code, 0, code.length);
      to.close(sized);
    });
  }
}

/** Bytes written apart. */
export function entry(write: (to: Writer) => void): Uint8Array {
  const to = new Writer(64);
  write(to);
  return to.finish();
}

/** The entry of a function type. */
export function functionType(params: readonly number[], results: readonly number[]): Uint8Array {
  return entry((to) => to.raw([0x60, params.length, ...params, results.length, ...results]));
}

/** What an export is, in the binary format. */
export const EXPORT = { function: 0, table: 1, memory: 2, global: 3 } as const;

/** The entry of an export. */
export function exported(name: string, kind: number, index: number): Uint8Array {
  return entry((to) => {
    to.name(name);
    to.byte(kind);
    to.u32(index);
  });
}
