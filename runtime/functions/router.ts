import { encodeSegment, type RoutePattern } from "./route_pattern.ts";
import type { RouteMatch, ServedFunction } from "./served_function.ts";

/** A function and where it is served. */
export interface RouteEntry<F> {
  readonly pattern: RoutePattern;
  readonly fn: F;
}

/** A {@linkcode RouteMatch} that keeps the caller's own type of function. */
export interface Match<F extends ServedFunction> extends RouteMatch {
  readonly fn: F;
}

/** Routes under a path prefix. Only patterns with parameters are in the tree. */
interface Node<F> {
  readonly statics: Map<string, Node<F>>;
  dynamic?: Node<F>;
  /** The pattern that ends here. */
  leaf?: RouteEntry<F>;
  /** The catch-all whose rest begins here. */
  rest?: RouteEntry<F>;
}

/** A request path taken apart. */
interface SplitPath {
  readonly segments: readonly string[];
  readonly hasTrailingSlash: boolean;
}

/**
 * Finds the function for a path. Immutable: a change of routes makes a new router, so that a lookup never
 * sees half a change.
 *
 * Order: static, then dynamic, then catch-all. Among dynamic routes the first segment that differs decides,
 * static before dynamic; among catch-alls the one with more segments comes first, then the same rule.
 * Paths are raw, that is still percent-encoded, and without the query. One trailing slash is ignored. A path
 * that does not decode, or holds NUL or (decoded) `.` and `..` components, matches no parameter; paths
 * under `/_/` are Skerry's own and match nothing.
 */
export class Router<F extends ServedFunction = ServedFunction> {
  readonly #static = new Map<string, Match<F>>();
  readonly #root: Node<F> = { statics: new Map() };

  /** Of entries whose patterns have the same shape, the first is served. */
  constructor(entries: Iterable<RouteEntry<F>>) {
    for (const entry of entries) {
      if (entry.pattern.kind === "static") this.#addStatic(entry);
      else this.#addDynamic(entry);
    }
  }

  /** The function for a path: static first, else dynamic. */
  match(path: string): Match<F> | undefined {
    return this.matchStatic(path) ?? this.matchDynamic(path);
  }

  /** The function at exactly this path. For a path in canonical form this is one lookup, nothing else. */
  matchStatic(path: string): Match<F> | undefined {
    return this.#static.get(path) ?? this.#matchOtherSpelling(path);
  }

  /** The function whose pattern binds this path's segments to parameters. */
  matchDynamic(path: string): Match<F> | undefined {
    const split = splitPath(path);
    if (split === undefined || split.segments[0] === "_") return undefined;
    const leaf = findLeaf(this.#root, split.segments, 0);
    if (leaf !== undefined) return bind(leaf, split, split.segments.length);
    const rest = findRest(this.#root, split.segments, 0);
    return rest === undefined ? undefined : bind(rest.entry, split, rest.depth);
  }

  #matchOtherSpelling(path: string): Match<F> | undefined {
    const canonical = canonicalPath(path);
    return canonical === undefined || canonical === path ? undefined : this.#static.get(canonical);
  }

  #addStatic({ pattern, fn }: RouteEntry<F>): void {
    if (this.#static.has(pattern.shape)) return;
    // Made once: a static match allocates nothing.
    this.#static.set(pattern.shape, Object.freeze({ fn, params: Object.freeze({}), pathInfo: "" }));
  }

  #addDynamic(entry: RouteEntry<F>): void {
    let node = this.#root;
    for (const segment of entry.pattern.segments) {
      if (segment.kind === "rest") {
        node.rest ??= entry;
        return;
      }
      node = segment.kind === "static"
        ? childAt(node.statics, segment.text)
        : (node.dynamic ??= { statics: new Map() });
    }
    node.leaf ??= entry;
  }
}

function childAt<F>(children: Map<string, Node<F>>, text: string): Node<F> {
  let child = children.get(text);
  if (child === undefined) children.set(text, child = { statics: new Map() });
  return child;
}

/** Depth first, static before dynamic: the first leaf found is first in the order. */
function findLeaf<F>(
  node: Node<F>,
  segments: readonly string[],
  depth: number,
): RouteEntry<F> | undefined {
  const segment = segments[depth];
  if (segment === undefined) return node.leaf;
  const child = node.statics.get(segment);
  const found = child && findLeaf(child, segments, depth + 1);
  if (found !== undefined || node.dynamic === undefined || segment === "") return found;
  return findLeaf(node.dynamic, segments, depth + 1);
}

/** The deepest catch-all on the path; of equally deep ones, the first in the same walk. */
function findRest<F>(
  node: Node<F>,
  segments: readonly string[],
  depth: number,
): { entry: RouteEntry<F>; depth: number } | undefined {
  let best = node.rest && { entry: node.rest, depth };
  const segment = segments[depth];
  if (segment === undefined || segment === "") return best;
  for (const child of [node.statics.get(segment), node.dynamic]) {
    const found = child && findRest(child, segments, depth + 1);
    if (found !== undefined && (best === undefined || found.depth > best.depth)) best = found;
  }
  return best;
}

function bind<F extends ServedFunction>(
  { pattern, fn }: RouteEntry<F>,
  { segments, hasTrailingSlash }: SplitPath,
  depth: number,
): Match<F> {
  const rest = segments.slice(depth).join("/");
  // From entries, because a parameter may be called `__proto__`.
  const params = Object.fromEntries(
    pattern.segments.flatMap((segment, i) =>
      segment.kind === "static"
        ? []
        : [[segment.name, segment.kind === "rest" ? rest : segments[i] ?? ""]]
    ),
  );
  if (pattern.kind !== "rest") return { fn, params, pathInfo: "" };
  const slash = hasTrailingSlash ? "/" : "";
  return { fn, params, pathInfo: depth < segments.length ? `/${rest}${slash}` : slash };
}

function splitPath(path: string): SplitPath | undefined {
  if (!path.startsWith("/")) return undefined;
  const hasTrailingSlash = path.endsWith("/");
  const inner = path.slice(1, hasTrailingSlash ? -1 : undefined);
  const segments: string[] = [];
  for (const raw of inner === "" ? [] : inner.split("/")) {
    const segment = decodeSegment(raw);
    if (segment === undefined) return undefined;
    segments.push(segment);
  }
  return { segments, hasTrailingSlash };
}

/** What `encodeSegment` leaves as it is, and the slashes between segments. */
const UNESCAPED = /^[\w.~!*'()/-]*$/;

function canonicalPath(path: string): string | undefined {
  if (UNESCAPED.test(path)) return path.endsWith("/") && path !== "/" ? path.slice(0, -1) : path;
  const split = splitPath(path);
  return split && "/" + split.segments.map(encodeSegment).join("/");
}

const HARMFUL = /\0|(^|[/\\])\.\.?($|[/\\])/;

/** The decoded segment, or undefined if a function had better not see it. */
function decodeSegment(raw: string): string | undefined {
  let text = raw;
  if (raw.includes("%")) {
    try {
      text = decodeURIComponent(raw);
    } catch {
      return undefined;
    }
  }
  return HARMFUL.test(text) ? undefined : text;
}
