import type { FunctionLogEntry } from "../../observe/function_log_entry.ts";
import type { FunctionLogs } from "../../observe/function_logs.ts";
import type { Clock } from "../../clock.ts";

/** Where a stream begins. */
export interface LogStart {
  /** Only entries with greater ids. @default the newest `limit` ones first */
  readonly after?: number;
  readonly limit: number;
}

/** So that neither proxies nor clients take a quiet log for a dead connection. */
const HEARTBEAT_MS = 15_000;
/** Entries read from the disk at once. */
const PAGE = 256;
/** Entries and bytes that wait for a slow reader; beyond them it reads from the disk, as far as that goes back. */
const MAX_QUEUED = 1024;
const MAX_QUEUED_BYTES = 1024 * 1024;
const ENTRY_BYTES = 512;
const ENCODER = new TextEncoder();

/**
 * A function's log, and then what comes, as server-sent events whose ids are the entries'. Ends when the logs do. What
 * a slow reader does not take is not kept for it but read again from the disk.
 */
export function functionLogStream(
  logs: Pick<FunctionLogs, "read" | "follow">,
  route: string,
  start: LogStart,
  clock: Clock,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = new FollowingReader(logs, route, start, clock);
  return new ReadableStream({
    start: (controller) => controller.enqueue(ENCODER.encode(": following\n\n")),
    async pull(controller) {
      try {
        const text = await reader.next();
        if (text === undefined) controller.close();
        else controller.enqueue(ENCODER.encode(text));
      } catch (thrown) {
        reader.leave();
        throw thrown;
      }
    },
    cancel: () => reader.leave(),
  }, { highWaterMark: 0 });
}

class FollowingReader {
  readonly #logs: Pick<FunctionLogs, "read" | "follow">;
  readonly #route: string;
  readonly #clock: Clock;
  readonly #start: LogStart;
  readonly #unfollow: () => void;
  #lastId: number;
  #isFirst = true;
  /** Whether there is more on the disk, before what is in the queue. */
  #isBehind = true;
  #queue: FunctionLogEntry[] = [];
  #queuedBytes = 0;
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(
    logs: Pick<FunctionLogs, "read" | "follow">,
    route: string,
    start: LogStart,
    clock: Clock,
  ) {
    this.#logs = logs;
    this.#route = route;
    this.#clock = clock;
    this.#start = start;
    this.#lastId = start.after ?? 0;
    this.#unfollow = logs.follow(route, {
      onEntries: (entries) => this.#add(entries),
      onEnd: () => this.#end(),
    });
  }

  leave(): void {
    this.#unfollow();
    this.#end();
  }

  /** The next piece of the stream; undefined at its end. */
  async next(): Promise<string | undefined> {
    while (true) {
      if (this.#isBehind || this.#queue.length > 0) {
        const text = this.#take(this.#isBehind ? await this.#readBehind() : this.#dequeue());
        if (text !== "") return text;
      } else if (this.#isEnded) {
        this.#unfollow();
        return undefined;
      } else if (await this.#isQuiet()) return ": still here\n\n";
    }
  }

  async #readBehind(): Promise<readonly FunctionLogEntry[]> {
    // Falling behind again while this is read must not be forgotten.
    this.#isBehind = false;
    const { after, limit } = this.#start;
    const isNewest = this.#isFirst && after === undefined;
    this.#isFirst = false;
    if (isNewest) return await this.#logs.read(this.#route, { limit });
    const entries = await this.#logs.read(this.#route, { limit: PAGE, after: this.#lastId });
    if (entries.length === PAGE) this.#isBehind = true;
    return entries;
  }

  #dequeue(): readonly FunctionLogEntry[] {
    this.#queuedBytes = 0;
    return this.#queue.splice(0);
  }

  #add(entries: readonly FunctionLogEntry[]): void {
    for (const entry of entries) this.#queuedBytes += ENTRY_BYTES + (entry.stderr?.length ?? 0);
    this.#queue.push(...entries);
    if (this.#queue.length > MAX_QUEUED || this.#queuedBytes > MAX_QUEUED_BYTES) {
      this.#dequeue();
      this.#isBehind = true;
    }
    this.#wake();
  }

  #end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** What was read from the disk may have come through the queue as well, so ids decide. */
  #take(entries: readonly FunctionLogEntry[]): string {
    const fresh = entries.filter(({ id }) => id > this.#lastId);
    this.#lastId = fresh.at(-1)?.id ?? this.#lastId;
    return fresh.map(event).join("");
  }

  /** Waits for something to happen; true if nothing did for a while. */
  async #isQuiet(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#wake = () => resolve(false);
    const stopTimer = this.#clock.after(HEARTBEAT_MS, () => resolve(true));
    const isQuiet = await promise;
    stopTimer();
    return isQuiet;
  }
}

/** JSON has no raw line breaks, so one data line holds it. */
function event(entry: FunctionLogEntry): string {
  return `event: entry\nid: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n`;
}
