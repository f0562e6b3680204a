import { compileModule } from "../../runtime/isolate/prepare.ts";
import { DEFAULT_LIMITS } from "../../runtime/isolate/limits.ts";
import type { IsolateBudget } from "../../runtime/isolate/isolate.ts";
import type { PreparedModule } from "../../runtime/isolate/prepared_module.ts";
import type { RunInput } from "../../runtime/isolate/run_input.ts";
import type { WasiHostOptions } from "../../runtime/wasi/host.ts";
import { encodeStrings } from "../../runtime/wasi/string_block.ts";

/** A system that answers the same in every run: frozen clocks, constant "randomness", no waiting. */
export function deterministicSystem(): WasiHostOptions {
  return {
    clock: { realtimeNs: () => 1_000_000_000n, monotonicNs: () => 5_000n, nowMs: () => 5 },
    random: (target) => target.fill(7),
  };
}

/** Compiles a guest on this thread; fails if it is refused. */
export async function prepareGuest(
  bytes: Uint8Array<ArrayBuffer>,
  memoryPages = 256,
): Promise<PreparedModule> {
  const compiled = await compileModule(bytes, { memoryPages }, deterministicSystem());
  if (!compiled.ok) throw new Error(compiled.error.message);
  return { id: ++lastId, ...compiled.value };
}
let lastId = 0;

/** What a run sees: one argument, one variable, a short body. */
export const INPUT: RunInput = {
  args: () => encodeStrings(["/guest"]),
  environ: () => encodeStrings(["REQUEST_METHOD=GET"]),
  stdin: new TextEncoder().encode("a body"),
};

/** The pool's bounds, with little fuel, so that what only fuel ends ends soon. */
export const POOL_BUDGET: IsolateBudget = {
  fuel: 5_000_000,
  deadlineMs: Infinity,
  hostCalls: Infinity,
  inlinePages: -1,
  stdoutBytes: DEFAULT_LIMITS.stdoutBytes,
  stderrBytes: DEFAULT_LIMITS.stderrBytes,
};
