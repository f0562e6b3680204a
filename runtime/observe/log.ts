/** How much an entry matters. */
export type LogLevel = "info" | "warn" | "error";

/** Values an entry carries beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes the server's log. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Options of {@linkcode createLog}. */
export interface LogOptions {
  /** Takes one line, without its line feed. */
  readonly writeLine: (line: string) => void;
  /** `pretty` for people, `json` (one object a line) for machines. */
  readonly format: "pretty" | "json";
  /** Colours in the pretty format. @default false */
  readonly useColour?: boolean;
  /** @default the system's clock */
  readonly now?: () => Date;
}

const COLOURS: Readonly<Record<LogLevel, string>> = {
  info: "\x1b[2m",
  warn: "\x1b[33m",
  error: "\x1b[31m",
};

/**
 * Makes a log. Line feeds and control characters in what a function wrote cannot forge entries: both
 * formats escape them.
 *
 * @example
 * ```ts
 * import { createLog } from "./log.ts";
 *
 * const log = createLog({ writeLine: console.error, format: "pretty" });
 * log.info("Started", { port: 8080 });
 * ```
 */
export function createLog(options: LogOptions): Log {
  const now = options.now ?? (() => new Date());
  const format = options.format === "json" ? jsonLine : prettyLine;
  const write = (level: LogLevel, message: string, fields: LogFields = {}) =>
    options.writeLine(format(now(), level, message, fields, options.useColour ?? false));
  return {
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
  };
}

function jsonLine(time: Date, level: LogLevel, message: string, fields: LogFields): string {
  // JSON itself lets those above U+007E stand.
  return escapeControls(JSON.stringify({ ...fields, time: time.toISOString(), level, message }));
}

function prettyLine(
  time: Date,
  level: LogLevel,
  message: string,
  fields: LogFields,
  useColour: boolean,
): string {
  const values = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${plainOrQuoted(String(value))}`);
  const head = `${time.toISOString().slice(11, 23)} ${level.padEnd(5)}`;
  const line = `${escapeControls(message)}${values.join("")}`;
  return useColour ? `${COLOURS[level]}${head}\x1b[0m ${line}` : `${head} ${line}`;
}

function plainOrQuoted(value: string): string {
  return /^[\w./:@+-]+$/.test(value) ? value : escapeControls(JSON.stringify(value));
}

/** Control characters, and line and paragraph separators. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/gu;

function escapeControls(text: string): string {
  return text.replace(
    CONTROLS,
    (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
