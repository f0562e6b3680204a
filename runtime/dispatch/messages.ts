import type { CallCell, CoordCall } from "../coord/guest/coord_call.ts";
import type { CoordGrant } from "../coord/guest/coord_grant.ts";
import type { Limits } from "../isolate/limits.ts";
import type { MountGrant } from "../isolate/mount_grant.ts";
import type { Outcome, RunResult } from "../isolate/outcome.ts";
import type { PreparedModule } from "../isolate/prepared_module.ts";
import type { RunInput } from "../isolate/run_input.ts";
import type { StringBlock } from "../wasi/run_io.ts";
import type { ControlWords } from "./control.ts";
import type { PackedProgram } from "./packed_program.ts";
import type { Ticket } from "./ticket.ts";
import type { WorkerSample } from "./worker_load.ts";
import type { ImportInfo, ModuleInfo } from "../wasm/module_info.ts";

/** From the server's thread to a worker. */
export type ToWorker =
  | { readonly type: "control"; readonly control: ControlWords }
  | TargetMessage
  | { readonly type: "forget"; readonly targetId: number }
  | { readonly type: "resume"; readonly nextSequence: number }
  | { readonly type: "measure" }
  | { readonly type: "runs"; readonly runs: readonly RunMessage[] };

/** What later runs name by `targetId`. */
export interface TargetMessage {
  readonly type: "target";
  readonly targetId: number;
  readonly prepared: PreparedModule;
  readonly handler: string;
  readonly limits: Limits;
  readonly mounts: readonly MountGrant[];
  readonly coord?: CoordGrant;
  readonly program?: PackedProgram;
}

/** One run. `buffer` holds arguments, environment and body, one after another, and is transferred. */
export interface RunMessage {
  readonly jobId: number;
  /** Its place in the order of the worker's runs. */
  readonly sequence: number;
  /** How long it is expected to run, milliseconds; Infinity if its target has not run before. */
  readonly expectedMs: number;
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
/** The sizes alone tell something, too. */
const ARGS_CALLS = ["args_get", "args_sizes_get"];
const ENVIRON_CALLS = ["environ_get", "environ_sizes_get"];

/** Which blocks a module can ask for; the same for all of its runs. */
export interface InputNeeds {
  readonly args: boolean;
  readonly environ: boolean;
}

/** Finds out what a module can ask for. */
export function inputNeeds({ imports }: ModuleInfo): InputNeeds {
  return { args: importsAny(imports, ARGS_CALLS), environ: importsAny(imports, ENVIRON_CALLS) };
}

function importsAny(imports: readonly ImportInfo[], names: readonly string[]): boolean {
  return imports.some((each) => names.includes(each.name));
}

/** A run that ended by a fault of Skerry's own: what was thrown, with its stack, for the log. */
export interface FailedMessage {
  readonly jobId: number;
  readonly failure: string;
}

/** What a worker says of one run. */
export type RunAnswer = DoneMessage | FailedMessage;

/** What a run asks of the server's thread. Where there is a cell, it waits for the answer there. */
export interface CallMessage {
  readonly type: "call";
  readonly jobId: number;
  readonly call: CoordCall;
  readonly cell?: CallCell;
}

/**
 * What a worker posts: answers, none of them when it has come up, a call of the run it is in, or a sample of itself if it
 * was asked.
 */
export type FromWorker = readonly RunAnswer[] | CallMessage | WorkerSample;

/** Packs a run for a worker. Blocks the module cannot ask for are not even made. */
export function packRun(
  { id, sequence, expectedMs }: Pick<Ticket, "id" | "sequence" | "expectedMs">,
  targetId: number,
  needs: InputNeeds,
  input: RunInput,
): RunMessage {
  const args = needs.args ? input.args() : NO_STRINGS;
  const environ = needs.environ ? input.environ() : NO_STRINGS;
  const bytes = new Uint8Array(args.bytes.length + environ.bytes.length + input.stdin.length);
  bytes.set(args.bytes, 0);
  bytes.set(environ.bytes, args.bytes.length);
  bytes.set(input.stdin, args.bytes.length + environ.bytes.length);
  return {
    jobId: id,
    sequence,
    expectedMs,
    targetId,
    buffer: bytes.buffer,
    argsBytes: args.bytes.length,
    argsCount: args.count,
    environBytes: environ.bytes.length,
    environCount: environ.count,
  };
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
