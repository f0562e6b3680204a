/** How much an entry matters, the least first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** How much an entry matters. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Whether this names a level. */
export function isLogLevel(name: string): name is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(name);
}

/** Values an entry carries beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes the server's log. */
export interface Log {
  /** Whether entries of this level are written at the moment, for whoever would make many in vain. */
  writes(level: LogLevel): boolean;
  debug(message: string, fields?: LogFields): void;
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
  /** What matters less is not written; asked every time. @default "info" */
  readonly level?: () => LogLevel;
  /** Colours in the pretty format. @default false */
  readonly useColour?: boolean;
  /** @default the system's clock */
  readonly now?: () => Date;
}

const COLOURS: Readonly<Record<LogLevel, string>> = {
  debug: "\x1b[2m",
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
  const { level: leastLevel = () => "info" as const } = options;
  const writes = (level: LogLevel) => LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(leastLevel());
  const write = (level: LogLevel, message: string, fields: LogFields = {}) => {
    if (!writes(level)) return;
    options.writeLine(format(now(), level, message, fields, options.useColour ?? false));
  };
  return {
    writes,
    debug: (message, fields) => write("debug", message, fields),
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
