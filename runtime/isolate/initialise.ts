import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import { WasiHost, type WasiHostOptions } from "../wasi/host.ts";
import { encodeStrings } from "../wasi/string_block.ts";
import type { Initialiser, ModuleInfo } from "../wasm/module_info.ts";
import { reservedGlobal, STATE } from "../wasm/reserved.ts";
import { BufferSink, BufferSource } from "./buffers.ts";
import { entryPoints } from "./entry_points.ts";
import { execute, type RunBudget } from "./execute.ts";
import { bindHost, type Instance, instantiate } from "./instance.ts";
import type { Outcome } from "./outcome.ts";
import type { CompiledModule, Initialised } from "./prepare.ts";
import { captureSnapshot } from "./snapshot.ts";

/** Some seconds: it stands in the way of other modules that wait to be compiled. */
const DEFAULT_FUEL = 5_000_000_000;
const TIMEOUT_MS = 8000;
const NOTHING = encodeStrings([]);

/**
 * Runs a module's initialiser, if it exports one (`wizer.initialize`), and keeps what it leaves: every instance starts
 * from there. It is given nothing: no arguments, no variables, no input, no directories.
 *
 * @returns `invalid_module` if the initialiser fails, or leaves what cannot be kept.
 */
export function initialise(
  compiled: CompiledModule,
  system: WasiHostOptions,
  fuel = DEFAULT_FUEL,
): Result<Initialised<CompiledModule>, SkerryError> {
  const { initialiser } = compiled.info;
  if (initialiser === undefined) return ok(compiled);
  const refuse = (reason: string) =>
    err(skerryError("invalid_module", `Cannot initialise this module: ${reason}`));
  const unfit = unfitReason(compiled.info, initialiser);
  if (unfit !== undefined) return refuse(unfit);
  const host = new WasiHost(system);
  const instance = instantiate(compiled, host.imports);
  bindHost(host, instance, compiled.info);
  const bounds = { fuel, deadlineMs: system.clock.nowMs() + TIMEOUT_MS };
  const failure = run(instance, host, initialiser.name, bounds);
  if (failure !== undefined) return refuse(failure);
  if ((instance.state() & STATE.dirty) !== 0) {
    return refuse(`"${initialiser.name}" changes a table or a segment, which cannot be kept`);
  }
  const snapshot = captureSnapshot(instance.memories[0]!.buffer);
  return ok({
    ...compiled,
    snapshot: { ...snapshot, globals: globalValues(instance, initialiser) },
  });
}

/** What a snapshot cannot hold. */
function unfitReason(
  { memories, isRecyclable }: ModuleInfo,
  { name, heldType }: Initialiser,
): string | undefined {
  const [memory] = memories;
  if (memory === undefined || memories.length > 1) {
    return `what "${name}" leaves is kept of one memory, and the module has ${memories.length}`;
  }
  if (memory.addressType === "i64") return `what "${name}" leaves is kept of 32-bit memories`;
  if (heldType !== undefined) {
    return `what "${name}" leaves in a global of ${heldType} cannot be kept`;
  }
  if (!isRecyclable) return `what "${name}" leaves in objects cannot be kept`;
}

/** Undefined if it ended well, otherwise what it did instead. */
function run(
  instance: Instance,
  host: WasiHost,
  name: string,
  bounds: Pick<RunBudget, "fuel" | "deadlineMs">,
): string | undefined {
  const io = {
    args: () => NOTHING,
    environ: () => NOTHING,
    stdin: new BufferSource(),
    stdout: new BufferSink("drop"),
    stderr: new BufferSink("drop"),
  };
  const budget = { ...bounds, hostCalls: Infinity, inlinePages: -1 };
  const outcome = execute(instance, host, entryPoints(instance, name), io, budget);
  return outcome?.kind === "ok" ? undefined : `"${name}" ${failureText(outcome)}`;
}

function failureText(outcome: Outcome | undefined): string {
  switch (outcome?.kind) {
    case undefined:
      return "waits, which only runs can";
    case "exited":
      return `exits with code ${outcome.exitCode}`;
    case "trapped":
      return `traps: ${outcome.trap}`;
    default:
      return `ends with ${outcome!.kind}`;
  }
}

function globalValues({ exports }: Instance, { mutableGlobals }: Initialiser): (number | bigint)[] {
  return Array.from({ length: mutableGlobals }, (_, i) => {
    return (exports[reservedGlobal(i)] as WebAssembly.Global).value;
  });
}
