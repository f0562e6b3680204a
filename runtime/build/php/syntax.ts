import { BufferSink, BufferSource } from "../../isolate/buffers.ts";
import type { CompiledModule } from "../../isolate/prepare.ts";
import { programMounts } from "../../isolate/program_files.ts";
import { runOnce } from "../../isolate/run_once.ts";
import type { WasiHostOptions } from "../../wasi/host.ts";
import { encodeStrings } from "../../wasi/string_block.ts";
import type { Diagnostic } from "../language.ts";
import { SETTING_ARGS } from "./settings.ts";

/** What compiling a source may use. */
const FUEL = 20_000_000_000;
const TIMEOUT_MS = 10_000;
const MAX_MESSAGE_BYTES = 64 * 1024;

/** What PHP says of a source without running it. */
export interface SyntaxReport {
  readonly isValid: boolean;
  /** PHP's messages, of which those that are no errors may come with a valid source, too. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Has PHP compile a source, as `php -l` does.
 *
 * @param path The source's guest path.
 * @param fileName What messages call it instead.
 */
export function checkSyntax(
  php: CompiledModule,
  system: WasiHostOptions,
  source: { readonly path: string; readonly fileName: string; readonly bytes: Uint8Array },
): SyntaxReport {
  const stderr = new BufferSink("drop");
  stderr.restart(MAX_MESSAGE_BYTES);
  const io = {
    args: () => encodeStrings(["php-cgi", ...SETTING_ARGS, "-l", source.path]),
    environ: () => encodeStrings([]),
    stdin: new BufferSource(),
    stdout: new BufferSink("drop"),
    stderr,
  };
  const budget = {
    fuel: FUEL,
    deadlineMs: system.clock.nowMs() + TIMEOUT_MS,
    hostCalls: Infinity,
    inlinePages: -1,
  };
  const mounts = programMounts({ [source.path]: source.bytes });
  const { outcome } = runOnce(php, "_start", io, budget, { ...system, mounts });
  const messages = new TextDecoder().decode(stderr.take()).replaceAll(source.path, source.fileName);
  const text = messages || (outcome.kind === "ok" ? "" : `compiling it ended with ${outcome.kind}`);
  return { isValid: outcome.kind === "ok", text, diagnostics: parseMessages(messages, source) };
}

/** `PHP Parse error:  syntax error, … in x.php on line 3`. */
const MESSAGE = /^PHP (?<level>[A-Z][a-z ]+): {2}(?<message>.*) in .* on line (?<line>\d+)$/gm;

function parseMessages(text: string, { fileName }: { readonly fileName: string }): Diagnostic[] {
  return Array.from(text.matchAll(MESSAGE), ({ groups }) => {
    const { level, message, line } = groups!;
    const severity = level!.endsWith("error") ? "error" : "warning";
    return { severity, message: message!, file: fileName, line: Number(line) };
  });
}
