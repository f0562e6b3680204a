const NO_BYTES = new Uint8Array(0);

/** Bytes of one `iovec` or `ciovec`: pointer and length, both u32. */
const IOVEC_BYTES = 8;

/**
 * Most vectors one call looks at, as `IOV_MAX` on Linux. Reading or writing fewer than asked for is
 * legal, and bounds what a call costs.
 */
export const MAX_VECTORS = 1024;

/**
 * The module's linear memory. Every pointer from the guest is checked with {@linkcode holds} before
 * it is used; pointers and lengths must be made unsigned (`>>> 0`) first, as 2 GiB and up arrive
 * negative.
 *
 * @example
 * ```ts
 * import { GuestMemory } from "./guest_memory.ts";
 *
 * const guest = new GuestMemory();
 * guest.attach(new WebAssembly.Memory({ initial: 1 }));
 * if (guest.holds(65532, 4)) guest.view.setUint32(65532, 7, true);
 * ```
 */
export class GuestMemory {
  /** The whole memory. */
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** The whole memory. */
  view: DataView<ArrayBuffer> = new DataView(NO_BYTES.buffer);
  /** Bytes of the memory. */
  size = 0;
  #memory: WebAssembly.Memory | undefined;
  #buffer: ArrayBuffer = NO_BYTES.buffer;

  /** Uses this memory, or none, from now on. */
  attach(memory: WebAssembly.Memory | undefined): void {
    this.#memory = memory;
    this.#use(memory?.buffer ?? NO_BYTES.buffer);
  }

  /** Renews the views if growing the memory has detached them. Called as each host call begins. */
  refresh(): void {
    const memory = this.#memory;
    if (memory !== undefined && memory.buffer !== this.#buffer) this.#use(memory.buffer);
  }

  /**
   * Whether `length` bytes from `pointer` are inside; both unsigned, so the sum cannot wrap around.
   */
  holds(pointer: number, length: number): boolean {
    return pointer + length <= this.size;
  }

  /** A view of guest bytes. The range must have been checked. */
  slice(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(pointer, pointer + length);
  }

  /** Whether the first {@linkcode MAX_VECTORS} vectors, and the bytes each names, are inside. */
  holdsVectors(vectors: number, count: number): boolean {
    if (!this.holds(vectors, count * IOVEC_BYTES)) return false;
    const end = vectors + Math.min(count, MAX_VECTORS) * IOVEC_BYTES;
    for (let at = vectors; at < end; at += IOVEC_BYTES) {
      if (!this.holds(this.view.getUint32(at, true), this.view.getUint32(at + 4, true))) {
        return false;
      }
    }
    return true;
  }

  /** Pointer of the vector with this index. */
  vectorPointer(vectors: number, index: number): number {
    return this.view.getUint32(vectors + index * IOVEC_BYTES, true);
  }

  /** Length of the vector with this index, bytes. */
  vectorLength(vectors: number, index: number): number {
    return this.view.getUint32(vectors + index * IOVEC_BYTES + 4, true);
  }

  #use(buffer: ArrayBuffer): void {
    this.#buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.size = buffer.byteLength;
  }
}
