type Typed = Uint8Array;

/** A copy of data, cycles and shared parts included (HTML section 2.7). */
export function structuredClone(value: unknown): unknown {
  return copyOf(value, new Map());
}

function copyOf(value: unknown, copies: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") throw notCloneable(value);
  if (typeof value !== "object" || value === null) return value;
  if (copies.has(value)) return copies.get(value);
  const copy = emptyCopy(value, copies);
  copies.set(value, copy);
  if (value instanceof Map) {
    for (const [key, each] of value) {
      (copy as Map<unknown, unknown>).set(copyOf(key, copies), copyOf(each, copies));
    }
  } else if (value instanceof Set) {
    for (const each of value) (copy as Set<unknown>).add(copyOf(each, copies));
  } else if (isPlain(value)) {
    const from = value as Record<string, unknown>;
    for (const key of Object.keys(from)) (copy as typeof from)[key] = copyOf(from[key], copies);
  }
  return copy;
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.prototype.toString.call(value) === "[object Object]";
}

function emptyCopy(value: object, copies: Map<object, unknown>): unknown {
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof Map) return new Map();
  if (value instanceof Set) return new Set();
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (ArrayBuffer.isView(value)) {
    const buffer = copyOf(value.buffer, copies) as ArrayBuffer;
    const { byteOffset } = value;
    const View = value.constructor as new (
      buffer: ArrayBuffer,
      at: number,
      length: number,
    ) => Typed;
    return new View(buffer, byteOffset, (value as Typed).length ?? value.byteLength);
  }
  if (value instanceof Error) {
    const copy = new (value.constructor as ErrorConstructor)(value.message);
    return Object.assign(copy, { stack: value.stack });
  }
  if (value instanceof Boolean || value instanceof Number || value instanceof String) {
    return Object(value.valueOf());
  }
  if (Array.isArray(value)) return new Array(value.length);
  if (isPlain(value)) return {};
  throw notCloneable(value);
}

function notCloneable(value: unknown): DOMException {
  return new DOMException(`A ${typeof value} cannot be cloned`, "DataCloneError");
}
