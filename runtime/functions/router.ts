import { encodeSegment, type RoutePattern } from "./route_pattern.ts";
import type { RouteMatch, ServedFunction } from "./served_function.ts";

/** A function and where it is served. */
export interface RouteEntry<F> {
  readonly pattern: RoutePattern;
  readonly fn: F;
  /** The upper-case method it answers, GET also HEAD. @default undefined: every method */
  readonly method?: string;
  /** Which of several at the same paths comes first: the lower. @default 0 */
  readonly rank?: number;
}

/** A {@linkcode RouteMatch} that keeps the caller's own type of function. */
export interface Match<F extends ServedFunction> extends RouteMatch {
  readonly fn: F;
}

/** Routes under a path prefix. Only patterns with parameters are in the tree. */
interface Node<F extends ServedFunction> {
  readonly statics: Map<string, Node<F>>;
  dynamic?: Node<F>;
  /** The patterns that end here. */
  leaf?: Place<F>;
  /** The catch-alls whose rest begins here. */
  rest?: Place<F>;
}

/** A request path taken apart. */
interface SplitPath {
  readonly segments: readonly string[];
  readonly hasTrailingSlash: boolean;
}

/** What answers the methods that no entry at some paths has; told which ones they have. */
export type MakeGate<F> = (route: string, methods: readonly string[]) => F;

/**
 * Finds the function for a path and a method.
 *
 * Order: static, then dynamic, then catch-all. Among dynamic routes the first segment that differs decides,
 * static before dynamic; among catch-alls the one with more segments comes first, then the same rule.
 * Where several have the same paths, the first by rank whose method fits; if none fits, the gate.
 * Paths are raw, that is still percent-encoded, and without the query. One trailing slash is ignored. A path
 * that does not decode, or holds NUL or (decoded) `.` and `..` components, matches no parameter; paths
 * under `/_/` are Skerry's own and match nothing.
 */
export class Router<F extends ServedFunction = ServedFunction> {
  readonly #static = new Map<string, Place<F>>();
  readonly #root: Node<F> = { statics: new Map() };
  readonly #makeGate: MakeGate<F> | undefined;

  /** @param makeGate Without one, methods nobody has match nothing. */
  constructor(entries: Iterable<RouteEntry<F>> = [], makeGate?: MakeGate<F>) {
    this.#makeGate = makeGate;
    for (const entry of entries) this.add(entry);
  }

  /** Adds an entry behind those at the same paths with the same rank. Lookups see all of it or nothing. */
  add(entry: RouteEntry<F>): void {
    this.#placeFor(entry.pattern).add(entry);
  }

  /** Takes an entry out. */
  remove(entry: RouteEntry<F>): void {
    const { pattern } = entry;
    const place = this.#placeAt(pattern);
    if (place === undefined) return;
    place.remove(entry);
    if (place.entries.length > 0) return;
    if (pattern.kind === "static") this.#static.delete(pattern.shape);
    else prune(this.#root, pattern, 0);
  }

  /** Every entry with exactly this pattern's paths, first by rank. */
  entriesAt(pattern: RoutePattern): readonly RouteEntry<F>[] {
    return this.#placeAt(pattern)?.entries ?? [];
  }

  /** The function for a path: static first, else dynamic. */
  match(path: string, method = "GET"): Match<F> | undefined {
    return this.matchStatic(path, method) ?? this.matchDynamic(path, method);
  }

  /** The function at exactly this path. For a path in canonical form this is one lookup, nothing else. */
  matchStatic(path: string, method = "GET"): Match<F> | undefined {
    const place = this.#static.get(path) ?? this.#placeOfOtherSpelling(path);
    // A static match was made when its entry was added: it allocates nothing.
    return place?.find(method)?.match;
  }

  /** The function whose pattern binds this path's segments to parameters. */
  matchDynamic(path: string, method = "GET"): Match<F> | undefined {
    const split = splitPath(path);
    if (split === undefined || split.segments[0] === "_") return undefined;
    const leaf = findLeaf(this.#root, split.segments, 0);
    if (leaf !== undefined) return bind(leaf.find(method), split, split.segments.length);
    const rest = findRest(this.#root, split.segments, 0);
    return rest === undefined ? undefined : bind(rest.place.find(method), split, rest.depth);
  }

  #placeOfOtherSpelling(path: string): Place<F> | undefined {
    const canonical = canonicalPath(path);
    return canonical === undefined || canonical === path ? undefined : this.#static.get(canonical);
  }

  #placeAt({ kind, shape, segments }: RoutePattern): Place<F> | undefined {
    if (kind === "static") return this.#static.get(shape);
    let node: Node<F> | undefined = this.#root;
    for (const segment of segments) {
      if (segment.kind === "rest") return node?.rest;
      node = segment.kind === "static" ? node?.statics.get(segment.text) : node?.dynamic;
    }
    return node?.leaf;
  }

  #placeFor({ kind, shape, segments, route }: RoutePattern): Place<F> {
    if (kind === "static") {
      let place = this.#static.get(shape);
      if (place === undefined) this.#static.set(shape, place = this.#newPlace(route));
      return place;
    }
    let node = this.#root;
    for (const segment of segments) {
      if (segment.kind === "rest") return node.rest ??= this.#newPlace(route);
      node = segment.kind === "static"
        ? childAt(node.statics, segment.text)
        : (node.dynamic ??= { statics: new Map() });
    }
    return node.leaf ??= this.#newPlace(route);
  }

  #newPlace(route: string): Place<F> {
    return new Place(route, this.#makeGate);
  }
}

/** An entry and what matching it gives where no parameter is bound. */
interface Candidate<F extends ServedFunction> {
  readonly pattern: RoutePattern;
  readonly match: Match<F>;
}

/** Everything at the same paths. */
class Place<F extends ServedFunction> {
  entries: readonly RouteEntry<F>[] = [];
  readonly #route: string;
  readonly #makeGate: MakeGate<F> | undefined;
  #byMethod: ReadonlyMap<string, Candidate<F>> | undefined;
  #otherwise: Candidate<F> | undefined;

  constructor(route: string, makeGate: MakeGate<F> | undefined) {
    this.#route = route;
    this.#makeGate = makeGate;
  }

  find(method: string): Candidate<F> | undefined {
    // Hardly any place tells methods apart.
    if (this.#byMethod === undefined) return this.#otherwise;
    return this.#byMethod.get(method) ?? this.#otherwise;
  }

  add(entry: RouteEntry<F>): void {
    const rank = entry.rank ?? 0;
    const index = this.entries.findIndex((other) => (other.rank ?? 0) > rank);
    const at = index === -1 ? this.entries.length : index;
    this.entries = this.entries.toSpliced(at, 0, entry);
    this.#index();
  }

  remove(entry: RouteEntry<F>): void {
    this.entries = this.entries.filter((other) => other !== entry);
    this.#index();
  }

  #index(): void {
    const byMethod = new Map<string, Candidate<F>>();
    this.#otherwise = undefined;
    for (const entry of this.entries) {
      const { method } = entry;
      if (method === undefined) {
        this.#otherwise = candidateOf(entry);
        break;
      }
      if (!byMethod.has(method)) byMethod.set(method, candidateOf(entry));
    }
    const methods = [...byMethod.keys()];
    const get = byMethod.get("GET");
    if (get !== undefined && !byMethod.has("HEAD")) byMethod.set("HEAD", get);
    this.#byMethod = byMethod.size === 0 ? undefined : byMethod;
    const [first] = this.entries;
    if (first === undefined || this.#otherwise !== undefined) return;
    const fn = this.#makeGate?.(this.#route, methods);
    this.#otherwise = fn && candidateOf({ pattern: first.pattern, fn });
  }
}

function candidateOf<F extends ServedFunction>({ pattern, fn }: RouteEntry<F>): Candidate<F> {
  return { pattern, match: Object.freeze({ fn, params: Object.freeze({}), pathInfo: "" }) };
}

/** Removes the place of a pattern and every branch that leads nowhere any more. */
function prune<F extends ServedFunction>(
  node: Node<F>,
  pattern: RoutePattern,
  depth: number,
): boolean {
  const segment = pattern.segments[depth];
  if (segment === undefined) delete node.leaf;
  else if (segment.kind === "rest") delete node.rest;
  else if (segment.kind === "static") {
    const child = node.statics.get(segment.text);
    if (child !== undefined && prune(child, pattern, depth + 1)) node.statics.delete(segment.text);
  } else if (node.dynamic !== undefined && prune(node.dynamic, pattern, depth + 1)) {
    delete node.dynamic;
  }
  return node.leaf === undefined && node.rest === undefined && node.dynamic === undefined &&
    node.statics.size === 0;
}

function childAt<F extends ServedFunction>(children: Map<string, Node<F>>, text: string): Node<F> {
  let child = children.get(text);
  if (child === undefined) children.set(text, child = { statics: new Map() });
  return child;
}

/** Depth first, static before dynamic: the first leaf found is first in the order. */
function findLeaf<F extends ServedFunction>(
  node: Node<F>,
  segments: readonly string[],
  depth: number,
): Place<F> | undefined {
  const segment = segments[depth];
  if (segment === undefined) return node.leaf;
  const child = node.statics.get(segment);
  const found = child && findLeaf(child, segments, depth + 1);
  if (found !== undefined || node.dynamic === undefined || segment === "") return found;
  return findLeaf(node.dynamic, segments, depth + 1);
}

/** The deepest catch-all on the path; of equally deep ones, the first in the same walk. */
function findRest<F extends ServedFunction>(
  node: Node<F>,
  segments: readonly string[],
  depth: number,
): { place: Place<F>; depth: number } | undefined {
  let best = node.rest && { place: node.rest, depth };
  const segment = segments[depth];
  if (segment === undefined || segment === "") return best;
  for (const child of [node.statics.get(segment), node.dynamic]) {
    const found = child && findRest(child, segments, depth + 1);
    if (found !== undefined && (best === undefined || found.depth > best.depth)) best = found;
  }
  return best;
}

function bind<F extends ServedFunction>(
  candidate: Candidate<F> | undefined,
  { segments, hasTrailingSlash }: SplitPath,
  depth: number,
): Match<F> | undefined {
  if (candidate === undefined) return undefined;
  const { pattern, match: { fn } } = candidate;
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
