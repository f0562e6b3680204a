import type { StopReason } from "../wasi/stop.ts";
import { STATE } from "../wasm/reserved.ts";
import type { Outcome, TrapKind } from "./outcome.ts";
import { trapKind } from "./trap_kind.ts";

/** How a run's code came back to the host. */
export type Ending =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly thrown: unknown };

const OK: Outcome = { kind: "ok" };
const FUEL_EXHAUSTED: Outcome = { kind: "fuel_exhausted" };
const MEMORY_EXCEEDED: Outcome = { kind: "memory_exceeded" };

/**
 * Decides how a run ended. What the host and the meter recorded comes first: a module can catch or cause
 * what is thrown, but cannot undo these. Undefined means promotion: nothing has happened yet as far as anyone
 * can see, and the run starts again in the pool. Throws on what neither the module nor the engine threw: a
 * fault of Skerry's own must not pass for one of the function's.
 *
 * @param stopped Why the host ended the run, if it did.
 * @param state The bits of `skerry:state`.
 * @param ending How the module's code came back.
 */
export function classify(
  stopped: StopReason | undefined,
  state: number,
  ending: Ending,
): Outcome | undefined {
  if ((state & STATE.promote) !== 0) return undefined;
  if ((state & STATE.gcExceeded) !== 0) return MEMORY_EXCEEDED;
  if (stopped !== undefined) return fromStop(stopped, state);
  if ((state & STATE.outOfFuel) !== 0) return FUEL_EXHAUSTED;
  if (ending.kind === "threw") return fromThrown(ending.thrown, state);
  // A handler may return its exit code, as a C `int run(void)` does.
  return typeof ending.value === "number" ? fromExit(ending.value, state) : OK;
}

function fromStop(stopped: StopReason, state: number): Outcome | undefined {
  switch (stopped.kind) {
    case "exit":
      return fromExit(stopped.exitCode, state);
    case "signal":
      return trapped("signal", `signal ${stopped.signal}`);
    case "promote":
      return undefined;
    default:
      return { kind: stopped.kind };
  }
}

function fromExit(exitCode: number, state: number): Outcome {
  if (exitCode === 0) return OK;
  return ranOutOfMemory(state) ? MEMORY_EXCEEDED : { kind: "exited", exitCode };
}

function fromThrown(thrown: unknown, state: number): Outcome {
  const trap = trapKind(thrown);
  if (trap === undefined) throw thrown;
  if (ranOutOfMemory(state)) return MEMORY_EXCEEDED;
  return trapped(trap, thrown instanceof Error ? thrown.message : "exception");
}

/** A program that fails after it was refused memory failed for want of memory. */
function ranOutOfMemory(state: number): boolean {
  return (state & STATE.growDenied) !== 0;
}

function trapped(trap: TrapKind, message: string): Outcome {
  return { kind: "trapped", trap, message };
}
