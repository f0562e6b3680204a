import type { Limits } from "../isolate/limits.ts";
import type { Outcome, RunResult } from "../isolate/outcome.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import type { RunInput } from "../isolate/run_input.ts";
import type { StringBlock } from "../wasi/run_io.ts";
import type { ControlWords } from "./control.ts";
import type { Ticket } from "./ticket.ts";
import type { ImportInfo, ModuleInfo } from "../wasm/module_info.ts";

/** From the server's thread to a worker. */
export type ToWorker =
  | { readonly type: "control"; readonly control: ControlWords }
  | TargetMessage
  | { readonly type: "forget"; readonly targetId: number }
  | { readonly type: "resume"; readonly nextSequence: number }
  | { readonly type: "runs"; readonly runs: readonly RunMessage[] };

/** What later runs name by `targetId`. */
export interface TargetMessage {
  readonly type: "target";
  readonly targetId: number;
  readonly prepared: PreparedModule;
  readonly handler: string;
  readonly limits: Limits;
}

/** One run. `buffer` holds arguments, environment and body, one after another, and is transferred. */
export interface RunMessage {
  readonly jobId: number;
  /** Its place in the order of the worker's runs. */
  readonly sequence: number;
  readonly targetId: number;
  readonly buffer: ArrayBuffer;
  readonly argsBytes: number;
  readonly argsCount: number;
  readonly environBytes: number;
  readonly environCount: number;
}

/** One result on its way back. `buffer` holds standard output, then standard error, and is transferred. */
export interface DoneMessage {
  readonly jobId: number;
  readonly outcome: Outcome;
  readonly fuel: number;
  readonly memoryPages: number;
  readonly buffer: ArrayBuffer;
  readonly stdoutBytes: number;
  /** How long the run took on its own thread. */
  readonly runMs: number;
}

const NO_STRINGS: StringBlock = { bytes: new Uint8Array(0), count: 0 };

/** Packs a run for a worker. Blocks the module does not import are not even made. */
export function packRun(
  { id, sequence }: Pick<Ticket, "id" | "sequence">,
  targetId: number,
  { imports }: ModuleInfo,
  input: RunInput,
): RunMessage {
  const args = isImported(imports, "args_get") ? input.args() : NO_STRINGS;
  const environ = isImported(imports, "environ_get") ? input.environ() : NO_STRINGS;
  const bytes = new Uint8Array(args.bytes.length + environ.bytes.length + input.stdin.length);
  bytes.set(args.bytes, 0);
  bytes.set(environ.bytes, args.bytes.length);
  bytes.set(input.stdin, args.bytes.length + environ.bytes.length);
  return {
    jobId: id,
    sequence,
    targetId,
    buffer: bytes.buffer,
    argsBytes: args.bytes.length,
    argsCount: args.count,
    environBytes: environ.bytes.length,
    environCount: environ.count,
  };
}

function isImported(imports: readonly ImportInfo[], name: string): boolean {
  return imports.some((each) => each.name === name);
}

/** What {@linkcode packRun} packed, as views of the same buffer. */
export function unpackInput(message: RunMessage): RunInput {
  const { buffer, argsBytes, environBytes } = message;
  return {
    args: () => ({ bytes: new Uint8Array(buffer, 0, argsBytes), count: message.argsCount }),
    environ: () => ({
      bytes: new Uint8Array(buffer, argsBytes, environBytes),
      count: message.environCount,
    }),
    stdin: new Uint8Array(buffer, argsBytes + environBytes),
  };
}

/** Packs a result for the way back. */
export function packResult(jobId: number, result: RunResult, runMs: number): DoneMessage {
  const { stdout, stderr } = result;
  const bytes = new Uint8Array(stdout.length + stderr.length);
  bytes.set(stdout, 0);
  bytes.set(stderr, stdout.length);
  return {
    jobId,
    outcome: result.outcome,
    fuel: result.fuel,
    memoryPages: result.memoryPages,
    buffer: bytes.buffer,
    stdoutBytes: stdout.length,
    runMs,
  };
}

/** What {@linkcode packResult} packed. */
export function unpackResult(message: DoneMessage): RunResult {
  return {
    outcome: message.outcome,
    stdout: new Uint8Array(message.buffer, 0, message.stdoutBytes),
    stderr: new Uint8Array(message.buffer, message.stdoutBytes),
    fuel: message.fuel,
    memoryPages: message.memoryPages,
  };
}
