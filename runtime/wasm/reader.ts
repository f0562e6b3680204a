/**
 * Why a module is refused. Thrown only inside this folder, where a result at every byte would cost more than
 * the decoding itself; `instrument` is the boundary that turns it into a value.
 */
export class Refusal extends Error {
  constructor(
    readonly offset: number,
    readonly reason: string,
    readonly details: Readonly<Record<string, number>> = {},
  ) {
    super(reason);
  }
}

/** Refuses the module at this byte offset. */
export function refuse(offset: number, reason: string): never {
  throw new Refusal(offset, reason);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A cursor over part of a module; offsets are those of the whole input. */
export class Reader {
  /** What lies between `pos` and `end` may be read. */
  constructor(readonly bytes: Uint8Array, public pos: number, public end: number) {}

  /** A cursor over the next `length` bytes, which this one skips. */
  slice(length: number): Reader {
    const start = this.pos;
    this.skip(length);
    return new Reader(this.bytes, start, this.pos);
  }

  byte(): number {
    if (this.pos >= this.end) refuse(this.pos, "unexpected end");
    return this.bytes[this.pos++]!;
  }

  skip(length: number): void {
    if (length > this.end - this.pos) refuse(this.pos, "unexpected end");
    this.pos += length;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.#u32Rest(first & 0x7f);
  }

  #u32Rest(low: number): number {
    let value = low;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    const last = this.byte();
    if (last > 0x0f) refuse(this.pos - 1, "integer does not fit 32 bits");
    return (value | last << 28) >>> 0;
  }

  /** Unsigned LEB128 of at most 64 bits; rounded above 2^53, which is above every limit here. */
  u64(): number {
    let value = 0;
    for (let scale = 1, count = 0; count < 10; scale *= 128, count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (count === 9 && byte > 1) break;
        return value;
      }
    }
    return refuse(this.pos - 1, "integer does not fit 64 bits");
  }

  /** Signed LEB128 of at most 33 bits: a type index, or a negative code. */
  s33(): number {
    let value = 0;
    for (let scale = 1, count = 0; count < 5; scale *= 128, count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte >= 0x80) continue;
      if (count === 4 && byte > 0x0f && byte < 0x70) break;
      return byte & 0x40 ? value - scale * 128 : value;
    }
    return refuse(this.pos - 1, "integer does not fit 33 bits");
  }

  /** Passes over a LEB128 of at most `maxBytes` bytes; V8 judges its value. */
  skipLeb(maxBytes: number): void {
    for (let count = 0; count < maxBytes; count++) {
      if (this.byte() < 0x80) return;
    }
    refuse(this.pos - 1, "integer is too long");
  }

  /** The length of a vector, each of whose elements takes at least one byte. */
  count(): number {
    const at = this.pos;
    const count = this.u32();
    if (count > this.end - this.pos) refuse(at, "count exceeds the bytes that are left");
    return count;
  }

  /** An index into a space of `size` entries; `what` names the space in the refusal. */
  index(size: number, what: string): number {
    const at = this.pos;
    const index = this.u32();
    if (index >= size) refuse(at, `${what} ${index} does not exist`);
    return index;
  }

  name(): string {
    const length = this.count();
    const start = this.pos;
    this.skip(length);
    try {
      return utf8.decode(this.bytes.subarray(start, this.pos));
    } catch {
      return refuse(start, "name is not UTF-8");
    }
  }
}
