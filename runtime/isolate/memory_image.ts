/** Runs of zeros at least this long are filled rather than copied: filling reads nothing. */
const ZERO_GAP_WORDS = 1024;

interface Extent {
  readonly start: number;
  readonly bytes: Uint8Array;
}

interface Gap {
  readonly start: number;
  readonly end: number;
}

/**
 * What a module's memory holds right after instantiation, the same for every instance of the module.
 * Writing it to a used memory of the same size makes that memory byte for byte a fresh one. Most of a
 * young memory is zeros, which are not stored.
 */
export class MemoryImage {
  readonly byteLength: number;
  readonly #extents: Extent[] = [];
  readonly #gaps: Gap[] = [];

  /** Reads the image off a memory nothing has run in yet. */
  constructor(buffer: ArrayBuffer) {
    this.byteLength = buffer.byteLength;
    // Memories are whole pages, so they divide into words; scanning those is four times as fast.
    const words = new Int32Array(buffer);
    let start = 0;
    while (start < words.length) {
      const dataStart = skipZeros(words, start);
      if (dataStart > start) this.#gaps.push({ start: start * 4, end: dataStart * 4 });
      const dataEnd = findGap(words, dataStart);
      if (dataEnd > dataStart) {
        const bytes = new Uint8Array(buffer.slice(dataStart * 4, dataEnd * 4));
        this.#extents.push({ start: dataStart * 4, bytes });
      }
      start = dataEnd;
    }
  }

  /** Puts the memory behind `view` back. `view` covers the whole memory and is `byteLength` long. */
  writeTo(view: Uint8Array): void {
    for (const gap of this.#gaps) view.fill(0, gap.start, gap.end);
    for (const extent of this.#extents) view.set(extent.bytes, extent.start);
  }
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
