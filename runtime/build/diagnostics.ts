import { type SkerryError, skerryError } from "../errors.ts";
import type { Diagnostic, Source } from "./language.ts";

/** What a compiler said, and what of it could be told apart. */
export interface CompilerMessages {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** How much of a compiler's own text goes into an error, characters; the beginning matters most. */
const MAX_TEXT_LENGTH = 8192;
const MAX_DIAGNOSTICS = 50;
const MAX_MESSAGE_LENGTH = 1000;

/** A source that its compiler refuses: the compiler's own words, and as rows for machines. */
export function compilerRefused(source: Source, messages: CompilerMessages): SkerryError {
  const text = shortened(messages.text.trim(), MAX_TEXT_LENGTH) || "the compiler gave no reason";
  return skerryError("build_failed", `Cannot build ${source.fileName}: ${text}`, {
    diagnostics: boundedDiagnostics(messages.diagnostics).map((each) => ({ ...each })),
  });
}

/** A source that breaks a limit of building. */
export function limitExceeded(
  fileName: string,
  limit: "memory" | "output" | "source" | "stack" | "time",
  found: string,
): SkerryError {
  return skerryError("build_failed", `Cannot build ${fileName}: ${found}`, { limit });
}

/** At most 50 of them, each of bounded length. */
export function boundedDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.slice(0, MAX_DIAGNOSTICS).map((each) => ({
    ...each,
    message: shortened(each.message, MAX_MESSAGE_LENGTH),
  }));
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()} …`;
}

/** `file:line:column: severity: message`, as clang, wabt and TinyGo write it; the column may be absent. */
const GNU_LINE =
  /^(?<file>[^\s:][^:\n]*):(?<line>\d+):(?:(?<column>\d+):)? (?<severity>fatal error|error|warning|note): (?<message>.*)$/;
/** `wasm-ld: error: message`: no place in a file. */
const TOOL_LINE = /^(?<tool>[\w.+-]+): (?<severity>error|warning): (?<message>.*)$/;

/** Reads messages in the form of GNU tools. */
export function parseGnuMessages(text: string): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const line of text.split("\n")) {
    const found = GNU_LINE.exec(line)?.groups ?? TOOL_LINE.exec(line)?.groups;
    if (found !== undefined) diagnostics.push(diagnosticOf(found));
  }
  return diagnostics;
}

function diagnosticOf(found: Record<string, string | undefined>): Diagnostic {
  const severity = found.severity === "fatal error" ? "error" : found.severity;
  return {
    severity: severity as Diagnostic["severity"],
    message: found.message ?? "",
    ...found.file === undefined ? {} : { file: found.file },
    ...found.line === undefined ? {} : { line: Number(found.line) },
    ...found.column === undefined ? {} : { column: Number(found.column) },
  };
}
