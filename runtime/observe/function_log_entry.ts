import type { SkerryError } from "../errors.ts";

/** What the log of a function is told of a run; the HTTP layer's `RequestLog` is one. */
export interface RunReport {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The function's route, once one was found. */
  readonly route?: string;
  /** Milliseconds. */
  readonly runMs?: number;
  readonly runPath?: string;
  /** How long the run waited for a worker, milliseconds; absent on the fast path. */
  readonly waitedMs?: number;
  /** Fuel units consumed. */
  readonly fuel?: number;
  /** What the function wrote to standard error. */
  readonly stderr?: Uint8Array;
  readonly error?: SkerryError;
  /** Why, in words that the client is not told. */
  readonly reason?: string;
}

/**
 * One entry of a function's log, as it stands in the file, in the API's answers and in events. The names are
 * those of the wire.
 */
export interface FunctionLogEntry {
  /** Grows from entry to entry, also over restarts: microseconds since 1970, or one more than the last. */
  readonly id: number;
  /** ISO 8601. */
  readonly time: string;
  /** The function's route. */
  readonly function: string;
  readonly request_id?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly run_ms?: number;
  readonly run_path?: string;
  readonly fuel?: number;
  /** The stable code of a failure. */
  readonly code?: string;
  readonly message?: string;
  /** Why, where the log knows more than the client was told. */
  readonly reason?: string;
  /** What the function wrote to standard error. */
  readonly stderr?: string;
  /** Whether `stderr` was longer than what is kept. */
  readonly truncated?: boolean;
  /** Entries before this one that were lost, because they came too fast or the disk took none. */
  readonly dropped?: number;
}

/** Bytes of standard error that an entry keeps. */
export const MAX_STDERR_BYTES = 16 * 1024;

const DECODER = new TextDecoder();

/** Whether a run says something: it wrote to standard error, or failed by itself rather than by the request. */
export function isWorthLogging(report: RunReport): boolean {
  if (report.route === undefined) return false;
  if (report.stderr !== undefined && report.stderr.length > 0) return true;
  return report.error !== undefined && (report.status >= 500 || report.status === 422);
}

/** The entry of a run that began its answer at `timeMs` since 1970. */
export function logEntry(report: RunReport, id: number, timeMs: number): FunctionLogEntry {
  const { error, stderr = new Uint8Array(0) } = report;
  const isTruncated = stderr.length > MAX_STDERR_BYTES;
  return {
    id,
    time: new Date(timeMs).toISOString(),
    function: report.route ?? "",
    request_id: report.requestId,
    method: report.method,
    path: report.path,
    status: report.status,
    run_ms: report.runMs === undefined ? undefined : Math.round(report.runMs * 1000) / 1000,
    run_path: report.runPath,
    fuel: report.fuel,
    code: error?.code,
    message: error?.message,
    reason: report.reason,
    stderr: stderr.length === 0
      ? undefined
      : DECODER.decode(isTruncated ? stderr.subarray(0, MAX_STDERR_BYTES) : stderr),
    truncated: isTruncated ? true : undefined,
  };
}

/** Reads a file's lines; what is no entry, such as a line that a full disk cut off, is passed over. */
export function parseEntries(text: string): FunctionLogEntry[] {
  const entries: FunctionLogEntry[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    try {
      const entry = JSON.parse(line);
      if (Number.isSafeInteger(entry?.id)) entries.push(entry);
    } catch {
      // A line that was not written to its end.
    }
  }
  return entries;
}
