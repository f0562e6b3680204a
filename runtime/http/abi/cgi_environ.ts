import { authorityOf, decodePath, queryOf } from "../request_path.ts";
import type { FunctionRequest } from "./function_request.ts";
import { textOfHeader } from "./header_text.ts";

/** What the environment is made of besides the request. */
export interface CgiEnvironOptions {
  /** The function's own environment; the request's variables win over it. */
  readonly env: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** Skerry's version. */
  readonly version: string;
  /** See `Program`. @default false: nobody sees that header */
  readonly takesAuthorization?: boolean;
}

/**
 * Not passed on: credentials and connection management as RFC 3875 section 4.1.18 advises, and `Proxy`, which would become
 * `HTTP_PROXY`, a variable that HTTP clients obey (httpoxy, CVE-2016-5385).
 */
const WITHHELD_HEADERS: ReadonlySet<string> = new Set(["authorization", "connection", "proxy"]);

/** Not a name of CGI's, so that no program has it for one. */
const AUTHORIZATION_VARIABLE = "SKERRY_AUTHORIZATION";

/** An underscore would make `X_Id` pass for `X-Id`, and other characters do not fit a variable's name. */
const PLAIN_HEADER = /^[a-z0-9-]+$/;

/**
 * The CGI/1.1 environment of a request (RFC 3875 section 4.1, with WAGI's `X_…` variables), in order: the function's
 * own, the request's, its headers, and the route's parameters.
 */
export function cgiEnviron(
  call: FunctionRequest,
  options: CgiEnvironOptions,
): Map<string, string> {
  const environ = new Map(Object.entries(options.env));
  addServer(environ, call, options.version);
  addPath(environ, call);
  addRequest(environ, call, options.bodyBytes);
  addHeaders(environ, call.request.headers);
  if (options.takesAuthorization) addAuthorization(environ, call.request.headers);
  for (const [name, value] of Object.entries(call.match.params)) {
    environ.set("PARAM_" + upperSnake(name), value);
  }
  return environ;
}

function addServer(environ: Map<string, string>, call: FunctionRequest, version: string): void {
  const authority = authorityOf(call.url);
  const portAt = /:\d+$/.exec(authority)?.index ?? -1;
  const defaultPort = call.url.startsWith("https:") ? "443" : "80";
  environ.set("GATEWAY_INTERFACE", "CGI/1.1");
  environ.set("SERVER_PROTOCOL", "HTTP/1.1");
  environ.set("SERVER_SOFTWARE", `skerry/${version}`);
  environ.set("SERVER_NAME", portAt === -1 ? authority : authority.slice(0, portAt));
  environ.set("SERVER_PORT", portAt === -1 ? defaultPort : authority.slice(portAt + 1));
}

function addPath(environ: Map<string, string>, call: FunctionRequest): void {
  const { pathInfo, fn } = call.match;
  environ.set("SCRIPT_NAME", scriptName(call));
  environ.set("PATH_INFO", pathInfo);
  environ.set("X_RAW_PATH_INFO", rawPathInfo(call));
  // There is no file tree to translate into: as in WAGI it repeats PATH_INFO, and tells nothing of the host.
  environ.set("PATH_TRANSLATED", pathInfo);
  // Not of RFC 3875, but every server has it and PHP's frameworks route by it.
  environ.set("REQUEST_URI", requestUri(call));
  environ.set("X_FULL_URL", call.url);
  environ.set("X_MATCHED_ROUTE", fn.route);
}

function addRequest(environ: Map<string, string>, call: FunctionRequest, bodyBytes: number): void {
  const remote = call.peer.remoteAddress();
  environ.set("REQUEST_METHOD", call.method);
  environ.set("QUERY_STRING", queryOf(call.url));
  environ.set("CONTENT_TYPE", textOfHeader(call.request.headers.get("content-type") ?? ""));
  environ.set("CONTENT_LENGTH", String(bodyBytes));
  environ.set("REMOTE_ADDR", remote);
  environ.set("REMOTE_HOST", remote);
}

function addHeaders(environ: Map<string, string>, headers: Headers): void {
  for (const [name, value] of headers) {
    if (WITHHELD_HEADERS.has(name) || !PLAIN_HEADER.test(name)) continue;
    environ.set("HTTP_" + upperSnake(name), textOfHeader(value));
  }
}

/** For programs that take it away again before what they run could look. */
function addAuthorization(environ: Map<string, string>, headers: Headers): void {
  const value = headers.get("authorization");
  if (value !== null) environ.set(AUTHORIZATION_VARIABLE, textOfHeader(value));
}

/** The part of the decoded path before PATH_INFO: the route itself where it has no patterns. */
function scriptName(call: FunctionRequest): string {
  const { pathInfo, params, fn } = call.match;
  if (pathInfo === "" && Object.keys(params).length === 0) return fn.route;
  const decoded = decodePath(call.path) ?? call.path;
  return decoded.endsWith(pathInfo) ? decoded.slice(0, decoded.length - pathInfo.length) : decoded;
}

/** Path and query as they were sent. */
function requestUri({ path, url }: FunctionRequest): string {
  const query = queryOf(url);
  return query === "" ? path : `${path}?${query}`;
}

/** PATH_INFO as it was sent. Counted in segments, since decoding changes lengths. */
function rawPathInfo(call: FunctionRequest): string {
  if (call.match.pathInfo === "") return "";
  const fixedSegments = call.match.fn.route.split("/").length - 1;
  return "/" + call.path.split("/").slice(fixedSegments).join("/");
}

function upperSnake(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}
