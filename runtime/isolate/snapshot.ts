/**
 * What the one memory of a module holds after its initialisation, taken once when the function was built;
 * every instance starts from it instead of from the module's own data. Plain data, so that it can be stored
 * and posted between threads.
 */
export interface Snapshot {
  /** 64 KiB pages of the memory. */
  readonly memoryPages: number;
  /** What is not zero, in order. */
  readonly extents: readonly SnapshotExtent[];
  /**
   * Values of the mutable globals after the module's own initialiser: nothing of the module is then run again before
   * the handler. Without them, whoever takes a snapshot makes sure that the globals are what they were right after
   * instantiation (as they are in an idle reactor, whose stack is empty).
   */
  readonly globals?: readonly (number | bigint)[];
}

/** A stretch of memory. */
export interface SnapshotExtent {
  /** Byte offset in the memory. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a page of WebAssembly memory. */
export const PAGE_BYTES = 65536;

/** Runs of zeros at least this long are left out: filling a gap reads nothing. */
const ZERO_GAP_WORDS = 1024;

/**
 * Copies what a memory holds. Most of a young memory is zeros, which are not kept.
 *
 * @example
 * ```ts
 * import { captureSnapshot } from "./snapshot.ts";
 *
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * new Uint8Array(memory.buffer)[1024] = 42;
 * const { memoryPages, extents } = captureSnapshot(memory.buffer);
 * console.log(memoryPages, extents.length, extents[0]?.start); // 1 1 1024
 * ```
 */
export function captureSnapshot(buffer: ArrayBuffer): Snapshot {
  const extents: SnapshotExtent[] = [];
  // Memories are whole pages, so they divide into words; scanning those is four times as fast.
  const words = new Int32Array(buffer);
  let at = skipZeros(words, 0);
  while (at < words.length) {
    const end = findGap(words, at);
    extents.push({ start: at * 4, bytes: new Uint8Array(buffer.slice(at * 4, end * 4)) });
    at = skipZeros(words, end);
  }
  return { memoryPages: buffer.byteLength / PAGE_BYTES, extents };
}

function skipZeros(words: Int32Array, from: number): number {
  let at = from;
  while (at < words.length && words[at] === 0) at++;
  return at;
}

/** The end of the data that begins at `from`: the start of the next long run of zeros. */
function findGap(words: Int32Array, from: number): number {
  let at = from;
  while (at < words.length) {
    const zerosEnd = skipZeros(words, at);
    if (zerosEnd - at >= ZERO_GAP_WORDS || zerosEnd === words.length) return at;
    at = zerosEnd + 1;
  }
  return words.length;
}
