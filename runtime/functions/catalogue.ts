import type { RunTarget } from "../dispatch/job.ts";
import { type SkerryError, skerryError } from "../errors.ts";
import type { Clock } from "../clock.ts";
import type { FunctionContext, FunctionEntry } from "./function_entry.ts";
import type { FunctionSource, FunctionStatus } from "./function_status.ts";
import { MethodGate } from "./method_gate.ts";
import { ModuleCache, type ModuleCacheLimits } from "./module_cache.ts";
import { PreparationQueue } from "./preparation_queue.ts";
import type { RegistryEvent, RegistryListener } from "./registry_event.ts";
import type { RoutePattern } from "./route_pattern.ts";
import { type RouteEntry, Router } from "./router.ts";
import type { RouteMatch } from "./served_function.ts";
import type { LoadedVersion } from "./loaded_version.ts";

/** What {@linkcode Catalogue} needs. */
export interface CatalogueOptions {
  readonly clock: Clock;
  /** The first listener. */
  readonly log: RegistryListener;
  /** Bounds of the compiled modules kept; the least recently used is let go. */
  readonly cache: ModuleCacheLimits;
  /** Is told of what no new request will run. */
  readonly onRetired: (target: RunTarget) => void;
}

/** Which source's functions come first at the same paths. */
const RANKS: Readonly<Record<FunctionSource, number>> = { route: 0, deployed: 1, folder: 2 };

/** A content that failed for now beside a version that serves is tried again no sooner. */
const RETRY_MS = 30_000;

type Served = FunctionEntry | MethodGate;

/**
 * Every function, wherever it comes from, in one router. The paths decide first, as in a folder: static, then
 * dynamic, then catch-all. Among functions with the same paths a row of the route table comes before a
 * deployed function, and that before a file of the folder; one that never gets a request says so in its status.
 */
export class Catalogue {
  /** What every function is made with. */
  readonly context: FunctionContext;
  readonly #listeners: Set<RegistryListener>;
  readonly #entries = new Map<FunctionEntry, RouteEntry<Served>>();
  readonly #router = new Router<Served>([], (route, methods) => new MethodGate(route, methods));
  readonly #cache: ModuleCache<FunctionEntry>;
  readonly #queue = new PreparationQueue<FunctionEntry>(refreshUntilFresh);
  /** By function, what keeps a new attempt from being made. */
  readonly #retries = new Map<FunctionEntry, () => void>();
  readonly #refused: (() => Iterable<FunctionStatus>)[] = [];

  constructor(options: CatalogueOptions) {
    this.#listeners = new Set([options.log]);
    this.#cache = new ModuleCache(options.cache);
    this.context = {
      clock: options.clock,
      onActive: (fn, version) => this.#cache.keep(fn, heldBytes(version)),
      onRetired: (version) => {
        if (version.kind === "module") options.onRetired(version.target);
        else if (version.kind === "native") version.target.library.release();
      },
      onNewVersion: ({ route, file }, { id }, isFirst) => {
        this.emit({ kind: "function_ready", route, file, version: id.slice(0, 12), isFirst });
      },
      onBroken: ({ route, file, active }, error) => {
        const isServing = active !== undefined;
        this.emit({ kind: "function_broken", route, file, error, isServing });
      },
      onDelayed: (fn, ms) => this.#retryLater(fn, ms),
    };
  }

  /** The function at exactly this path (raw, without query) for this method. */
  matchStatic(path: string, method: string): RouteMatch | undefined {
    const match = this.#router.matchStatic(path, method);
    if (match !== undefined) match.fn.lastUsed = this.#cache.time;
    return match;
  }

  /** The function whose pattern matches this path (raw, without query), for this method. */
  matchDynamic(path: string, method: string): RouteMatch | undefined {
    const match = this.#router.matchDynamic(path, method);
    if (match !== undefined) match.fn.lastUsed = this.#cache.time;
    return match;
  }

  /** Serves a function from the next request on, as far as no other comes before it. */
  add(fn: FunctionEntry): void {
    const { pattern, method, origin } = fn;
    const entry: RouteEntry<Served> = { pattern, fn, method, rank: RANKS[origin.source] };
    this.#entries.set(fn, entry);
    this.#router.add(entry);
    const others = this.#at(pattern);
    if (others.length < 2) return;
    for (const other of others) {
      const owner = this.#ownerOver(other, others);
      if (owner !== undefined && (other === fn || owner === fn)) this.#reportShadowed(other, owner);
    }
  }

  /** Ends serving a function; requests that run end well. */
  remove(fn: FunctionEntry): void {
    const entry = this.#entries.get(fn);
    if (entry === undefined) return;
    this.#entries.delete(fn);
    this.#router.remove(entry);
    this.#queue.remove(fn);
    this.#cache.forget(fn);
    this.#retries.get(fn)?.();
    this.#retries.delete(fn);
    fn.remove();
    this.emit({ kind: "function_removed", route: fn.route, file: fn.file });
  }

  /** Some function with exactly these paths, the first to serve. */
  ownerOf(pattern: RoutePattern): FunctionEntry | undefined {
    return this.#at(pattern)[0];
  }

  /** Prepares what its origin holds now: soon if it serves, else when nothing else is to be done. */
  prepare(fn: FunctionEntry): void {
    if (fn.state === "unloaded") this.#queue.addIdle(fn);
    else this.#queue.addUrgent(fn);
  }

  /** Adds listings of what claims a route and is no function at all. */
  listAlso(refused: () => Iterable<FunctionStatus>): void {
    this.#refused.push(refused);
  }

  /** Every function by route, in the order they are asked; also those that cannot be served. */
  list(): FunctionStatus[] {
    return this.#statuses(() => true);
  }

  /** The functions with exactly this route, in the order they are asked. */
  at(route: string): FunctionStatus[] {
    return this.#statuses((each) => each.route === route);
  }

  /** How a function fares; one that never gets a request is broken. */
  statusOf(fn: FunctionEntry): FunctionStatus {
    const status = fn.status();
    const owner = this.#ownerOver(fn, this.#at(fn.pattern));
    if (owner === undefined) return status;
    const { code, message } = conflict(fn, owner);
    return { ...status, state: "broken", error: { code, message } };
  }

  emit(event: RegistryEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Adds a listener; the returned function removes it. */
  onEvent(listener: RegistryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when background preparations have ended. What is active stays so. */
  async close(): Promise<void> {
    for (const cancel of this.#retries.values()) cancel();
    this.#retries.clear();
    await this.#queue.close();
  }

  #retryLater(fn: FunctionEntry, afterMs: number): void {
    this.#retries.get(fn)?.();
    const cancel = this.context.clock.after(Math.max(RETRY_MS, afterMs), () => {
      this.#retries.delete(fn);
      if (fn.markStale()) this.#queue.addUrgent(fn);
    });
    this.#retries.set(fn, cancel);
  }

  #statuses(isWanted: (fn: { readonly route: string }) => boolean): FunctionStatus[] {
    const statuses = [...this.#entries.keys()].filter(isWanted).map((fn) => this.statusOf(fn));
    for (const refused of this.#refused) {
      for (const status of refused()) if (isWanted(status)) statuses.push(status);
    }
    return statuses.sort((a, b) => {
      return compareText(a.route, b.route) || RANKS[a.source] - RANKS[b.source] ||
        compareText(a.method ?? "", b.method ?? "") || compareText(a.file, b.file);
    });
  }

  #at(pattern: RoutePattern): FunctionEntry[] {
    return this.#router.entriesAt(pattern).flatMap(({ fn }) => fn instanceof MethodGate ? [] : fn);
  }

  /** The function that takes every request this one could get. */
  #ownerOver(fn: FunctionEntry, inOrder: readonly FunctionEntry[]): FunctionEntry | undefined {
    for (const other of inOrder) {
      if (other === fn) return undefined;
      if (other.method === undefined || other.method === fn.method) return other;
    }
  }

  #reportShadowed(fn: FunctionEntry, owner: FunctionEntry): void {
    const { route, file } = fn;
    const error = conflict(fn, owner);
    this.emit({ kind: "function_broken", route, file, error, isServing: false });
  }
}

function conflict(fn: FunctionEntry, owner: FunctionEntry): SkerryError {
  const words: Record<FunctionSource, string> = {
    route: `the route table's row ${owner.method}:${owner.route}`,
    deployed: `the deployed function ${owner.file}`,
    folder: owner.file,
  };
  const by = words[owner.origin.source];
  const message = `Cannot serve ${fn.file} at ${fn.route}: ${by} already serves these paths`;
  return skerryError("route_conflict", message, { file: fn.file, served_by: owner.file });
}

function heldBytes(version: LoadedVersion): number {
  if (version.kind === "static") return version.body.length;
  // Nothing of a library is in this process.
  if (version.kind === "native") return 0;
  return version.runnable?.heldBytes ?? version.size;
}

/** A refresh may have been under way when the origin changed again. */
async function refreshUntilFresh(fn: FunctionEntry): Promise<void> {
  while (fn.isStale) await fn.refresh();
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
