import { type Added, ADDED_FUNCTION, ADDED_GLOBAL } from "./added.ts";
import {
  ADDED_TYPES,
  type HelperOptions,
  writeAddedBodies,
  writeAddedFunctions,
  writeAddedTypes,
  writeWrapperTypes,
} from "./helpers.ts";
import { clampMemories, clampTables, sumInitial, writeLimits } from "./limits.ts";
import { Meter } from "./meter.ts";
import { findInitialiser, mutableGlobals } from "./initialiser.ts";
import type { Initialiser, ModuleInfo } from "./module_info.ts";
import { type ModuleShape, SECTION, type Section, sectionRank } from "./module.ts";
import { I32, I64, OP } from "./op.ts";
import { Reader, Refusal, refuse } from "./reader.ts";
import { RESERVED, reservedGlobal, reservedMemory } from "./reserved.ts";
import { Scanner } from "./scan.ts";
import { exceptionBytes, type FunctionType } from "./types.ts";
import { Writer } from "./writer.ts";

/** Options with nothing left to default. */
export interface RewriteOptions {
  readonly memoryPages: number;
  readonly tableElements: number;
  readonly metered: boolean;
}

/** V8's own limits that adding to a module might pass. */
const V8_LIMIT = { entries: 1_000_000, functionBytes: 7_654_321 } as const;
/** Mutable globals a module may have: reset copies each of them before every run. */
const MAX_MUTABLE_GLOBALS = 10_000;
const PAGE_BYTES = 65536;

/** Sections that the output has even if the input has not. */
const REQUIRED: readonly number[] = [
  SECTION.type,
  SECTION.function,
  SECTION.global,
  SECTION.export,
  SECTION.code,
];

/** Writes the decoded module anew, with the meter and the limits in it. */
export function rewrite(
  input: Uint8Array,
  shape: ModuleShape,
  options: RewriteOptions,
): { bytes: Uint8Array<ArrayBuffer>; info: ModuleInfo } {
  return new Rewriter(input, shape, options).run();
}

class Rewriter {
  #writer: Writer;
  #helpers: HelperOptions;
  #memoryMaxima: number[];
  #tableMaxima: number[];
  #scanner: Scanner;
  #initialiser: Initialiser | undefined;
  #wrapperTypes: ReadonlyMap<FunctionType, number>;
  /** Rank below which every required section has been written. */
  #nextRank = 0;
  #codeBytes = 0;
  #largestFunctionBytes = 0;

  constructor(
    readonly input: Uint8Array,
    readonly shape: ModuleShape,
    readonly options: RewriteOptions,
  ) {
    const { memories, definedTables, definedGlobals, importedGlobals } = shape;
    this.#writer = new Writer(Math.ceil(input.length * 1.5) + 2048);
    this.#memoryMaxima = clampMemories(memories, options.memoryPages);
    this.#tableMaxima = clampTables(definedTables.map((t) => t.limits), options.tableElements);
    this.#wrapperTypes = wrapperTypes(shape);
    this.#initialiser = findInitialiser(shape);
    checkRoom(shape, this.#wrapperTypes.size, options);
    this.#scanner = new Scanner({
      types: shape.types.entries,
      functionCount: shape.functions.length,
      globalCount: shape.globalCount,
      memories64: memories.map((memory) => memory.is64),
      tables64: shape.tables64,
      tagBytes: shape.tags.map(exceptionBytes),
      chargesThrows: shape.storesExceptions,
    });
    this.#helpers = {
      added: addedTo(shape),
      limitPages: options.memoryPages,
      memories,
      globals: definedGlobals,
      importedGlobals,
    };
  }

  run(): { bytes: Uint8Array<ArrayBuffer>; info: ModuleInfo } {
    this.#writer.copy(this.input, 0, HEADER_BYTES);
    for (const section of this.shape.sections) {
      if (section.id !== SECTION.custom) this.#writeMissing(sectionRank(section.id));
      this.#writeSection(section.id, section);
    }
    this.#writeMissing(Infinity);
    return { bytes: this.#writer.finish(), info: this.#info() };
  }

  /** Writes the required sections that the input lacks before this rank. */
  #writeMissing(rank: number): void {
    for (const id of REQUIRED) {
      const missing = sectionRank(id);
      if (missing >= this.#nextRank && missing < rank) this.#writeSection(id, undefined);
    }
    this.#nextRank = rank + 1;
  }

  #writeSection(id: number, section: Section | undefined): void {
    if (id === SECTION.start || isStale(this.input, section, id)) return;
    this.#writer.byte(id);
    const size = this.#writer.open(section === undefined ? 0 : section.end - section.start);
    this.#writeContent(id, section);
    this.#writer.close(size);
  }

  #writeContent(id: number, section: Section | undefined): void {
    switch (id) {
      case SECTION.type:
        this.#vector(section, this.shape.types.groups, ADDED_TYPES + this.#wrapperTypes.size);
        writeAddedTypes(this.#writer);
        return writeWrapperTypes(this.#writer, this.input, this.#wrapperTypes.keys());
      case SECTION.function:
        this.#vector(section, this.#definedFunctions(), this.#addedFunctions());
        return writeAddedFunctions(this.#writer, this.#helpers);
      case SECTION.table:
        return this.#tables();
      case SECTION.memory:
        return this.#memories();
      case SECTION.global:
        return this.#globals(section);
      case SECTION.export:
        return this.#exports(section);
      case SECTION.code:
        return this.#code(section);
      default:
        if (section !== undefined) this.#writer.copy(this.input, section.start, section.end);
    }
  }

  /** Writes a longer count and the input's own entries. */
  #vector(section: Section | undefined, count: number, added: number): void {
    this.#writer.u32(count + added);
    if (section === undefined) return;
    const reader = new Reader(this.input, section.start, section.end);
    reader.u32();
    this.#writer.copy(this.input, reader.pos, section.end);
  }

  #definedFunctions(): number {
    return this.shape.functions.length - this.shape.importedFunctions;
  }

  #addedFunctions(): number {
    return ADDED_FUNCTION.count + this.shape.memories.length;
  }

  #tables(): void {
    const { definedTables } = this.shape;
    this.#writer.u32(definedTables.length);
    definedTables.forEach((table, i) => {
      this.#writer.copy(this.input, table.start, table.limits.offset);
      writeLimits(this.#writer, table.limits, this.#tableMaxima[i]!);
      this.#writer.copy(this.input, table.limitsEnd, table.end);
    });
  }

  #memories(): void {
    const { memories, importedMemories } = this.shape;
    this.#writer.u32(memories.length - importedMemories);
    for (let i = importedMemories; i < memories.length; i++) {
      writeLimits(this.#writer, memories[i]!, this.#memoryMaxima[i]!);
    }
  }

  #globals(section: Section | undefined): void {
    const { definedGlobals } = this.shape;
    const mutable = definedGlobals.filter((global) => global.isMutable);
    this.#vector(section, definedGlobals.length, ADDED_GLOBAL.count + mutable.length);
    for (const type of [I64, I64, I32, I32, I64]) {
      this.#writer.raw([type, 1, type === I64 ? OP.i64_const : OP.i32_const, 0, OP.end]);
    }
    // A shadow begins as a copy, so that reset is right even if no snapshot was taken.
    for (const { start, end } of mutable) this.#writer.copy(this.input, start, end);
  }

  #exports(section: Section | undefined): void {
    const { exports, memories, importedMemories, startFunction } = this.shape;
    const { added } = this.#helpers;
    const functions: [string, number][] = [
      [RESERVED.snapshot, added.functions + ADDED_FUNCTION.snapshot],
      [RESERVED.reset, added.functions + ADDED_FUNCTION.reset],
      [RESERVED.fuel, added.functions + ADDED_FUNCTION.fuel],
      [RESERVED.state, added.functions + ADDED_FUNCTION.state],
      [RESERVED.trap, added.functions + ADDED_FUNCTION.trap],
    ];
    if (startFunction !== undefined) functions.push([RESERVED.start, startFunction]);
    const defined = memories.length - importedMemories;
    const globals = this.#initialiser === undefined ? [] : mutableGlobals(this.shape);
    this.#vector(section, exports.length, functions.length + defined + globals.length);
    for (const [name, index] of functions) this.#export(name, EXPORT.function, index);
    for (let i = 0; i < defined; i++) {
      this.#export(reservedMemory(i), EXPORT.memory, importedMemories + i);
    }
    globals.forEach(({ index }, i) => this.#export(reservedGlobal(i), EXPORT.global, index));
  }

  #export(name: string, kind: number, index: number): void {
    this.#writer.name(name);
    this.#writer.byte(kind);
    this.#writer.u32(index);
  }

  #code(section: Section | undefined): void {
    const reader = new Reader(this.input, section?.start ?? 0, section?.end ?? 0);
    const at = reader.pos;
    const count = section === undefined ? 0 : reader.u32();
    if (count !== this.#definedFunctions()) {
      refuse(at, `${count} function bodies for ${this.#definedFunctions()} functions`);
    }
    this.#writer.u32(count + this.#addedFunctions());
    const { metered } = this.options;
    const meter = new Meter(this.#writer, {
      input: this.input,
      added: this.#helpers.added,
      metered,
      wrapperTypes: this.#wrapperTypes,
    });
    for (let i = 0; i < count; i++) this.#body(meter, reader, this.shape.importedFunctions + i);
    if (reader.pos !== reader.end) refuse(reader.pos, "code section is longer than its content");
    writeAddedBodies(this.#writer, this.#helpers);
  }

  #body(meter: Meter, reader: Reader, index: number): void {
    const at = reader.pos;
    const body = reader.slice(reader.u32());
    const type = this.shape.functions[index]!;
    this.#scanner.scan(body, type);
    const size = this.#writer.open(body.end - at);
    meter.write(this.#scanner, type);
    const bytes = this.#writer.close(size);
    if (bytes > V8_LIMIT.functionBytes) refuse(at, `function ${index} is too large once metered`);
    this.#codeBytes += bytes;
    this.#largestFunctionBytes = Math.max(this.#largestFunctionBytes, bytes);
  }

  /**
   * A run can leave marks in memories and mutable globals, which reset restores; in grown memories, which the
   * host sees; in tables and segments, which the dirty bit tells of; and in objects that outlive it. Runs can
   * reach the objects of earlier ones only through a global (even a constant one), a table or an element
   * segment, and can change them only by the operators that write into structs and arrays.
   */
  #isRecyclable(): boolean {
    return !(this.shape.holdsObjects && this.#scanner.writesObjects);
  }

  #info(): ModuleInfo {
    const { imports, exports, memories, importedMemories, startFunction } = this.shape;
    return {
      imports,
      exports,
      memories: memories.slice(importedMemories).map((memory, i) => ({
        initialPages: memory.initial,
        maximumPages: this.#memoryMaxima[importedMemories + i]!,
        addressType: memory.is64 ? "i64" : "i32",
      })),
      initialiser: this.#initialiser,
      hasStart: startFunction !== undefined,
      isRecyclable: this.#isRecyclable(),
      usesExceptions: this.#scanner.usesExceptions,
      codeBytes: this.#codeBytes,
      largestFunctionBytes: this.#largestFunctionBytes,
      tableElements: sumInitial(this.shape.definedTables.map(({ limits }) => limits)),
    };
  }
}

const HEADER_BYTES = 8;
const EXPORT = { function: 0, memory: 2, global: 3 } as const;

function addedTo(shape: ModuleShape): Added {
  return {
    types: shape.types.entries.length,
    functions: shape.functions.length,
    globals: shape.globalCount,
    memories: shape.memories.length,
  };
}

/** See `MeterOptions`; these types follow the other added ones. */
function wrapperTypes({ types }: ModuleShape): Map<FunctionType, number> {
  const indices = new Map<FunctionType, number>();
  for (const type of types.entries) {
    if (type.kind !== "function" || type.results.length < 2) continue;
    indices.set(type, types.entries.length + ADDED_TYPES + indices.size);
  }
  return indices;
}

/** Custom sections whose names begin so tell of code by its offset, which is no longer right. */
const STALE_PREFIX = new TextEncoder().encode("metadata.code.");

/** Looks at the name's bytes alone: whether it is well formed V8 sees by itself. */
function isStale(input: Uint8Array, section: Section | undefined, id: number): boolean {
  if (id !== SECTION.custom || section === undefined) return false;
  const nameStart = section.start + 1; // after its length
  return STALE_PREFIX.every((byte, i) => input[nameStart + i] === byte);
}

/** Refuses modules so large that what is added would not fit. */
function checkRoom(shape: ModuleShape, wrappers: number, options: RewriteOptions): void {
  const mutable = shape.definedGlobals.filter((global) => global.isMutable).length;
  atMost(mutable, MAX_MUTABLE_GLOBALS, "mutable globals");
  const added = ADDED_FUNCTION.count + shape.memories.length;
  atMost(shape.types.entries.length + ADDED_TYPES + wrappers, V8_LIMIT.entries, "types");
  atMost(shape.functions.length + added, V8_LIMIT.entries, "functions");
  atMost(shape.globalCount + mutable + ADDED_GLOBAL.count, V8_LIMIT.entries, "globals");
  atMost(shape.initialGcBytes, options.memoryPages * PAGE_BYTES, "bytes of initial objects");
}

function atMost(count: number, limit: number, what: string): void {
  if (count <= limit) return;
  throw new Refusal(0, `${count} ${what}, more than ${limit}`, { count, limit });
}
