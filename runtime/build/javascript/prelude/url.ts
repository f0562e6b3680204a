import { URLSearchParams } from "./search_params.ts";
import {
  encodeFragment,
  encodeQuery,
  encodeUserinfo,
  formatUrl,
  isSpecial,
  normalise,
  normalPort,
  parsePlace,
  parseUrl,
  pathText,
  type UrlParts,
} from "./url_parts.ts";

/** The URL Standard's `URL`. */
export class URL {
  #parts: UrlParts;
  #params: URLSearchParams | undefined;

  constructor(url: string | URL, base?: string | URL) {
    this.#parts = parsed(String(url), base);
  }

  static canParse(url: string | URL, base?: string | URL): boolean {
    return URL.parse(url, base) !== null;
  }

  static parse(url: string | URL, base?: string | URL): URL | null {
    try {
      return new URL(url, base);
    } catch {
      return null;
    }
  }

  get href(): string {
    return formatUrl(this.#parts);
  }

  set href(value: string) {
    this.#parts = parsed(String(value));
    this.#queryChanged();
  }

  get origin(): string {
    const { scheme } = this.#parts;
    return isSpecial(scheme) && scheme !== "file:" ? `${scheme}//${this.host}` : "null";
  }

  get protocol(): string {
    return this.#parts.scheme;
  }

  set protocol(value: string) {
    const scheme = /^([a-z][a-z\d+\-.]*)(:|$)/i.exec(String(value))?.[1]?.toLowerCase() + ":";
    if (isSpecial(scheme) !== isSpecial(this.protocol) || scheme === "undefined:") return;
    this.#parts.scheme = scheme;
    this.#parts.port = normalPort(this.port, scheme);
  }

  get username(): string {
    return this.#parts.username;
  }

  set username(value: string) {
    if (this.#parts.host) this.#parts.username = encodeUserinfo(String(value));
  }

  get password(): string {
    return this.#parts.password;
  }

  set password(value: string) {
    if (this.#parts.host) this.#parts.password = encodeUserinfo(String(value));
  }

  get host(): string {
    return this.hostname + (this.port && ":" + this.port);
  }

  set host(value: string) {
    if (typeof this.#parts.path === "string") return;
    const place = parsePlace(String(value).replace(/[/?#].*$/s, ""), this.protocol);
    if (place === undefined) return;
    const hasPort = /:\d+$/.test(String(value));
    Object.assign(this.#parts, hasPort ? place : { host: place.host });
  }

  get hostname(): string {
    return this.#parts.host ?? "";
  }

  set hostname(value: string) {
    if (typeof this.#parts.path === "string") return;
    const place = parsePlace(String(value).replace(/[/?#].*$/s, ""), this.protocol);
    if (place !== undefined && !/:\d+$/.test(String(value))) this.#parts.host = place.host;
  }

  get port(): string {
    return this.#parts.port;
  }

  set port(value: string) {
    const digits = /^\d*/.exec(String(value))![0];
    if (!this.#parts.host || this.protocol === "file:" || Number(digits) > 65535) return;
    if (digits !== "" || String(value) === "") this.#parts.port = normalPort(digits, this.protocol);
  }

  get pathname(): string {
    return pathText(this.#parts.path);
  }

  set pathname(value: string) {
    if (typeof this.#parts.path === "string") return;
    const path = String(value).replaceAll("?", "%3F").replaceAll("#", "%23");
    const first = isSpecial(this.protocol) ? /^[/\\]/ : /^\//;
    this.#parts.path = normalise([], path.replace(first, ""), this.protocol);
  }

  get search(): string {
    return this.#parts.query ? "?" + this.#parts.query : "";
  }

  set search(value: string) {
    const query = String(value).replace(/^\?/, "").replaceAll("#", "%23");
    this.#parts.query = String(value) === "" ? null : encodeQuery(query, this.protocol);
    this.#queryChanged();
  }

  get searchParams(): URLSearchParams {
    return this.#params ??= URLSearchParams.of(this.#parts.query ?? "", () => {
      this.#parts.query = this.#params!.toString() || null;
    });
  }

  get hash(): string {
    return this.#parts.fragment ? "#" + this.#parts.fragment : "";
  }

  set hash(value: string) {
    const fragment = String(value).replace(/^#/, "");
    this.#parts.fragment = String(value) === "" ? null : encodeFragment(fragment);
  }

  toString(): string {
    return this.href;
  }

  toJSON(): string {
    return this.href;
  }

  get [Symbol.toStringTag](): string {
    return "URL";
  }

  #queryChanged(): void {
    this.#params?.replaceAll(this.#parts.query ?? "");
  }
}

function parsed(text: string, base?: string | URL): UrlParts {
  const from = base === undefined ? undefined : parseUrl(String(base));
  const isWithoutBase = base !== undefined && from === undefined;
  const parts = isWithoutBase ? undefined : parseUrl(text, from);
  if (parts === undefined) throw new TypeError(`Invalid URL: ${JSON.stringify(text)}`);
  return { ...parts };
}
