/** Runs shorter than this are copied byte by byte: a view costs more than it saves. */
const VIEW_WORTHWHILE = 48;
/** Longest LEB128 of a length. */
const MAX_LENGTH_BYTES = 5;

/** A growing byte buffer. */
export class Writer {
  length = 0;
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(Math.max(capacity, 64));
  }

  byte(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = value;
  }

  u32(value: number): void {
    while (value >= 0x80) {
      this.byte(value & 0x7f | 0x80);
      value >>>= 7;
    }
    this.byte(value);
  }

  /** Signed LEB128 of a whole number below 2^63 in magnitude. */
  s64(value: number): void {
    while (value < -64 || value > 63) {
      const low = value & 0x7f;
      this.byte(low | 0x80);
      value = Math.floor(value / 128);
    }
    this.byte(value & 0x7f);
  }

  raw(bytes: ArrayLike<number>): void {
    for (let i = 0; i < bytes.length; i++) this.byte(bytes[i]!);
  }

  /** Appends `source[start..end)`. */
  copy(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length);
    if (length >= VIEW_WORTHWHILE) {
      this.#bytes.set(source.subarray(start, end), this.length);
      this.length += length;
      return;
    }
    const bytes = this.#bytes;
    let to = this.length;
    for (let from = start; from < end; from++) bytes[to++] = source[from]!;
    this.length = to;
  }

  name(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u32(bytes.length);
    this.copy(bytes, 0, bytes.length);
  }

  /**
   * Leaves room for the length of what follows, to be filled in by {@linkcode close}, which needs not move
   * anything if the length takes as many bytes as the length guessed.
   */
  open(guess: number): Sized {
    const at = this.length;
    this.u32(guess);
    return { at, start: this.length };
  }

  /** Fills in the length of what was written since `open`, and returns it. */
  close({ at, start }: Sized): number {
    const size = this.length - start;
    this.length = at;
    this.#reserve(MAX_LENGTH_BYTES + size);
    const width = lebLength(size);
    if (at + width !== start) this.#bytes.copyWithin(at + width, start, start + size);
    this.u32(size);
    this.length += size;
    return size;
  }

  /** What was written, in a buffer of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length);
  }

  #reserve(length: number): void {
    if (this.length + length > this.#bytes.length) this.#grow(length);
  }

  #grow(length: number): void {
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + length));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

/** A length to be filled in: where it stands and where what it measures begins. */
export interface Sized {
  readonly at: number;
  readonly start: number;
}

function lebLength(value: number): number {
  let length = 1;
  for (; value >= 0x80; value >>>= 7) length++;
  return length;
}
