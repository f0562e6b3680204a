import { encodeUtf8, joinBytes } from "./encoding.ts";
import { describeError, format } from "./inspect.ts";
import { STDERR, STDOUT, write } from "./system.ts";

/** Standard output is collected: each write costs a call of the host. */
const MAX_COLLECTED = 16 * 1024;
let collected: Uint8Array[] = [];
let collectedBytes = 0;
let logFd = STDOUT;

/** What a handler prints is for its log; its answer is what it returns. */
export function logToError(): void {
  logFd = STDERR;
}

/** Writes to standard output, soon. */
export function print(bytes: Uint8Array): void {
  collected.push(bytes);
  collectedBytes += bytes.length;
  if (collectedBytes > MAX_COLLECTED) flush();
}

/** Writes what was collected. */
export function flush(): void {
  if (collectedBytes > 0) write(STDOUT, joinBytes(collected));
  collected = [];
  collectedBytes = 0;
}

/** Writes a line about an error to the function's log. */
export function logError(error: unknown): void {
  write(STDERR, encodeUtf8(`Uncaught ${describeError(error)}\n`));
}

let indent = "";
const counts = new Map<string, number>();
const startsMs = new Map<string, number>();

function writeLine(fd: number, text: string): void {
  const line = encodeUtf8((indent && indent + text.replaceAll("\n", "\n" + indent)) || text);
  const bytes = joinBytes([line, NEWLINE]);
  if (fd === STDOUT) print(bytes);
  else write(fd, bytes);
}

const NEWLINE = Uint8Array.of(10);

function log(...values: unknown[]): void {
  writeLine(logFd, format(values));
}

function warn(...values: unknown[]): void {
  writeLine(STDERR, format(values));
}

function group(...values: unknown[]): void {
  if (values.length > 0) log(...values);
  indent += "  ";
}

function elapsed(label: string): string {
  return `${label}: ${Date.now() - (startsMs.get(label) ?? Date.now())}ms`;
}

export const console = {
  log,
  info: log,
  debug: log,
  dir: (value: unknown) => log(value),
  table: (value: unknown) => log(value),
  error: warn,
  warn,
  trace: (...values: unknown[]) => warn(describeError(new Error(format(values)))),
  assert(condition: unknown, ...values: unknown[]): void {
    if (!condition) warn("Assertion failed" + (values.length > 0 ? ":" : ""), ...values);
  },
  group,
  groupCollapsed: group,
  groupEnd(): void {
    indent = indent.slice(2);
  },
  count(label = "default"): void {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    log(`${label}: ${counts.get(label)}`);
  },
  countReset: (label = "default") => void counts.delete(label),
  time: (label = "default") => void startsMs.set(label, Date.now()),
  timeLog: (label = "default", ...values: unknown[]) => log(elapsed(label), ...values),
  timeEnd(label = "default"): void {
    log(elapsed(label));
    startsMs.delete(label);
  },
};
