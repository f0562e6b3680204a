/** Modules put together section by section, for those that no assembler would make. */

/** What every module begins with: the magic number and version 1. */
export const PREAMBLE: readonly number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** An unsigned number in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push(rest % 0x80 + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

/** Bytes one after another, without spreading: some parts have millions. */
export function join(...parts: (readonly number[] | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** The same bytes again and again. */
export function repeat(bytes: readonly number[] | Uint8Array, times: number): Uint8Array {
  const whole = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) whole.set(bytes, i * bytes.length);
  return whole;
}

/** A section: its id, its length, its content. */
export function section(
  id: number,
  ...content: (readonly number[] | Uint8Array)[]
): Uint8Array<ArrayBuffer> {
  const bytes = join(...content);
  return join([id], unsigned(bytes.length), bytes);
}

/** The sections a module can be made of besides those given, and the place of each. */
export interface ModuleParts {
  readonly types?: Uint8Array;
  readonly functions?: Uint8Array;
  /** Between the function section and the export section. */
  readonly middle?: Uint8Array;
  readonly exports?: Uint8Array;
  readonly code?: Uint8Array;
  /** After the code. */
  readonly end?: Uint8Array;
}

/** One type, `() -> ()`. */
export const TYPES = section(1, [1, 0x60, 0, 0]);
/** One function of that type. */
export const FUNCTIONS = section(3, [1, 0]);
/** Function 0 as `_start`. */
export const EXPORTS = section(7, [1, 6], new TextEncoder().encode("_start"), [0, 0]);
const EMPTY_BODY: readonly number[] = [2, 0, 0x0b];

/** A code section of one function with this body, its locals first, without the final `end`. */
export function codeOf(...body: (readonly number[] | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const bytes = join(...body, [0x0b]);
  return section(10, [1], unsigned(bytes.length), bytes);
}

/** A code section of so many empty functions. */
export function emptyBodies(count: number): Uint8Array<ArrayBuffer> {
  return section(10, unsigned(count), repeat(EMPTY_BODY, count));
}

/** A module whose `_start` does nothing, except for the given parts. */
export function moduleOf(parts: ModuleParts): Uint8Array<ArrayBuffer> {
  const none = new Uint8Array(0);
  return join(
    PREAMBLE,
    parts.types ?? TYPES,
    parts.functions ?? FUNCTIONS,
    parts.middle ?? none,
    parts.exports ?? EXPORTS,
    parts.code ?? emptyBodies(1),
    parts.end ?? none,
  );
}
