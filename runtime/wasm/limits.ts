import { type Reader, Refusal, refuse } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** The limits of a memory or table, as declared. */
export interface Limits {
  readonly initial: number;
  readonly maximum: number | undefined;
  readonly is64: boolean;
  readonly offset: number;
}

const FLAG = { hasMaximum: 1, shared: 2, is64: 4 } as const;

/** Memories a module may have: each one reserves about 10 GB of address space in V8. */
export const MAX_MEMORIES = 4;
/** Tables a module may have. */
export const MAX_TABLES = 1000;

/** Reads the limits of a memory or table. */
export function readLimits(reader: Reader, what: "memory" | "table"): Limits {
  const offset = reader.pos;
  const flags = reader.byte();
  if (flags & FLAG.shared) refuse(offset, `shared ${what} is not supported`);
  if (flags > 7) refuse(offset, `unknown ${what} limits flags 0x${flags.toString(16)}`);
  const is64 = (flags & FLAG.is64) !== 0;
  const bound = () => is64 ? reader.u64() : reader.u32();
  const initial = bound();
  const maximum = flags & FLAG.hasMaximum ? bound() : undefined;
  if (maximum !== undefined && maximum < initial) {
    refuse(offset, `${what} maximum is below initial`);
  }
  return { initial, maximum, is64, offset };
}

/** Writes limits with a maximum. */
export function writeLimits(writer: Writer, limits: Limits, maximum: number): void {
  writer.byte(FLAG.hasMaximum | (limits.is64 ? FLAG.is64 : 0));
  writer.u32(limits.initial);
  writer.u32(maximum);
}

/**
 * The maximum of each memory so that each may use all that the others' initial pages leave; that their sum
 * stays within the limit is what the growth helper sees to.
 */
export function clampMemories(memories: readonly Limits[], limitPages: number): number[] {
  const initialPages = sumInitial(memories);
  if (initialPages > limitPages) {
    const reason = `${initialPages} initial memory pages exceed the limit of ${limitPages}`;
    throw new Refusal(memories[0]!.offset, reason, {
      memory_pages: initialPages,
      limit_pages: limitPages,
    });
  }
  const spare = limitPages - initialPages;
  return memories.map((memory) => Math.min(memory.maximum ?? Infinity, memory.initial + spare));
}

/** The maximum of each table so that their sum cannot pass the limit: the spare elements are shared out. */
export function clampTables(tables: readonly Limits[], limitElements: number): number[] {
  const elements = sumInitial(tables);
  if (elements > limitElements) {
    const reason = `${elements} initial table elements exceed the limit of ${limitElements}`;
    throw new Refusal(tables[0]!.offset, reason, {
      table_elements: elements,
      limit_elements: limitElements,
    });
  }
  const share = Math.floor((limitElements - elements) / Math.max(tables.length, 1));
  return tables.map((table) => Math.min(table.maximum ?? Infinity, table.initial + share));
}

/** Initial pages, or elements, of all together. */
export function sumInitial(all: readonly Limits[]): number {
  return all.reduce((sum, limits) => sum + limits.initial, 0);
}
