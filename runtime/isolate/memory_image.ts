import { PAGE_BYTES, type Snapshot, type SnapshotExtent } from "./snapshot.ts";

interface Gap {
  readonly start: number;
  readonly end: number;
}

/**
 * What a module's memory holds right after instantiation, the same for every instance of the function.
 * Writing it to a used memory of the same size makes that memory byte for byte a fresh one.
 */
export class MemoryImage {
  readonly byteLength: number;
  readonly #extents: readonly SnapshotExtent[];
  readonly #gaps: Gap[] = [];

  /** @param snapshot Not copied; what is in memory shared between threads is, as writing from there is slow. */
  constructor(snapshot: Snapshot) {
    this.byteLength = snapshot.memoryPages * PAGE_BYTES;
    this.#extents = snapshot.extents.map(({ start, bytes }) => ({ start, bytes: unshared(bytes) }));
    let end = 0;
    for (const { start, bytes } of this.#extents) {
      if (start > end) this.#gaps.push({ start: end, end: start });
      end = start + bytes.length;
    }
    if (end < this.byteLength) this.#gaps.push({ start: end, end: this.byteLength });
  }

  /** Puts the memory behind `view` back. `view` covers the whole memory and is `byteLength` long. */
  writeTo(view: Uint8Array): void {
    for (const gap of this.#gaps) view.fill(0, gap.start, gap.end);
    for (const extent of this.#extents) view.set(extent.bytes, extent.start);
  }
}

function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
}
