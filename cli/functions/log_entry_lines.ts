import type { FunctionLogEntry } from "../../runtime/observe/function_log_entry.ts";
import { printable, printableLines } from "../printable.ts";
import { type Paint, plainPaint } from "../terminal.ts";
import { formatMs } from "../units.ts";

/**
 * An entry of a function's log for people: a line that says when and what, then what the function wrote, indented.
 *
 * @example
 * ```ts
 * import { logEntryLines } from "./log_entry_lines.ts";
 *
 * const entry = { id: 1, time: "2026-01-01T00:00:00.000Z", function: "/hello", stderr: "hi\n" };
 * console.log(logEntryLines(entry).join("\n"));
 * ```
 */
export function logEntryLines(entry: FunctionLogEntry, paint: Paint = plainPaint): string[] {
  const { dropped = 0, stderr, truncated } = entry;
  return [
    ...dropped === 0 ? [] : [paint(`${dropped} entries before this one were lost`, "busy")],
    headLine(entry, paint),
    ...failureLines(entry, paint),
    ...stderr === undefined ? [] : indented(stderr),
    ...truncated ? [paint("  … and more, which was not kept", "faint")] : [],
  ];
}

function headLine(entry: FunctionLogEntry, paint: Paint): string {
  const { time, method = "", path = "", status, run_ms, fuel, request_id } = entry;
  const isBad = status !== undefined && status >= 500;
  return [
    paint(time, "faint"),
    status === undefined ? "" : paint(String(status), isBad ? "bad" : "good"),
    printable(`${method} ${path}`).trim(),
    run_ms === undefined ? "" : formatMs(run_ms),
    fuel === undefined ? "" : `${fuel} fuel`,
    request_id === undefined ? "" : paint(printable(request_id), "faint"),
  ].filter((part) => part !== "").join("  ");
}

function failureLines({ code, message }: FunctionLogEntry, paint: Paint): string[] {
  if (code === undefined) return [];
  const [first = "", ...more] = printableLines(message ?? "");
  return [`  ${paint(`${code}:`, "bad")} ${first}`, ...more.map((line) => `  ${line}`)];
}

function indented(text: string): string[] {
  return printableLines(text.replace(/\n$/, "")).map((line) => `  ${line}`);
}
