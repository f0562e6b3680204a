import type { Clock } from "../clock.ts";
import {
  type FunctionLogEntry,
  isWorthLogging,
  logEntry,
  type RunReport,
} from "./function_log_entry.ts";
import type { LogFiles } from "./log_files.ts";
import { LogStore, type LogStoreBounds } from "./log_store.ts";

/** Options of {@linkcode FunctionLogs}. */
export interface FunctionLogsOptions {
  readonly files: LogFiles;
  readonly clock: Clock;
  readonly bounds?: LogStoreBounds;
  /** Bytes that may wait to be written; what comes beyond is dropped, and counted. @default 8 MiB */
  readonly pendingBytes?: number;
}

/** Hears of a function's new entries. */
export interface LogFollower {
  onEntries(entries: readonly FunctionLogEntry[]): void;
  /** The logs are closing; nothing comes any more. */
  onEnd(): void;
}

/** What of a log to read. */
export interface LogRange {
  /** Entries at most. */
  readonly limit: number;
  /** Only entries with greater ids, the oldest of them first. @default the newest ones */
  readonly after?: number;
}

interface Pending {
  readonly report: RunReport;
  readonly timeMs: number;
}

const BATCH_MS = 100;
const DEFAULT_PENDING_BYTES = 8 * 1024 * 1024;
/** What an entry weighs besides its standard error. */
const ENTRY_BYTES = 512;

/**
 * The logs of functions: what runs write to standard error, and how they fail. Adding costs a push; everything
 * else happens later, in batches, and whatever the disk does to them harms no request.
 *
 * @example
 * ```ts
 * import { SYSTEM_CLOCK } from "../clock.ts";
 * import { FunctionLogs } from "./function_logs.ts";
 * import { logFolder } from "./log_files.ts";
 *
 * const logs = new FunctionLogs({ files: logFolder(".skerry/logs"), clock: SYSTEM_CLOCK });
 * console.log(await logs.read("/hello", { limit: 100 }));
 * await logs.close();
 * ```
 */
export class FunctionLogs {
  readonly #store: LogStore;
  readonly #clock: Clock;
  readonly #pendingLimit: number;
  readonly #followers = new Map<string, Set<LogFollower>>();
  readonly #dropped = new Map<string, number>();
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #cancelTimer: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();
  #lastId = 0;
  #isEnding = false;
  #isClosed = false;

  constructor(options: FunctionLogsOptions) {
    this.#store = new LogStore(options.files, options.bounds);
    this.#clock = options.clock;
    this.#pendingLimit = options.pendingBytes ?? DEFAULT_PENDING_BYTES;
  }

  /** Notes a run if it says something. Never throws; called for every request. */
  add(report: RunReport): void {
    if (!isWorthLogging(report) || this.#isClosed) return;
    const bytes = weightOf(report);
    if (this.#pendingBytes + bytes > this.#pendingLimit) {
      this.#countDropped(report.route!, 1);
      return;
    }
    this.#pendingBytes += bytes;
    this.#pending.push({ report, timeMs: this.#clock.wallMs() });
    this.#cancelTimer ??= this.#clock.after(BATCH_MS, () => void this.#flush());
  }

  /** Entries of a function, oldest first, also what is not on disk yet. Rejects if the disk cannot be read. */
  async read(route: string, { limit, after }: LogRange): Promise<FunctionLogEntry[]> {
    await this.#flush();
    const entries = await this.#store.read(route);
    if (after === undefined) return entries.slice(-limit);
    return entries.filter(({ id }) => id > after).slice(0, limit);
  }

  /** Tells a follower of every entry from now on; the returned function ends that. */
  follow(route: string, follower: LogFollower): () => void {
    if (this.#isEnding) {
      follower.onEnd();
      return () => {};
    }
    const followers = this.#followers.get(route) ?? new Set();
    this.#followers.set(route, followers.add(follower));
    return () => {
      followers.delete(follower);
      if (followers.size === 0 && this.#followers.get(route) === followers) {
        this.#followers.delete(route);
      }
    };
  }

  /** Ends every follower, also those to come, so that their connections can close. */
  endFollowers(): void {
    this.#isEnding = true;
    for (const followers of [...this.#followers.values()]) {
      for (const follower of [...followers]) follower.onEnd();
    }
  }

  /** Writes what waits; what comes later is not taken. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.endFollowers();
    await this.#flush();
  }

  #flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    return this.#writing = this.#writing.then(() => this.#writeBatch());
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#pending;
    this.#pending = [];
    for (const [route, entries] of this.#byRoute(batch)) {
      for (const follower of this.#followers.get(route) ?? []) follower.onEntries(entries);
      const lost = entries.reduce((sum, { dropped = 0 }) => sum + Math.max(1, dropped), 0);
      await this.#store.append(route, entries, this.#clock.wallMs())
        .catch(() => this.#countDropped(route, lost));
    }
    // What is being written counts as waiting: a slow disk must not hold more than that.
    this.#pendingBytes -= batch.reduce((sum, { report }) => sum + weightOf(report), 0);
  }

  #byRoute(batch: readonly Pending[]): Map<string, FunctionLogEntry[]> {
    const byRoute = new Map<string, FunctionLogEntry[]>();
    const entriesOf = (route: string, timeMs: number) => {
      const entries = byRoute.get(route) ?? this.#noteDropped(route, timeMs);
      byRoute.set(route, entries);
      return entries;
    };
    for (const { report, timeMs } of batch) {
      entriesOf(report.route!, timeMs).push(logEntry(report, this.#nextId(timeMs), timeMs));
    }
    return byRoute;
  }

  /** The beginning of a batch: how many entries were lost before it, if any. */
  #noteDropped(route: string, timeMs: number): FunctionLogEntry[] {
    const dropped = this.#dropped.get(route);
    if (dropped === undefined) return [];
    this.#dropped.delete(route);
    const time = new Date(timeMs).toISOString();
    return [{ id: this.#nextId(timeMs), time, function: route, dropped }];
  }

  #countDropped(route: string, count: number): void {
    this.#dropped.set(route, (this.#dropped.get(route) ?? 0) + count);
  }

  #nextId(timeMs: number): number {
    return this.#lastId = Math.max(this.#lastId + 1, Math.floor(timeMs * 1000));
  }
}

function weightOf(report: RunReport): number {
  return ENTRY_BYTES + (report.stderr?.length ?? 0);
}
