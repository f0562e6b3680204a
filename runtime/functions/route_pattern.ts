import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { reservedFault } from "./reserved_paths.ts";

/** One part of a route, between two slashes. */
export type Segment =
  | { readonly kind: "static"; readonly text: string }
  /** `[name]`: any one segment. */
  | { readonly kind: "dynamic"; readonly name: string }
  /** `[...name]`: the rest of the path, also an empty one. */
  | { readonly kind: "rest"; readonly name: string };

/** A route as its file's path spells it. */
export interface RoutePattern {
  /** As people write it, e.g. `/api/users/[id]`. */
  readonly route: string;
  readonly segments: readonly Segment[];
  /** The most general kind among its segments. */
  readonly kind: Segment["kind"];
  /**
   * Equal for two routes that match the same paths, whatever their parameters are called. For a static
   * route it is the path in its canonical encoding (see {@linkcode encodeSegment}).
   */
  readonly shape: string;
}

const PARAMETER = /^\[(\.\.\.)?([A-Za-z0-9_-]+)\]$/;

/**
 * The route of a function's file: the extension and every component named `index` are dropped.
 *
 * @param file Relative to the functions folder, with `/` between components.
 * @returns `invalid_config` for brackets that are no parameter, a parameter named twice, a rest that is not
 * last, and paths that are Skerry's own.
 *
 * @example
 * ```ts
 * import { routePattern } from "./route_pattern.ts";
 *
 * const pattern = routePattern("api/users/[id].wasm");
 * if (pattern.ok) console.log(pattern.value.route); // "/api/users/[id]"
 * ```
 */
export function routePattern(file: string): Result<RoutePattern, SkerryError> {
  const parts = file.replace(/\.[^./]+$/, "").split("/").filter((part) => part !== "index");
  return patternOf(parts, file);
}

/** What the router never matches, or a client never sends as part of a path. */
const IMPOSSIBLE_SEGMENT = /^\.{0,2}$|[\0?#\\]/;

/**
 * The route of a path as people write it, e.g. `/api/users/[id]`. Its text is decoded text, and nothing of it is
 * dropped but a slash at the end.
 *
 * @returns `invalid_config` as {@linkcode routePattern}, and for what no request's path can be.
 *
 * @example
 * ```ts
 * import { parseRoute } from "./route_pattern.ts";
 *
 * const pattern = parseRoute("/files/[...rest]");
 * if (pattern.ok) console.log(pattern.value.kind); // "rest"
 * ```
 */
export function parseRoute(path: string): Result<RoutePattern, SkerryError> {
  if (!path.startsWith("/")) return refuse(path, "a path begins with a slash");
  const inner = path.slice(1, path.endsWith("/") ? -1 : undefined);
  const parts = inner === "" ? [] : inner.split("/");
  const impossible = parts.find((part) => IMPOSSIBLE_SEGMENT.test(part));
  if (impossible === undefined) return patternOf(parts, path);
  return refuse(path, `no path has a segment ${JSON.stringify(impossible)}`);
}

function patternOf(parts: readonly string[], name: string): Result<RoutePattern, SkerryError> {
  const segments: Segment[] = [];
  for (const part of parts) {
    const segment = parseSegment(part);
    if (segment === undefined) {
      return refuse(name, `"${part}" is no route segment, expected a name, [name] or [...name]`);
    }
    segments.push(segment);
  }
  const problem = findProblem(parts, segments);
  if (problem !== undefined) return refuse(name, problem);
  return ok({
    route: "/" + parts.join("/"),
    segments,
    kind: mostGeneralKind(segments),
    shape: segments.length === 0 ? "/" : segments.map(segmentShape).join(""),
  });
}

/** The route of one segment that is what it is, whatever it looks like: `index` and `a.b` stay whole. */
export function literalPattern(text: string): RoutePattern {
  const segment: Segment = { kind: "static", text };
  return { route: `/${text}`, segments: [segment], kind: "static", shape: segmentShape(segment) };
}

/**
 * A segment in its canonical encoding: what `encodeURIComponent` makes of the decoded text, so that the
 * many encodings a client may choose for one name compare equal.
 */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function parseSegment(part: string): Segment | undefined {
  const parameter = PARAMETER.exec(part);
  if (parameter !== null) {
    return { kind: parameter[1] === undefined ? "dynamic" : "rest", name: parameter[2] ?? "" };
  }
  return /[[\]]/.test(part) ? undefined : { kind: "static", text: part };
}

function findProblem(parts: readonly string[], segments: readonly Segment[]): string | undefined {
  const fault = reservedFault(parts);
  if (fault !== undefined) return fault;
  if (segments.some((segment, i) => segment.kind === "rest" && i < segments.length - 1)) {
    return "[...name] may only be the last segment";
  }
  const names = segments.flatMap((segment) => segment.kind === "static" ? [] : [segment.name]);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? undefined : `the parameter "${twice}" is named twice`;
}

function mostGeneralKind(segments: readonly Segment[]): Segment["kind"] {
  if (segments.some((segment) => segment.kind === "rest")) return "rest";
  return segments.some((segment) => segment.kind === "dynamic") ? "dynamic" : "static";
}

function segmentShape(segment: Segment): string {
  // Brackets cannot collide with a static text: its encoding escapes them.
  if (segment.kind === "static") return "/" + encodeSegment(segment.text);
  return segment.kind === "dynamic" ? "/[]" : "/[...]";
}

function refuse(file: string, reason: string): Result<never, SkerryError> {
  return err(skerryError("invalid_config", `Cannot serve ${file}: ${reason}`, { file }));
}
