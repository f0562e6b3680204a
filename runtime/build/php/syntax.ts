import type { Diagnostic } from "../language.ts";

/** What PHP says of a source without running it. */
export interface SyntaxReport {
  readonly isValid: boolean;
  /** PHP's messages, of which those that are no errors may come with a valid source, too. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** `PHP Parse error:  syntax error, … in x.php on line 3`. */
const MESSAGE = /^PHP (?<level>[A-Z][a-z ]+): {2}(?<message>.*) in .* on line (?<line>\d+)$/gm;

/** Reads what PHP logs. */
export function parseMessages(text: string, fileName: string): Diagnostic[] {
  return Array.from(text.matchAll(MESSAGE), ({ groups }) => {
    const { level, message, line } = groups!;
    const severity = level!.endsWith("error") ? "error" : "warning";
    return { severity, message: message!, file: fileName, line: Number(line) };
  });
}
