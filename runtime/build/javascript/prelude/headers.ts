const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Control characters. Others may stand in a value, which is sent as UTF-8. */
// deno-lint-ignore no-control-regex -- just these
const FORBIDDEN = /[\0-\x08\x0a-\x1f\x7f]/;
const SET_COOKIE = "set-cookie";

export type HeadersInit = Headers | Iterable<Iterable<string>> | Record<string, string>;

/** Fetch's `Headers`: names in any case, values joined by commas, but for `Set-Cookie`. */
export class Headers {
  readonly #values = new Map<string, string[]>();

  constructor(init?: HeadersInit | null) {
    if (init === undefined || init === null) return;
    if (typeof init !== "object") throw new TypeError("Headers are made of an object or pairs");
    const pairs = Symbol.iterator in init
      ? init as Iterable<Iterable<string>>
      : Object.entries(init);
    for (const pair of pairs) {
      const [name, value, ...rest] = pair;
      if (name === undefined || value === undefined || rest.length > 0) {
        throw new TypeError("A header is a pair of a name and a value");
      }
      this.append(name, value);
    }
  }

  append(name: string, value: string): void {
    const key = keyOf(name);
    const values = this.#values.get(key);
    const text = valueOf(name, value);
    if (values === undefined) this.#values.set(key, [text]);
    else values.push(text);
  }

  delete(name: string): void {
    this.#values.delete(keyOf(name));
  }

  get(name: string): string | null {
    return this.#values.get(keyOf(name))?.join(", ") ?? null;
  }

  getSetCookie(): string[] {
    return [...this.#values.get(SET_COOKIE) ?? []];
  }

  has(name: string): boolean {
    return this.#values.has(keyOf(name));
  }

  set(name: string, value: string): void {
    this.#values.set(keyOf(name), [valueOf(name, value)]);
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  *entries(): Generator<[name: string, value: string]> {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name) ?? [];
      if (name !== SET_COOKIE) yield [name, values.join(", ")];
      else for (const value of values) yield [name, value];
    }
  }

  *keys(): Generator<string> {
    for (const [name] of this) yield name;
  }

  *values(): Generator<string> {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator](): Generator<[name: string, value: string]> {
    return this.entries();
  }

  get [Symbol.toStringTag](): string {
    return "Headers";
  }
}

function keyOf(name: string): string {
  const text = String(name);
  if (!NAME.test(text)) throw new TypeError(`${JSON.stringify(text)} is no name of a header`);
  return text.toLowerCase();
}

function valueOf(name: string, value: string): string {
  const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (FORBIDDEN.test(text)) {
    throw new TypeError(`The value of the header ${name} has a control character`);
  }
  return text;
}
