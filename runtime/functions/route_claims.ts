import { type SkerryError, skerryError } from "../errors.ts";
import { type RoutePattern, routePattern } from "./route_pattern.ts";
import { languageOf, stemOf } from "./source_language.ts";

/** A file that is not served. */
export interface Refusal {
  readonly file: string;
  /** The route it asked for, as far as that could be read. */
  readonly route: string;
  /** `route_conflict`, or `invalid_config` for a name that is no route. */
  readonly error: SkerryError;
}

/** What a change of files does to the routes. */
export interface ClaimChange {
  /** Files that now have their route. */
  readonly granted: readonly { readonly file: string; readonly pattern: RoutePattern }[];
  /** Files that had a route and gave it up. */
  readonly released: readonly string[];
  /** Files that cannot have their route, other than before. */
  readonly refused: readonly Refusal[];
}

/** A {@linkcode ClaimChange} as it grows. */
interface Changes {
  readonly granted: { readonly file: string; readonly pattern: RoutePattern }[];
  readonly released: string[];
  readonly refused: Refusal[];
}

/**
 * Who serves which route. Two files that ask for the same paths are an error of the second: who serves keeps
 * serving; among files that come together the first by name does. When that one goes, the next takes over.
 * A prebuilt module comes before the source beside it, whichever was there first (RATIONALE: "Why does a
 * prebuilt module win over its source?").
 */
export class RouteClaims {
  readonly #patterns = new Map<string, RoutePattern>();
  /** By shape, the file that serves it. */
  readonly #owners = new Map<string, string>();
  readonly #refusals = new Map<string, Refusal>();

  /** Files that are not served. */
  get refusals(): Iterable<Refusal> {
    return this.#refusals.values();
  }

  /** Whether a file is known here, served or refused. */
  has(file: string): boolean {
    return this.#patterns.has(file) || this.#refusals.has(file);
  }

  /** Takes the files' claims in, all at once. Added files must be new ones. */
  update(added: readonly string[], removed: readonly string[]): ClaimChange {
    const change: Changes = { granted: [], released: [], refused: [] };
    const vacated = this.#release(removed, change);
    const contenders = [...added, ...this.#waitingFor(vacated)].sort();
    for (const file of contenders) this.#claim(file, change);
    return change;
  }

  #release(files: readonly string[], change: Changes): Set<string> {
    const vacated = new Set<string>();
    for (const file of files) {
      const shape = this.#patterns.get(file)?.shape;
      if (shape !== undefined && this.#owners.get(shape) === file) {
        this.#owners.delete(shape);
        vacated.add(shape);
        change.released.push(file);
      }
      this.#patterns.delete(file);
      this.#refusals.delete(file);
    }
    return vacated;
  }

  #waitingFor(vacated: ReadonlySet<string>): string[] {
    if (vacated.size === 0) return [];
    return [...this.#refusals.keys()].filter((file) => {
      const shape = this.#patterns.get(file)?.shape;
      return shape !== undefined && vacated.has(shape);
    });
  }

  #claim(file: string, change: Changes): void {
    const pattern = routePattern(file);
    if (!pattern.ok) {
      return this.#refuse({ file, route: fallbackRoute(file), error: pattern.error }, change);
    }
    const { route, shape } = pattern.value;
    this.#patterns.set(file, pattern.value);
    const owner = this.#owners.get(shape);
    if (owner !== undefined && isPrebuiltOf(file, owner)) this.#displace(owner, file, change);
    else if (owner !== undefined) {
      return this.#refuse({ file, route, error: conflict(file, route, owner) }, change);
    }
    this.#owners.set(shape, file);
    this.#refusals.delete(file);
    change.granted.push({ file, pattern: pattern.value });
  }

  #displace(owner: string, by: string, change: Changes): void {
    const index = change.granted.findIndex(({ file }) => file === owner);
    if (index === -1) change.released.push(owner);
    else change.granted.splice(index, 1);
    const route = this.#patterns.get(owner)?.route ?? fallbackRoute(owner);
    this.#refuse({ file: owner, route, error: conflict(owner, route, by) }, change);
  }

  #refuse(refusal: Refusal, change: Changes): void {
    this.#refusals.set(refusal.file, refusal);
    change.refused.push(refusal);
  }
}

function isPrebuiltOf(file: string, source: string): boolean {
  return languageOf(file) === "wasm" && stemOf(file) === stemOf(source);
}

function conflict(file: string, route: string, owner: string): SkerryError {
  const message = `Cannot serve ${file} at ${route}: ${owner} already serves these paths`;
  return skerryError("route_conflict", message, { file, served_by: owner });
}

function fallbackRoute(file: string): string {
  return "/" + file.replace(/\.[^./]+$/, "");
}
