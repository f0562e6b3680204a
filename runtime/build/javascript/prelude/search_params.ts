import { decodeBytes, encodeUtf8 } from "./encoding.ts";

export type SearchParamsInit = string | Iterable<Iterable<string>> | Record<string, string>;

const KEPT = /^[*\-.0-9A-Z_a-z]$/;

export class URLSearchParams {
  #pairs: [name: string, value: string][];
  #onChange: (() => void) | undefined;

  constructor(init: SearchParamsInit | URLSearchParams = "") {
    this.#pairs = typeof init === "string" ? parse(init.replace(/^\?/, "")) : pairsOf(init);
  }

  /** The parameters of a URL, which is told when they change. */
  static of(query: string, onChange: () => void): URLSearchParams {
    const params = new URLSearchParams(query);
    params.#onChange = onChange;
    return params;
  }

  /** Takes over another query, without telling the URL it comes from. */
  replaceAll(query: string): void {
    this.#pairs = parse(query);
  }

  get size(): number {
    return this.#pairs.length;
  }

  append(name: string, value: string): void {
    this.#pairs.push([text(name), text(value)]);
    this.#onChange?.();
  }

  delete(name: string, value?: string): void {
    this.#pairs = this.#pairs.filter((each) => !isMatch(each, name, value));
    this.#onChange?.();
  }

  get(name: string): string | null {
    return this.#pairs.find((each) => isMatch(each, name))?.[1] ?? null;
  }

  getAll(name: string): string[] {
    return this.#pairs.filter((each) => isMatch(each, name)).map(([, value]) => value);
  }

  has(name: string, value?: string): boolean {
    return this.#pairs.some((each) => isMatch(each, name, value));
  }

  set(name: string, value: string): void {
    const at = this.#pairs.findIndex((each) => isMatch(each, name));
    if (at === -1) return this.append(name, value);
    this.#pairs = this.#pairs.filter((each, index) => index <= at || !isMatch(each, name));
    this.#pairs[at] = [text(name), text(value)];
    this.#onChange?.();
  }

  sort(): void {
    this.#pairs.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
    this.#onChange?.();
  }

  forEach(callback: (value: string, name: string, all: URLSearchParams) => void, self?: unknown) {
    for (const [name, value] of this.#pairs) callback.call(self, value, name, this);
  }

  *entries(): Generator<[name: string, value: string]> {
    for (const [name, value] of this.#pairs) yield [name, value];
  }

  *keys(): Generator<string> {
    for (const [name] of this.#pairs) yield name;
  }

  *values(): Generator<string> {
    for (const [, value] of this.#pairs) yield value;
  }

  [Symbol.iterator](): Generator<[name: string, value: string]> {
    return this.entries();
  }

  toString(): string {
    return this.#pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join("&");
  }

  get [Symbol.toStringTag](): string {
    return "URLSearchParams";
  }
}

function pairsOf(init: Exclude<SearchParamsInit, string> | URLSearchParams): [string, string][] {
  const pairs = Symbol.iterator in init ? init as Iterable<Iterable<string>> : Object.entries(init);
  return Array.from(pairs, (pair) => {
    const [name, value, ...rest] = pair;
    if (name === undefined || value === undefined || rest.length > 0) {
      throw new TypeError("A parameter is a pair of a name and a value");
    }
    return [text(name), text(value)];
  });
}

function isMatch(pair: readonly [string, string], name: string, value?: string): boolean {
  return pair[0] === String(name) && (value === undefined || pair[1] === String(value));
}

function text(value: unknown): string {
  return String(value).toWellFormed();
}

function parse(query: string): [string, string][] {
  return query.split("&").filter((each) => each !== "").map((each) => {
    const end = each.indexOf("=");
    return end === -1
      ? [decoded(each), ""]
      : [decoded(each.slice(0, end)), decoded(each.slice(end + 1))];
  });
}

function decoded(part: string): string {
  return percentDecode(part.replaceAll("+", " "));
}

function encoded(part: string): string {
  if (/^[*\-.0-9A-Z_a-z]*$/.test(part)) return part;
  return Array.from(encodeUtf8(part), (byte) => {
    const character = String.fromCharCode(byte);
    if (byte === 0x20) return "+";
    return KEPT.test(character) ? character : percent(byte);
  }).join("");
}

export function percent(byte: number): string {
  return "%" + byte.toString(16).toUpperCase().padStart(2, "0");
}

/** Replaces `%41` and the like; what is left over is taken as it is. */
export function percentDecode(part: string): string {
  if (!part.includes("%")) return part;
  const bytes = encodeUtf8(part);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const hex = bytes[at] === 0x25
      ? String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0)
      : "";
    const isEscape = /^[0-9A-Fa-f]{2}$/.test(hex);
    bytes[length++] = isEscape ? parseInt(hex, 16) : bytes[at]!;
    if (isEscape) at += 2;
  }
  return decodeBytes(bytes.subarray(0, length));
}
