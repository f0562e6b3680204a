import { type SkerryError, skerryError } from "../runtime/errors.ts";
import { isatty } from "node:tty";
import { chooseHandler } from "../runtime/isolate/handler_choice.ts";
import { type MountGrant, openMounts } from "../runtime/isolate/mount_grant.ts";
import { type CompiledModule, compileModule } from "../runtime/isolate/prepare.ts";
import { type OnceResult, runOnce } from "../runtime/isolate/run_once.ts";
import type { ThreadPort } from "../runtime/platform/platform.ts";
import { err, ok, type Result } from "../runtime/result.ts";
import type { WasiHostOptions } from "../runtime/wasi/host.ts";
import { secureRandom } from "../runtime/wasi/random.ts";
import { atomicsSleeper } from "../runtime/wasi/sleeper.ts";
import { systemClock } from "../runtime/wasi/system_clock.ts";
import { terminalIo } from "./terminal_io.ts";

/** What `skerry run` was asked for; plain data, so that it can be posted to a thread. */
export interface RunRequest {
  readonly module: ArrayBuffer;
  /** The export to call; undefined for `_start`, or `run` of a reactor. */
  readonly handler: string | undefined;
  /** `argv`, the module's name first. */
  readonly args: readonly string[];
  /** Each `NAME=value`. */
  readonly environ: readonly string[];
  readonly directories: readonly MountGrant[];
  /** Fuel units. */
  readonly fuel: number;
  /** 64 KiB pages. */
  readonly memoryPages: number;
  /** Milliseconds; `Infinity` for none. */
  readonly timeoutMs: number;
}

/** How it went: refused before it ran, or run. */
export type RunReport = Result<OnceResult & { readonly wallMs: number }, SkerryError>;

/** What the thread of a run posts when the program begins: from now on its wall clock runs. */
export const STARTED = "started";

/** Compiles and runs a module on this thread, with the standard streams passed through. */
export async function runModule(
  request: RunRequest,
  onStart: () => void = () => {},
): Promise<RunReport> {
  const system = {
    clock: systemClock,
    random: secureRandom,
    sleeper: atomicsSleeper(),
    // One module runs alone, and its owner gave it the directories: no quota, and no rename to fear.
    mounts: openMounts(request.directories, {
      maxBytes: Infinity,
      maxEntries: Infinity,
      allowUnanchored: true,
    }),
    terminals: [0, 1, 2].filter(isatty),
  };
  const compiled = await compileModule(new Uint8Array(request.module), request, system);
  if (!compiled.ok) return compiled;
  // One run alone gains nothing from an initialiser, so the module is run as if it had none.
  const info = { ...compiled.value.info, initialiser: undefined };
  const handler = chooseHandler(info, request.handler, request.args[0]!);
  if (!handler.ok) return handler;
  onStart();
  return runCompiled(compiled.value, handler.value, request, system);
}

function runCompiled(
  compiled: CompiledModule,
  handler: string,
  { args, environ, fuel, timeoutMs }: RunRequest,
  system: WasiHostOptions,
): RunReport {
  const startMs = performance.now();
  const budget = {
    fuel,
    deadlineMs: startMs + timeoutMs,
    hostCalls: Infinity,
    inlinePages: -1,
  };
  try {
    const result = runOnce(compiled, handler, terminalIo(args, environ), budget, system);
    return ok({ ...result, wallMs: performance.now() - startMs });
  } catch (thrown) {
    // Not the program's doing: a standard stream that fails, or memory that cannot be had.
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return err(skerryError("internal_error", `Cannot go on running ${args[0]}: ${reason}`));
  }
}

/** The far end of a run on a thread of its own, where it can be ended whatever it does. */
export function serveRunThread(port: ThreadPort): void {
  const onStart = () => port.post(STARTED, []);
  port.onMessage(async (message) => port.post(await runModule(message as RunRequest, onStart), []));
}
