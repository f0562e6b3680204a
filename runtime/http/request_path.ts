/** Characters of a URL that Skerry reads at most; longer ones are refused. */
export const MAX_URL_CHARACTERS = 8192;

/** Nearly every path passes this one test; the rest are looked at closely. */
const SUSPECT = /[%\\]|\/\.\.?(?:\/|$)/;
/** Registered names, addresses and a port, as far as telling them from paths needs. */
const HOST = /^[\w.~!$&'()*+,;=:%[\]-]*$/;
const [UNDERSCORE, SMALL_D, SMALL_F, SMALL_I] = [0x5f, 0x64, 0x66, 0x69];
/** What the URL standard calls single-dot and double-dot segments. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;

/**
 * The raw path of a URL, or "" for one without (`OPTIONS *`). By searching rather than `new URL`, which costs
 * more than all of routing.
 */
export function pathOf(url: string): string {
  const start = pathStart(url);
  return start === -1 ? "" : url.slice(start, pathEnd(url, start));
}

/** The raw query of a URL, without the `?`. */
export function queryOf(url: string): string {
  const start = pathStart(url);
  if (start === -1) return "";
  const end = pathEnd(url, start);
  if (url.charCodeAt(end) !== 0x3f) return "";
  const hash = url.indexOf("#", end);
  return url.slice(end + 1, hash === -1 ? url.length : hash);
}

/** The `host[:port]` of a URL. */
export function authorityOf(url: string): string {
  const start = url.indexOf("://") + 3;
  const end = pathStart(url);
  return url.slice(start, end === -1 ? url.length : end);
}

/**
 * Whether a URL's path is Skerry's own: below `/_/`, or `/deploy`, `/invoke`, `/function/…`. Asked of every request, so
 * one character decides for nearly all of them.
 */
export function isOwnPath(url: string): boolean {
  const start = pathStart(url);
  switch (url.charCodeAt(start + 1)) {
    case UNDERSCORE:
      return url.startsWith("/_/", start);
    case SMALL_D:
      return isPathAt(url, start, "/deploy");
    case SMALL_F:
      return url.startsWith("/function/", start) || isPathAt(url, start, "/function");
    case SMALL_I:
      return isPathAt(url, start, "/invoke");
    default:
      return false;
  }
}

/**
 * The URL with its dot segments resolved, as the URL standard has it. Node's server passes URLs on like this already, and
 * Deno's as they were sent; both shall find the same function.
 */
export function withoutDotSegments(url: string): string {
  const path = pathOf(url);
  if (!SUSPECT.test(path) || !DOT_SEGMENT.test(path)) return url;
  return URL.canParse(url) ? new URL(url).href : url;
}

/**
 * Why a URL is refused, or undefined for a good one: longer than {@linkcode MAX_URL_CHARACTERS}, escapes that are not
 * UTF-8, a NUL, or a `.` or `..` segment that only decoding reveals (`..%2f`). Nothing downstream has to think of these.
 */
export function pathFault(url: string, path: string): string | undefined {
  if (url.length > MAX_URL_CHARACTERS) {
    return `the URL has ${url.length} characters, and the limit is ${MAX_URL_CHARACTERS}`;
  }
  if (path === "") return "the request target has no path";
  return SUSPECT.test(path) ? suspectFault(path) : undefined;
}

/** Why a `host` header is refused, or undefined for a good or absent one: RFC 3986's `host[:port]` and nothing else. */
export function hostFault(host: string | undefined): string | undefined {
  return host === undefined || HOST.test(host) ? undefined : "the host is malformed";
}

/** Percent-decodes a path or a part of one; undefined if it is not UTF-8. */
export function decodePath(path: string): string | undefined {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function suspectFault(path: string): string | undefined {
  const decoded = decodePath(path);
  if (decoded === undefined) return "the path has percent escapes that are not UTF-8";
  if (decoded.includes("\0")) return "the path holds a NUL";
  const isDotted = decoded.split(/[/\\]/).some((segment) => segment === "." || segment === "..");
  return isDotted ? 'the path has a "." or ".." segment' : undefined;
}

/** Whether the path that begins at `start` is this one: nothing, a query or a fragment follows. */
function isPathAt(url: string, start: number, path: string): boolean {
  if (!url.startsWith(path, start)) return false;
  const end = start + path.length;
  return end === url.length || url[end] === "?" || url[end] === "#";
}

function pathStart(url: string): number {
  return url.indexOf("/", url.indexOf("://") + 3);
}

function pathEnd(url: string, start: number): number {
  const query = url.indexOf("?", start);
  const hash = url.indexOf("#", start);
  if (query === -1) return hash === -1 ? url.length : hash;
  return hash === -1 || query < hash ? query : hash;
}
