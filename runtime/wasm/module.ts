import type { Limits } from "./limits.ts";
import type { ExportInfo, ImportInfo } from "./module_info.ts";
import { type Reader, refuse } from "./reader.ts";
import type { FunctionType, TypeSpace } from "./types.ts";
import type { ValueType } from "./value_types.ts";

/** Section ids of the binary format. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** Every section but `custom`, in the order in which they must stand. */
const ORDER: readonly number[] = [
  SECTION.type,
  SECTION.import,
  SECTION.function,
  SECTION.table,
  SECTION.memory,
  SECTION.tag,
  SECTION.global,
  SECTION.export,
  SECTION.start,
  SECTION.element,
  SECTION.dataCount,
  SECTION.code,
  SECTION.data,
];

/** A section: its id and where its content lies. */
export interface Section {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** A table the module defines. */
export interface TableEntry {
  readonly limits: Limits;
  /** The whole entry, and where its limits end. */
  readonly start: number;
  readonly limitsEnd: number;
  readonly end: number;
}

/** A global the module defines. */
export interface GlobalEntry {
  readonly type: ValueType;
  readonly isMutable: boolean;
  /** Where its type is spelt, then its mutability, then its initial value. */
  readonly start: number;
  readonly initStart: number;
  readonly end: number;
}

/** Everything but the code: the index spaces begin with what is imported. */
export interface ModuleShape {
  readonly sections: readonly Section[];
  types: TypeSpace;
  readonly imports: ImportInfo[];
  /** The type of every function. */
  readonly functions: FunctionType[];
  /** Functions, and so on, that are imported. */
  importedFunctions: number;
  importedMemories: number;
  importedGlobals: number;
  readonly memories: Limits[];
  /** Whether each table has 64-bit indices. */
  readonly tables64: boolean[];
  readonly definedTables: TableEntry[];
  readonly definedGlobals: GlobalEntry[];
  globalCount: number;
  /** The type of every tag. */
  readonly tags: FunctionType[];
  readonly exports: ExportInfo[];
  startFunction: number | undefined;
  /** Whether a global, table or element segment can refer to objects that a run may write into. */
  holdsObjects: boolean;
  /** Whether exceptions can be kept somewhere, and so pile up. */
  storesExceptions: boolean;
  /** Garbage-collected bytes that instantiation makes. */
  initialGcBytes: number;
}

/** A module without sections. */
export function emptyShape(sections: readonly Section[]): ModuleShape {
  return {
    sections,
    types: { entries: [], groups: 0, storesExceptions: false },
    imports: [],
    functions: [],
    importedFunctions: 0,
    importedMemories: 0,
    importedGlobals: 0,
    memories: [],
    tables64: [],
    definedTables: [],
    definedGlobals: [],
    globalCount: 0,
    tags: [],
    exports: [],
    startFunction: undefined,
    holdsObjects: false,
    storesExceptions: false,
    initialGcBytes: 0,
  };
}

/** Where in the canonical order a section stands. */
export function sectionRank(id: number): number {
  return ORDER.indexOf(id);
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d];
const VERSION = [0x01, 0x00, 0x00, 0x00];
/** What stands in place of the version in a component: any version, and the layer 1. */
const COMPONENT_LAYER = [0x01, 0x00];
const HEADER_BYTES = 8;

/** Reads the header and every section's place; the order is checked, the contents are not. */
export function readSections(reader: Reader): Section[] {
  if (reader.pos === reader.end) refuse(reader.pos, "the file is empty");
  expectBytes(reader, MAGIC, "not a WebAssembly binary");
  refuseComponent(reader);
  expectBytes(reader, VERSION, "not a core module of version 1");
  const sections: Section[] = [];
  let lastRank = -1;
  while (reader.pos < reader.end) {
    const at = reader.pos;
    const id = reader.byte();
    if (id !== SECTION.custom) lastRank = nextRank(id, lastRank, at);
    const length = reader.u32();
    const start = reader.pos;
    reader.skip(length);
    sections.push({ id, start, end: reader.pos });
  }
  return sections;
}

/** What the tools of WASI preview2 make; a core module is what their `wasm32-wasip1` makes. */
function refuseComponent({ bytes, pos, end }: Reader): void {
  const layer = bytes.subarray(pos + 2, Math.min(end, HEADER_BYTES));
  if (layer.length !== COMPONENT_LAYER.length) return;
  if (!COMPONENT_LAYER.every((byte, at) => layer[at] === byte)) return;
  refuse(pos, "a component, not a core module: build it for WASI preview1 (wasm32-wasip1)");
}

function nextRank(id: number, lastRank: number, at: number): number {
  const rank = sectionRank(id);
  if (rank < 0) refuse(at, `unknown section ${id}`);
  if (rank <= lastRank) refuse(at, `section ${id} is repeated or out of order`);
  return rank;
}

function expectBytes(reader: Reader, expected: readonly number[], reason: string): void {
  for (const byte of expected) {
    const at = reader.pos;
    if (reader.byte() !== byte) refuse(at, reason);
  }
}
