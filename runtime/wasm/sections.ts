import { type ConstScope, skipConstExpr } from "./const_expr.ts";
import { MAX_MEMORIES, MAX_TABLES, readLimits } from "./limits.ts";
import type { ExternKind } from "./module_info.ts";
import { emptyShape, type ModuleShape, readSections, SECTION } from "./module.ts";
import { Reader, refuse } from "./reader.ts";
import { type FunctionType, isVoid, readTypes, signatureText } from "./types.ts";
import { HEAP, isReference, readValueType, type ValueType } from "./value_types.ts";

/** Names of this prefix are the rewriter's; see `reserved.ts`. */
const RESERVED_PREFIX = "skerry:";
/** Imports and exports a module may have: each becomes an object on the host, per instance. */
const MAX_EXTERNS = 10_000;
const MAX_TAGS = 10_000;

const KINDS: readonly ExternKind[] = ["function", "table", "memory", "global", "tag"];

/** What V8 takes. */
const MAX_MODULE_BYTES = 2 ** 30;

/** Decodes a module but for its code. */
export function readModule(bytes: Uint8Array): ModuleShape {
  if (bytes.length > MAX_MODULE_BYTES) refuse(MAX_MODULE_BYTES, "module is larger than 1 GiB");
  const sections = readSections(new Reader(bytes, 0, bytes.length));
  const decoder = new SectionDecoder(emptyShape(sections));
  for (const { id, start, end } of sections) decoder.section(id, new Reader(bytes, start, end));
  return decoder.shape;
}

class SectionDecoder {
  /** Signatures as text, each made once however many functions share it. */
  #signatures = new Map<FunctionType, string>();

  constructor(readonly shape: ModuleShape) {}

  section(id: number, reader: Reader): void {
    switch (id) {
      case SECTION.custom:
      case SECTION.dataCount:
      case SECTION.code:
        return;
      case SECTION.start:
        this.#start(reader);
        break;
      case SECTION.type:
        this.shape.types = readTypes(reader);
        this.shape.storesExceptions = this.shape.types.storesExceptions;
        break;
      default:
        this.#vector(id, reader);
    }
    if (reader.pos !== reader.end) refuse(reader.pos, `section ${id} is longer than its content`);
  }

  #vector(id: number, reader: Reader): void {
    const at = reader.pos;
    const count = reader.count();
    const limit = MAX_ENTRIES[id];
    if (limit !== undefined && count > limit) {
      refuse(at, `${count} entries in section ${id}, more than ${limit}`);
    }
    const entry = this.#entries[id]!;
    for (let i = 0; i < count; i++) entry(reader);
  }

  readonly #entries: Readonly<Record<number, (reader: Reader) => void>> = {
    [SECTION.import]: (reader) => this.#import(reader),
    [SECTION.function]: (reader) => this.shape.functions.push(this.#functionType(reader)),
    [SECTION.table]: (reader) => this.#table(reader),
    [SECTION.memory]: (reader) => this.#memory(reader),
    [SECTION.tag]: (reader) => this.#tag(reader),
    [SECTION.global]: (reader) => this.#global(reader),
    [SECTION.export]: (reader) => this.#export(reader),
    [SECTION.element]: (reader) => this.#element(reader),
    [SECTION.data]: (reader) => this.#data(reader),
  };

  #import(reader: Reader): void {
    const module = reader.name();
    const name = reader.name();
    const at = reader.pos;
    const kind = KINDS[reader.byte()] ?? refuse(at, "unknown kind of import");
    const signature = this.#importType(kind, reader);
    this.shape.imports.push({ module, name, kind, ...signature });
  }

  #importType(kind: ExternKind, reader: Reader): { signature?: string } {
    const { shape } = this;
    switch (kind) {
      case "function": {
        const type = this.#functionType(reader);
        shape.functions.push(type);
        shape.importedFunctions++;
        return { signature: this.#signature(type) };
      }
      case "table":
        this.#referenceType(reader);
        shape.tables64.push(readLimits(reader, "table").is64);
        return {};
      case "memory":
        this.#memory(reader);
        shape.importedMemories++;
        return {};
      case "global":
        readValueType(reader, shape.types.entries.length);
        this.#mutability(reader);
        shape.globalCount++;
        shape.importedGlobals++;
        return {};
      case "tag":
        this.#tag(reader);
        return {};
    }
  }

  #functionType(reader: Reader): FunctionType {
    const { entries } = this.shape.types;
    const at = reader.pos;
    const index = reader.index(entries.length, "type");
    const type = entries[index]!;
    return type.kind === "function" ? type : refuse(at, `type ${index} is not a function type`);
  }

  #signature(type: FunctionType): string {
    let text = this.#signatures.get(type);
    if (text === undefined) this.#signatures.set(type, text = signatureText(type));
    return text;
  }

  #referenceType(reader: Reader): ValueType {
    const at = reader.pos;
    const type = readValueType(reader, this.shape.types.entries.length);
    return isReference(type) ? type : refuse(at, "not a reference type");
  }

  #mutability(reader: Reader): boolean {
    const at = reader.pos;
    const flag = reader.byte();
    return flag <= 1 ? flag === 1 : refuse(at, "unknown mutability");
  }

  #table(reader: Reader): void {
    const start = reader.pos;
    const hasInit = reader.bytes[start] === 0x40;
    if (hasInit) {
      reader.skip(1);
      if (reader.byte() !== 0) refuse(start, "unknown form of table");
    }
    this.#holder(this.#referenceType(reader));
    const limits = readLimits(reader, "table");
    const limitsEnd = reader.pos;
    if (hasInit) this.#constExpr(reader);
    this.shape.tables64.push(limits.is64);
    this.shape.definedTables.push({ limits, start, limitsEnd, end: reader.pos });
  }

  #memory(reader: Reader): void {
    if (this.shape.memories.length === MAX_MEMORIES) {
      refuse(reader.pos, `more than ${MAX_MEMORIES} memories`);
    }
    this.shape.memories.push(readLimits(reader, "memory"));
  }

  #tag(reader: Reader): void {
    const at = reader.pos;
    if (reader.u32() !== 0) refuse(at, "unknown tag attribute");
    const type = this.#functionType(reader);
    this.shape.tags.push(type);
    // An exception may then carry another, and that one another.
    if (type.params.some(isReference)) this.shape.storesExceptions = true;
  }

  #global(reader: Reader): void {
    const start = reader.pos;
    const type = readValueType(reader, this.shape.types.entries.length);
    const isMutable = this.#mutability(reader);
    const initStart = reader.pos;
    this.#holder(type);
    const before = this.shape.initialGcBytes;
    this.#constExpr(reader);
    // A mutable global's initial value is made a second time, for its shadow.
    if (isMutable) this.shape.initialGcBytes += this.shape.initialGcBytes - before;
    this.shape.definedGlobals.push({ type, isMutable, start, initStart, end: reader.pos });
    this.shape.globalCount++;
  }

  #export(reader: Reader): void {
    const at = reader.pos;
    const name = reader.name();
    if (name.startsWith(RESERVED_PREFIX)) refuse(at, `export name ${name} is reserved`);
    const kindAt = reader.pos;
    const kind = KINDS[reader.byte()] ?? refuse(kindAt, "unknown kind of export");
    const index = reader.index(this.#spaceSize(kind), kind);
    const { shape } = this;
    if (kind === "function") {
      shape.exports.push({ name, kind, signature: this.#signature(shape.functions[index]!) });
    } else if (kind === "memory" && index >= shape.importedMemories) {
      shape.exports.push({ name, kind, memoryIndex: index - shape.importedMemories });
    } else {
      shape.exports.push({ name, kind });
    }
  }

  #spaceSize(kind: ExternKind): number {
    const { shape } = this;
    switch (kind) {
      case "function":
        return shape.functions.length;
      case "table":
        return shape.tables64.length;
      case "memory":
        return shape.memories.length;
      case "global":
        return shape.globalCount;
      case "tag":
        return shape.tags.length;
    }
  }

  #start(reader: Reader): void {
    const at = reader.pos;
    const index = reader.index(this.shape.functions.length, "function");
    // As an export V8 would take any type, so what a start section demands is checked here.
    if (!isVoid(this.shape.functions[index]!)) {
      refuse(at, "start function has parameters or results");
    }
    this.shape.startFunction = index;
  }

  #element(reader: Reader): void {
    const at = reader.pos;
    const flags = reader.u32();
    if (flags > 7) refuse(at, `unknown element segment flags ${flags}`);
    const isActive = (flags & 1) === 0;
    const isExplicit = (flags & 2) !== 0;
    const usesExprs = (flags & 4) !== 0;
    if (isActive && isExplicit) reader.index(this.shape.tables64.length, "table");
    if (isActive) this.#constExpr(reader);
    if (isExplicit || !isActive) this.#elementKind(reader, usesExprs);
    const count = reader.count();
    for (let i = 0; i < count; i++) {
      if (usesExprs) this.#constExpr(reader);
      else reader.index(this.shape.functions.length, "function");
    }
  }

  #elementKind(reader: Reader, usesExprs: boolean): void {
    const at = reader.pos;
    if (usesExprs) this.#holder(this.#referenceType(reader));
    else if (reader.byte() !== 0) refuse(at, "unknown kind of element");
  }

  #data(reader: Reader): void {
    const at = reader.pos;
    const flags = reader.u32();
    if (flags > 2) refuse(at, `unknown data segment flags ${flags}`);
    if (flags === 2) reader.index(this.shape.memories.length, "memory");
    if (flags !== 1) this.#constExpr(reader);
    reader.skip(reader.u32());
  }

  #constExpr(reader: Reader): void {
    const { shape } = this;
    const scope: ConstScope = {
      types: shape.types.entries,
      functionCount: shape.functions.length,
      globalCount: shape.globalCount,
    };
    shape.initialGcBytes += skipConstExpr(reader, scope);
  }

  /** Notes that the module keeps references of this type from one run to the next. */
  #holder(type: ValueType): void {
    if (this.#canReachObjects(type)) this.shape.holdsObjects = true;
    if (isReference(type) && type.heap === HEAP.exn) this.shape.storesExceptions = true;
  }

  #canReachObjects(type: ValueType): boolean {
    if (!isReference(type)) return false;
    if (type.heap >= 0) return this.shape.types.entries[type.heap]!.kind !== "function";
    return !OBJECTLESS_HEAPS.has(type.heap);
  }
}

const MAX_ENTRIES: Readonly<Record<number, number>> = {
  [SECTION.import]: MAX_EXTERNS,
  [SECTION.export]: MAX_EXTERNS,
  [SECTION.table]: MAX_TABLES,
  [SECTION.tag]: MAX_TAGS,
};

/**
 * Through these no struct or array can be reached. `extern` may wrap one and an exception may carry one, so
 * they are not among these.
 */
const OBJECTLESS_HEAPS: ReadonlySet<number> = new Set([
  HEAP.func,
  HEAP.nofunc,
  HEAP.noextern,
  HEAP.none,
  HEAP.noexn,
  HEAP.i31,
]);
