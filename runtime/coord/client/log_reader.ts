import { err, ok, type Result } from "../../result.ts";
import { type Clock, delay, SYSTEM_CLOCK } from "../../clock.ts";
import type { CoordError } from "./coord_error.ts";
import { serverEvents } from "./server_events.ts";
import { readOutcome, Transport, type TransportOptions } from "./transport.ts";

/** A record as a reader sees it. */
export interface ReadRecord {
  readonly index: number;
  /** Bytes of the log before it. */
  readonly offset: number;
  readonly data: Uint8Array;
}

/** How to follow a log. */
export interface FollowOptions {
  /** The first record; counts from the end if it is negative. @default 0 */
  readonly from?: number;
  readonly signal?: AbortSignal;
  /** Called when the server cannot be reached, once until it is back. */
  readonly onGone?: (error: CoordError) => void;
}

/** How long to wait before following again after the connection broke. */
const RECONNECT_MS = 1000;

/**
 * Reads logs. Needs no session.
 *
 * @example
 * ```ts
 * import { LogReader } from "./log_reader.ts";
 *
 * async function show(signal: AbortSignal): Promise<void> {
 *   const reader = new LogReader({ url: "http://127.0.0.1:8080" });
 *   for await (const { index, data } of reader.follow("file_0", { from: -10, signal })) {
 *     console.log(index, new TextDecoder().decode(data));
 *   }
 * }
 * ```
 */
export class LogReader {
  readonly #transport: Transport;
  readonly #clock: Clock;

  constructor(options: TransportOptions & { readonly clock?: Clock }) {
    this.#transport = new Transport(options);
    this.#clock = options.clock ?? SYSTEM_CLOCK;
  }

  /** Records from `from` on, negative counting from the end; at most `limit` of them. `next` is where to go on. */
  async read(
    log: string,
    { from = 0, limit = 1000 }: { readonly from?: number; readonly limit?: number } = {},
  ): Promise<Result<{ readonly records: ReadRecord[]; readonly next: number }, CoordError>> {
    const path = `logs/${encodeURIComponent(log)}?from=${from}&limit=${limit}`;
    const page = await this.#json(path);
    if (!page.ok) return page;
    const { records, next } = page.value as unknown as { records: JsonRecord[]; next: number };
    return ok({ records: records.map(readRecord), next });
  }

  /** Whatever the server tells below `/_/` at this path, as JSON. */
  async #json(path: string): Promise<Result<Readonly<Record<string, unknown>>, CoordError>> {
    try {
      const outcome = await readOutcome(await this.#transport.get(path, "application/json"));
      if (outcome.kind === "answered") return ok(outcome.body);
      if (outcome.kind === "refused") return err(outcome.error);
      return err(noAnswer(outcome.kind === "failed" ? outcome.reason : "not an answer"));
    } catch (thrown) {
      return err(noAnswer((thrown as Error).message));
    }
  }

  /** How logs, or locks, are: the list of all, or one of them, as JSON. */
  async show(
    what: "locks" | "logs" | `locks/${string}` | `logs/${string}`,
  ): Promise<Result<Readonly<Record<string, unknown>>, CoordError>> {
    return await this.#json(what);
  }

  /**
   * Records from `from` on, then each as it is appended, until `signal` aborts. Connects again when the connection breaks,
   * where it was. Throws if the log does not exist or may not be read.
   */
  async *follow(
    log: string,
    { from = 0, signal, onGone }: FollowOptions = {},
  ): AsyncGenerator<ReadRecord> {
    let next = from;
    let isGone = false;
    while (!signal?.aborted) {
      const stream = await this.#open(log, next, signal);
      if (signal?.aborted) return;
      if (stream.ok) {
        isGone = false;
        next = stream.value.from ?? next;
        try {
          for await (const { data } of serverEvents(stream.value.body)) {
            const record = readRecord(JSON.parse(data));
            next = record.index + 1;
            yield record;
          }
        } catch {
          // The connection broke; whether the server is there is seen at the next try.
        }
      } else if (stream.error.code !== "no_answer") throw new Error(stream.error.message);
      else {
        if (!isGone) onGone?.(stream.error);
        isGone = true;
      }
      await delay(this.#clock, RECONNECT_MS);
    }
  }

  async #open(
    log: string,
    from: number,
    signal?: AbortSignal,
  ): Promise<Result<LogStream, CoordError>> {
    const path = `logs/${encodeURIComponent(log)}?from=${from}`;
    try {
      const response = await this.#transport.get(path, "text/event-stream", signal);
      if (response.ok) {
        const begin = response.headers.get("x-skerry-from");
        return ok({ from: begin === null ? undefined : Number(begin), body: response.body! });
      }
      const outcome = await readOutcome(response);
      if (outcome.kind === "refused") return err(outcome.error);
      return err(noAnswer(outcome.kind === "failed" ? outcome.reason : "not an answer"));
    } catch (thrown) {
      return err(noAnswer((thrown as Error).message));
    }
  }
}

interface LogStream {
  /** The record that the stream begins with; undefined if the server does not tell. */
  readonly from: number | undefined;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

interface JsonRecord {
  readonly index: number;
  readonly offset: number;
  readonly data?: string;
  readonly data_base64?: string;
}

function readRecord({ index, offset, data, data_base64 }: JsonRecord): ReadRecord {
  if (data !== undefined) return { index, offset, data: new TextEncoder().encode(data) };
  const bytes = Uint8Array.from(atob(data_base64 ?? ""), (character) => character.charCodeAt(0));
  return { index, offset, data: bytes };
}

function noAnswer(reason: string): CoordError {
  return { code: "no_answer", message: `Cannot reach the server: ${reason}`, rc: -1 };
}
