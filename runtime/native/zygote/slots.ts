import type { ChildRequest } from "./messages.ts";
import { type Stage, stageNumber, STAGES } from "./messages.ts";
import { type Libc, MAP_SHARED_ANONYMOUS, PROT_READ_WRITE, RLIMIT } from "./libc.ts";

/** Children there can be at the same time at most. */
export const SLOT_COUNT = 512;

/** Whole pages: children unmap those of the others. */
const SLOT_BYTES = 16 * 1024;
/** Longer names and paths name nothing on Linux; what sends requests sees to it (`command.ts`). */
const NAME_BYTES = 4096;

/** Where things are in a slot. */
const OFFSET = {
  stage: 0,
  hasFile: 4,
  limits: 64,
  output: 256,
  message: 2048,
  library: NAME_BYTES,
  functionName: 2 * NAME_BYTES,
  file: 3 * NAME_BYTES,
} as const;

const MESSAGE_BYTES = OFFSET.library - OFFSET.message - 1;
const LIMIT_BYTES = 16;

/** A part of the address space. */
export interface MemoryRange {
  readonly start: bigint;
  readonly length: bigint;
}

/** A resource by its number, and the two values of its limit. */
export interface ResourceLimit {
  readonly resource: number;
  readonly limit: BigUint64Array<ArrayBuffer>;
}

/**
 * Memory that a child shares with the zygote: what it is to do, how far it came, and what the loader said. It can be filled
 * in when the child is there already, it outlives the child however that ends, and unlike a pipe it leaves no
 * descriptor open in the library's process.
 */
export class Slot {
  /** C strings. */
  readonly library: Uint8Array<ArrayBuffer>;
  readonly functionName: Uint8Array<ArrayBuffer>;
  /** The file that becomes standard output. */
  readonly output: Uint8Array<ArrayBuffer>;
  readonly rlimits: readonly ResourceLimit[];
  /** The other slots' memory, which a child must not reach. */
  readonly others: readonly MemoryRange[];
  readonly #libc: Libc;
  /** The stage, and whether there is a file. */
  readonly #words: Int32Array;
  readonly #file: Uint8Array<ArrayBuffer>;
  readonly #filePointer: Deno.PointerValue;
  readonly #message: Uint8Array;
  readonly #messagePointer: Deno.PointerValue;

  constructor(libc: Libc, memory: ArrayBuffer, base: bigint, index: number) {
    const offset = index * SLOT_BYTES;
    const bytes = (at: number, length = NAME_BYTES) => new Uint8Array(memory, offset + at, length);
    const pointer = (at: number) => Deno.UnsafePointer.create(base + BigInt(offset + at));
    this.#libc = libc;
    this.#words = new Int32Array(memory, offset, 2);
    this.library = bytes(OFFSET.library);
    this.functionName = bytes(OFFSET.functionName);
    this.#file = bytes(OFFSET.file);
    this.#filePointer = pointer(OFFSET.file);
    this.output = bytes(OFFSET.output, OFFSET.message - OFFSET.output);
    this.#message = bytes(OFFSET.message, MESSAGE_BYTES + 1);
    this.#messagePointer = pointer(OFFSET.message);
    this.rlimits = Object.values(RLIMIT).map((resource, i) => ({
      resource,
      limit: new BigUint64Array(memory, offset + OFFSET.limits + i * LIMIT_BYTES, 2),
    }));
    this.others = rangesAround(base, offset, memory.byteLength);
  }

  get stage(): Stage {
    return STAGES[this.#words[0]!] ?? "executing";
  }

  get message(): string {
    const end = this.#message.indexOf(0);
    return String.fromCharCode(...this.#message.subarray(0, end === -1 ? MESSAGE_BYTES : end));
  }

  /** A C string, or a null pointer. */
  get file(): Deno.PointerValue {
    return this.#words[1] === 1 ? this.#filePointer : null;
  }

  /** @param addressSpaceBytes What a child has mapped before it loads the library. */
  fill(
    { library, functionName, file, output, limits }: ChildRequest,
    addressSpaceBytes: number,
  ): void {
    this.#words[0] = 0;
    this.#words[1] = file === undefined ? 0 : 1;
    this.#message[0] = 0;
    writeText(this.library, library);
    writeText(this.functionName, functionName);
    writeText(this.#file, file ?? "");
    writeText(this.output, output);
    const values: Record<keyof typeof RLIMIT, number> = {
      cpu: limits.cpuSeconds,
      fileSize: limits.outputBytes,
      core: 0,
      processes: limits.processes,
      openFiles: limits.openFiles,
      memory: addressSpaceBytes + limits.memoryMb * 1024 * 1024,
    };
    for (const { resource, limit } of this.rlimits) {
      const name = LIMIT_NAMES.find((each) => RLIMIT[each] === resource)!;
      // The second more lets a handler of SIGXCPU end well before SIGKILL comes.
      limit[1] = BigInt(values[name] + (name === "cpu" ? 1 : 0));
      limit[0] = BigInt(values[name]);
    }
  }

  /** Child: notes how far it has come. */
  note(stage: number): void {
    this.#words[0] = stage;
  }

  /** Child: notes a failure and the loader's words for it. */
  fail(stage: Stage, message: Deno.PointerValue): void {
    if (message !== null) this.#libc.strncpy(this.#messagePointer, message, BigInt(MESSAGE_BYTES));
    this.#words[0] = stageNumber(stage);
  }
}

const LIMIT_NAMES = Object.keys(RLIMIT) as (keyof typeof RLIMIT)[];

/** Writes a binary string and the zero at its end. */
function writeText(bytes: Uint8Array, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  bytes[Math.min(text.length, bytes.length - 1)] = 0;
}

function rangesAround(base: bigint, offset: number, size: number): MemoryRange[] {
  const end = offset + SLOT_BYTES;
  return [
    { start: base, length: BigInt(offset) },
    { start: base + BigInt(end), length: BigInt(size - end) },
  ];
}

/** Shared memory, divided into slots, which are made when they are first taken: what is not used is not copied. */
export class Slots {
  readonly #make: (index: number) => Slot;
  readonly #libc: Libc;
  readonly #memory: MemoryRange;
  readonly #count: number;
  readonly #free: Slot[] = [];
  #made = 0;

  constructor(libc: Libc, count = SLOT_COUNT) {
    const size = count * SLOT_BYTES;
    const pointer = libc.mmap(null, BigInt(size), PROT_READ_WRITE, MAP_SHARED_ANONYMOUS, -1, 0n);
    const base = Deno.UnsafePointer.value(pointer);
    if (pointer === null || base === 2n ** 64n - 1n) throw new Error("Cannot map shared memory");
    const memory = Deno.UnsafePointerView.getArrayBuffer(pointer, size);
    this.#libc = libc;
    this.#memory = { start: base, length: BigInt(size) };
    this.#count = count;
    this.#make = (index) => new Slot(libc, memory, base, index);
  }

  /** The slot that was given back last; undefined if all are taken. */
  take(): Slot | undefined {
    const free = this.#free.pop();
    if (free !== undefined || this.#made === this.#count) return free;
    return this.#make(this.#made++);
  }

  give(slot: Slot): void {
    this.#free.push(slot);
  }

  /** Nobody may use a slot any more. */
  unmap(): void {
    this.#libc.munmap(this.#memory.start, this.#memory.length);
  }
}
