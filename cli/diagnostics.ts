import type { Diagnostic } from "../runtime/build/language.ts";
import { printable, printableLines } from "./printable.ts";
import { type Paint, plainPaint, type Tone } from "./terminal.ts";

/** The source that a compiler speaks of, as it is here. */
export interface SourceHere {
  /** What the server calls it. */
  readonly serverFile: string;
  /** What the user calls it. */
  readonly path: string;
  readonly text: string;
}

const TONES: Readonly<Record<Diagnostic["severity"], Tone>> = {
  error: "bad",
  warning: "busy",
  note: "faint",
};

/**
 * A compiler's messages as compilers show them: `file:line:column: severity: message`, each with the line of the source that it
 * is about. Files are named as the user knows them.
 */
export function diagnosticLines(
  diagnostics: readonly Diagnostic[],
  source: SourceHere | undefined,
  paint: Paint = plainPaint,
): string[] {
  return diagnostics.flatMap((diagnostic) => {
    const isHere = source !== undefined && diagnostic.file === source.serverFile;
    const excerpt = isHere ? excerptLines(diagnostic, source.text) : [];
    return [headLine(diagnostic, isHere ? source.path : diagnostic.file, paint), ...excerpt];
  });
}

function headLine(
  { severity, message, line, column }: Diagnostic,
  file: string | undefined,
  paint: Paint,
): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  const [first = "", ...more] = printableLines(message);
  const words = [`${paint(`${severity}:`, TONES[severity] ?? "strong")} ${first}`, ...more];
  const text = words.join("\n    ");
  return place === "" ? text : `${paint(`${printable(place)}:`, "strong")} ${text}`;
}

const MAX_EXCERPT = 160;

/** The line a message is about, and a mark below its column. */
function excerptLines({ line, column }: Diagnostic, text: string): string[] {
  const found = line === undefined ? undefined : text.split(/\r?\n/, line)[line - 1];
  if (found === undefined || found.trim() === "" || found.length > MAX_EXCERPT) return [];
  const margin = `${String(line).padStart(5)} | `;
  const shown = margin + printable(found.replaceAll("\t", " "));
  if (column === undefined || column > found.length + 1) return [shown];
  return [shown, `${" ".repeat(margin.length - 2)}| ${" ".repeat(column - 1)}^`];
}
