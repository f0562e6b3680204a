/** Makes a module show its whole state, so that two runs can be compared to the last byte. */

const SECTION = { memory: 5, global: 6, export: 7 } as const;
/** Start, element, code, data, data count. */
const AFTER_EXPORTS: readonly number[] = [8, 9, 10, 11, 12];
const KIND = { memory: 2, global: 3 } as const;
const HEADER_BYTES = 8;

interface Section {
  readonly id: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** Exports every memory as `memory:<index>` and every global as `global:<index>`. */
export function exposeState(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const sections = [...sectionsOf(bytes)];
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  const size = (kind: "memory" | "global") => {
    const own = sections.find(({ id }) => id === SECTION[kind]);
    return imports.filter((each) => each.kind === kind).length +
      (own === undefined ? 0 : readLeb(bytes, own.contentStart).value);
  };
  const added = [
    ...entries("memory", KIND.memory, size("memory")),
    ...entries("global", KIND.global, size("global")),
  ];
  const exports = exportSection(sections, bytes.length);
  const count = exports.start === exports.end
    ? { value: 0, next: exports.end }
    : readLeb(bytes, exports.contentStart);
  const content = [
    ...leb(count.value + added.length),
    ...bytes.subarray(count.next, exports.end),
    ...added.flat(),
  ];
  return new Uint8Array([
    ...bytes.subarray(0, exports.start),
    SECTION.export,
    ...leb(content.length),
    ...content,
    ...bytes.subarray(exports.end),
  ]);
}

/** Where the export section is; an empty span where it belongs, if there is none. */
function exportSection(sections: readonly Section[], length: number): Section {
  const present = sections.find(({ id }) => id === SECTION.export);
  if (present !== undefined) return present;
  const start = sections.find(({ id }) => AFTER_EXPORTS.includes(id))?.start ?? length;
  return { id: SECTION.export, start, contentStart: start, end: start };
}

function* sectionsOf(bytes: Uint8Array): Generator<Section> {
  for (let start = HEADER_BYTES; start < bytes.length;) {
    const length = readLeb(bytes, start + 1);
    const end = length.next + length.value;
    yield { id: bytes[start]!, start, contentStart: length.next, end };
    start = end;
  }
}

function entries(name: string, kind: number, count: number): number[][] {
  return Array.from({ length: count }, (_, index) => {
    const text = [...`${name}:${index}`].map((char) => char.charCodeAt(0));
    return [text.length, ...text, kind, ...leb(index)];
  });
}

function readLeb(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let scale = 1;; scale *= 128) {
    const byte = bytes[at++]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at };
  }
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb(value >>> 7)];
}
