import { mapStack } from "./source_map.ts";

const MAX_DEPTH = 4;
const MAX_ITEMS = 100;
const MAX_LINE = 72;

/** Values as `console.log` shows them, with the placeholders of a first text filled in. */
export function format(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== "string" || !first.includes("%")) return values.map(shown).join(" ");
  const text = first.replace(/%[sdifjoOc%]/g, (placeholder) => {
    if (placeholder === "%%") return "%";
    return rest.length === 0 ? placeholder : filledIn(placeholder, rest.shift());
  });
  return [text, ...rest.map(shown)].join(" ");
}

function filledIn(placeholder: string, value: unknown): string {
  switch (placeholder) {
    case "%s":
      return typeof value === "object" ? inspect(value) : String(value);
    case "%d":
      return String(typeof value === "object" ? NaN : Number(value));
    case "%i":
      return String(parseInt(String(value)));
    case "%f":
      return String(parseFloat(String(value)));
    case "%j":
      return JSON.stringify(value);
    case "%c":
      return "";
    default:
      return inspect(value);
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}

/** A value as people read it. */
export function inspect(value: unknown): string {
  return new Inspector().text(value, 0);
}

/** An error with its message and where it was thrown, in the user's lines. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const stack = mapStack(String(error.stack ?? ""));
  const cause = error.cause === undefined ? "" : `\nCaused by: ${describeError(error.cause)}`;
  return `${error.name}: ${error.message}${stack && "\n" + stack}${cause}`;
}

class Inspector {
  readonly #open = new Set<object>();

  text(value: unknown, depth: number): string {
    switch (typeof value) {
      case "string":
        return depth === 0 ? value : JSON.stringify(value);
      case "bigint":
        return `${value}n`;
      case "function":
        return `[${isClass(value) ? "class" : "Function"}: ${value.name || "(anonymous)"}]`;
      case "object":
        return value === null ? "null" : this.#object(value, depth);
      default:
        return Object.is(value, -0) ? "-0" : String(value);
    }
  }

  #object(value: object, depth: number): string {
    if (this.#open.has(value)) return "[Circular]";
    if (value instanceof Error) return describeError(value);
    if (value instanceof Date) return isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return "Promise {}";
    if (value instanceof ArrayBuffer) return `ArrayBuffer { ${value.byteLength} bytes }`;
    if (depth > MAX_DEPTH) return Array.isArray(value) ? "[Array]" : "[Object]";
    this.#open.add(value);
    const text = this.#contents(value, depth);
    this.#open.delete(value);
    return text;
  }

  #contents(value: object, depth: number): string {
    const each = (item: unknown) => this.text(item, depth + 1);
    const name = nameOf(value);
    if (Array.isArray(value)) return block("", "[]", items(value, each), depth);
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      const view = value as Uint8Array;
      return block(`${name}(${view.length}) `, "[]", items(view, each), depth);
    }
    if (value instanceof Set) return block(`Set(${value.size}) `, "{}", items(value, each), depth);
    const isMap = value instanceof Map;
    const isPairs = isMap || name === "Headers" || name === "URLSearchParams" ||
      name === "FormData";
    if (isPairs) {
      const pair = ([key, item]: [unknown, unknown]) => `${each(key)} => ${each(item)}`;
      return block(
        `${name}${isMap ? `(${value.size})` : ""} `,
        "{}",
        items(value as Map<unknown, unknown>, pair),
        depth,
      );
    }
    const pairs = items(Object.keys(value), (key) => {
      const label = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
      return `${label}: ${each((value as Record<string, unknown>)[key])}`;
    });
    return block(name === "Object" ? "" : `${name} `, "{}", pairs, depth);
  }
}

function isClass(value: unknown): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function nameOf(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null ? "[Object: null prototype]" : prototype.constructor?.name || "Object";
}

function items<T>(all: Iterable<T>, text: (item: T) => string): string[] {
  const texts: string[] = [];
  for (const item of all) {
    if (texts.length === MAX_ITEMS) return [...texts, "…"];
    texts.push(text(item));
  }
  return texts;
}

function block(prefix: string, brackets: string, texts: readonly string[], depth: number): string {
  const [open, close] = brackets;
  if (texts.length === 0) return `${prefix}${brackets}`;
  const isShort = texts.reduce((sum, each) => sum + each.length + 2, 0) < MAX_LINE &&
    !texts.some((each) => each.includes("\n"));
  if (isShort) return `${prefix}${open} ${texts.join(", ")} ${close}`;
  const indent = "  ".repeat(depth + 1);
  return `${prefix}${open}\n${texts.map((each) => indent + each).join(",\n")}\n${
    "  ".repeat(depth)
  }${close}`;
}
