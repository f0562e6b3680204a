import { encodeUtf8 } from "./encoding.ts";
import { percent } from "./search_params.ts";
import { parseHost, parseOpaqueHost } from "./url_host.ts";

/** A URL in its parts (URL Standard section 4.1). */
export interface UrlParts {
  /** With its colon. */
  scheme: string;
  username: string;
  password: string;
  host: string | null;
  /** Empty for the scheme's own. */
  port: string;
  /** Segments, or all of an opaque path. */
  path: string[] | string;
  query: string | null;
  fragment: string | null;
}

/** Ports of the schemes of the web. */
const SPECIAL: Readonly<Record<string, string>> = {
  "http:": "80",
  "https:": "443",
  "ws:": "80",
  "wss:": "443",
  "ftp:": "21",
  "file:": "",
};

export function isSpecial(scheme: string): boolean {
  return Object.hasOwn(SPECIAL, scheme);
}

/** Characters of the sets of what is percent-encoded where, beside controls and what is not ASCII. */
const FRAGMENT = ' "<>`';
const QUERY = ' "#<>';
const PATH = ' "#<>?^`{}';
const USERINFO = ' "#<>?^`{}/:;=@[\\]|';

/** Parses a URL, against a base if it is relative to one; undefined if it is none. */
export function parseUrl(text: string, base?: UrlParts): UrlParts | undefined {
  const input = text.replace(/^[\0-\x20]+|[\0-\x20]+$|[\t\n\r]/g, "");
  const scheme = /^([a-z][a-z\d+\-.]*:)/i.exec(input)?.[1]?.toLowerCase();
  if (scheme === undefined) return base && parseRelative(input, base);
  const rest = input.slice(scheme.length);
  if (base?.scheme === scheme && isSpecial(scheme) && !/^[/\\]{2}/.test(rest)) {
    return parseRelative(rest, base);
  }
  return parseAbsolute(scheme, rest);
}

function parseAbsolute(scheme: string, rest: string): UrlParts | undefined {
  const { before, query, fragment } = splitTail(rest, scheme);
  const parts = { ...EMPTY, scheme, query, fragment };
  if (isSpecial(scheme) && scheme !== "file:") {
    return withAuthority(parts, before.replace(/^[/\\]*/, ""));
  }
  const slashes = scheme === "file:" ? before.replaceAll("\\", "/") : before;
  if (slashes.startsWith("//")) return withAuthority(parts, slashes.slice(2));
  if (slashes.startsWith("/") || scheme === "file:") {
    const host = scheme === "file:" ? "" : null;
    return { ...parts, host, path: normalise([], slashes.replace(/^\//, ""), scheme) };
  }
  return { ...parts, path: encodeSet(before, "") };
}

const EMPTY = { username: "", password: "", host: null, port: "", path: "" } as const;

function parseRelative(input: string, base: UrlParts): UrlParts | undefined {
  const { scheme } = base;
  const { before, query, fragment } = splitTail(input, scheme);
  if (typeof base.path === "string") {
    return before === "" && query === null && fragment !== null ? { ...base, fragment } : undefined;
  }
  const slashes = isSpecial(scheme) ? before.replaceAll("\\", "/") : before;
  if (slashes.startsWith("//")) {
    const authority = isSpecial(scheme) && scheme !== "file:"
      ? slashes.replace(/^\/+/, "")
      : slashes.slice(2);
    return withAuthority({ ...EMPTY, scheme, query, fragment }, authority);
  }
  if (slashes === "") return { ...base, query: query ?? base.query, fragment };
  const from = slashes.startsWith("/") ? [] : base.path.slice(0, -1);
  return { ...base, path: normalise(from, slashes.replace(/^\//, ""), scheme), query, fragment };
}

function splitTail(input: string, scheme: string) {
  const fragmentAt = input.indexOf("#");
  const whole = fragmentAt === -1 ? input : input.slice(0, fragmentAt);
  const queryAt = whole.indexOf("?");
  return {
    before: queryAt === -1 ? whole : whole.slice(0, queryAt),
    query: queryAt === -1 ? null : encodeQuery(whole.slice(queryAt + 1), scheme),
    fragment: fragmentAt === -1 ? null : encodeFragment(input.slice(fragmentAt + 1)),
  };
}

function withAuthority(parts: UrlParts, text: string): UrlParts | undefined {
  const { scheme } = parts;
  const end = text.search(isSpecial(scheme) ? /[/\\]/ : /\//);
  const authority = end === -1 ? text : text.slice(0, end);
  const at = authority.lastIndexOf("@");
  const credentials = at === -1 ? "" : authority.slice(0, at);
  const colon = credentials.indexOf(":");
  const place = parsePlace(authority.slice(at + 1), scheme);
  if (place === undefined || (scheme === "file:" && at !== -1)) return undefined;
  if (place.host === "" && (place.port !== "" || at !== -1)) return undefined;
  const path = end === -1 && !isSpecial(scheme)
    ? []
    : normalise([], text.slice(end + 1 || Infinity), scheme);
  return {
    ...parts,
    ...place,
    username: encodeUserinfo(colon === -1 ? credentials : credentials.slice(0, colon)),
    password: colon === -1 ? "" : encodeUserinfo(credentials.slice(colon + 1)),
    path,
  };
}

/** A host and port. */
export function parsePlace(
  text: string,
  scheme: string,
): { host: string; port: string } | undefined {
  const [, name, , port = ""] = /^(\[[^\]]*\]|[^:]*)(:(\d*))?$/.exec(text) ?? [];
  if (name === undefined || Number(port) > 65535) return undefined;
  if (scheme === "file:") {
    if (text === "") return { host: "", port: "" };
    const host = text === name ? parseHost(name) : undefined;
    return host === undefined ? undefined : { host: host === "localhost" ? "" : host, port: "" };
  }
  const host = isSpecial(scheme) ? parseHost(name) : encodeOpaqueHost(name);
  return host === undefined ? undefined : { host, port: normalPort(port, scheme) };
}

function encodeOpaqueHost(name: string): string | undefined {
  const host = parseOpaqueHost(name);
  return host && encodeSet(host, "");
}

export function normalPort(port: string, scheme: string): string {
  const plain = port === "" ? "" : String(Number(port));
  return plain === SPECIAL[scheme] ? "" : plain;
}

/** Appends the segments of a path to others, going up where `..` says so. */
export function normalise(from: readonly string[], path: string, scheme: string): string[] {
  const segments = [...from];
  const parts = path.split(isSpecial(scheme) ? /[/\\]/ : "/");
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const dots = part.replace(/%2e/gi, ".");
    if (dots === "..") segments.pop();
    else if (dots !== ".") segments.push(encodeSet(part, PATH));
    if (isLast && (dots === "." || dots === "..")) segments.push("");
  }
  return segments;
}

export function encodeQuery(text: string, scheme: string): string {
  return encodeSet(text, isSpecial(scheme) ? QUERY + "'" : QUERY);
}

export function encodeFragment(text: string): string {
  return encodeSet(text, FRAGMENT);
}

export function encodeUserinfo(text: string): string {
  return encodeSet(text, USERINFO);
}

/** Percent-encodes controls, what is not ASCII, and the characters of a set. */
function encodeSet(text: string, set: string): string {
  if (/^[\w\-.~/]*$/.test(text)) return text;
  return Array.from(text, (character) => {
    const isKept = character > "\x1f" && character < "\x7f" && !set.includes(character);
    return isKept ? character : Array.from(encodeUtf8(character), percent).join("");
  }).join("");
}

/** The path as text. */
export function pathText(path: UrlParts["path"]): string {
  return typeof path === "string" ? path : path.map((each) => "/" + each).join("");
}

export function formatUrl(parts: UrlParts): string {
  const { scheme, username, password, host, port, path, query, fragment } = parts;
  const credentials = (username + (password && ":" + password)) &&
    `${username}${password && ":" + password}@`;
  const authority = host === null ? "" : `//${credentials}${host}${port && ":" + port}`;
  const text = pathText(path);
  // What begins with two slashes would otherwise pass for an authority.
  const guard = host === null && typeof path !== "string" && path.length > 1 && path[0] === ""
    ? "/."
    : "";
  return scheme + authority + guard + text + (query === null ? "" : "?" + query) +
    (fragment === null ? "" : "#" + fragment);
}
