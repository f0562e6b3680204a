import { type Stage, stageNumber, STAGES } from "./messages.ts";
import { type Libc, MAP_SHARED_ANONYMOUS, PROT_READ_WRITE } from "./libc.ts";

/** Calls that can run at the same time at most. */
export const SLOT_COUNT = 512;

/** A page: children unmap those of the others. */
const SLOT_BYTES = 4096;
const MESSAGE_OFFSET = 4;
const MESSAGE_BYTES = SLOT_BYTES - MESSAGE_OFFSET - 1;

/** A part of the address space. */
export interface MemoryRange {
  readonly start: bigint;
  readonly length: bigint;
}

/**
 * Memory that a child shares with the zygote: how far it came, and what the loader said. It outlives the child
 * however that ends, and unlike a pipe it leaves no descriptor open in the library's process.
 */
export class Slot {
  readonly #libc: Libc;
  readonly #stage: Int32Array;
  readonly #message: Uint8Array;
  readonly #messagePointer: Deno.PointerValue;
  /** The other slots' memory, which a child must not reach. */
  readonly others: readonly MemoryRange[];

  constructor(libc: Libc, memory: ArrayBuffer, base: bigint, index: number) {
    const offset = index * SLOT_BYTES;
    this.#libc = libc;
    this.#stage = new Int32Array(memory, offset, 1);
    this.#message = new Uint8Array(memory, offset + MESSAGE_OFFSET, MESSAGE_BYTES + 1);
    this.others = rangesAround(base, offset, memory.byteLength);
    this.#messagePointer = Deno.UnsafePointer.create(base + BigInt(offset + MESSAGE_OFFSET));
  }

  get stage(): Stage {
    return STAGES[this.#stage[0]!] ?? "executing";
  }

  get message(): string {
    const end = this.#message.indexOf(0);
    return String.fromCharCode(...this.#message.subarray(0, end === -1 ? MESSAGE_BYTES : end));
  }

  reset(): void {
    this.#stage[0] = 0;
    this.#message[0] = 0;
  }

  /** Child: notes how far it has come. */
  note(stage: number): void {
    this.#stage[0] = stage;
  }

  /** Child: notes a failure and the loader's words for it. */
  fail(stage: Stage, message: Deno.PointerValue): void {
    if (message !== null) this.#libc.strncpy(this.#messagePointer, message, BigInt(MESSAGE_BYTES));
    this.#stage[0] = stageNumber(stage);
  }
}

function rangesAround(base: bigint, offset: number, size: number): MemoryRange[] {
  const end = offset + SLOT_BYTES;
  return [
    { start: base, length: BigInt(offset) },
    { start: base + BigInt(end), length: BigInt(size - end) },
  ];
}

/** Maps the shared memory and divides it. */
export function makeSlots(libc: Libc): Slot[] {
  const size = SLOT_COUNT * SLOT_BYTES;
  const pointer = libc.mmap(null, BigInt(size), PROT_READ_WRITE, MAP_SHARED_ANONYMOUS, -1, 0n);
  const base = Deno.UnsafePointer.value(pointer);
  if (pointer === null || base === 2n ** 64n - 1n) throw new Error("Cannot map shared memory");
  const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, size);
  return Array.from({ length: SLOT_COUNT }, (_, index) => new Slot(libc, memory, base, index));
}
