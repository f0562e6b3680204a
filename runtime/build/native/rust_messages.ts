import type { CompilerMessages } from "../diagnostics.ts";
import type { Diagnostic } from "../language.ts";

/** A line of `rustc --error-format=json`, as far as it matters here. */
interface RustMessage {
  readonly message: string;
  readonly level: string;
  readonly spans: readonly RustSpan[];
  /** As rustc would print it. */
  readonly rendered: string | null;
}

interface RustSpan {
  readonly file_name: string;
  readonly line_start: number;
  readonly column_start: number;
  readonly is_primary: boolean;
}

/** Reads what rustc printed. Lines that are not its messages, as of a crash of its own, stay text. */
export function parseRustMessages(output: string): CompilerMessages {
  const texts: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const line of output.split("\n")) {
    const message = parseLine(line);
    texts.push(message === undefined ? `${line}\n` : message.rendered ?? "");
    if (message !== undefined && !isSummary(message)) diagnostics.push(diagnosticOf(message));
  }
  return { text: texts.join(""), diagnostics };
}

function parseLine(line: string): RustMessage | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMessage(value: unknown): value is RustMessage {
  const { message, level, rendered, spans } = value as Partial<RustMessage>;
  return typeof message === "string" && typeof level === "string" &&
    (typeof rendered === "string" || rendered === null) &&
    Array.isArray(spans) && spans.every(isSpan);
}

function isSpan(value: unknown): value is RustSpan {
  const { file_name, line_start, column_start } = (value ?? {}) as Partial<RustSpan>;
  return typeof file_name === "string" && typeof line_start === "number" &&
    typeof column_start === "number";
}

/** "aborting due to previous error" and the like. */
function isSummary({ message, spans }: RustMessage): boolean {
  return spans.length === 0 &&
    /^(aborting due to|\d+ warnings? emitted|Some errors have|For more info)/.test(message);
}

function diagnosticOf({ message, level, spans }: RustMessage): Diagnostic {
  const severity = level.startsWith("error") ? "error" : level === "warning" ? "warning" : "note";
  const span = spans.find((each) => each.is_primary) ?? spans[0];
  if (span === undefined) return { severity, message };
  return {
    severity,
    message,
    file: span.file_name,
    line: span.line_start,
    column: span.column_start,
  };
}
