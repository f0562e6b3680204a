import { join } from "node:path";
import { SYSTEM_CLOCK } from "../clock.ts";
import { openCoord } from "../coord/open_coord.ts";
import type { CoordService } from "../coord/service.ts";
import { openDataFolder } from "../data/data_folder.ts";
import { type SkerryError, skerryError } from "../errors.ts";
import { type NativeService, startNative } from "../native/native_service.ts";
import { spawnZygote } from "../native/spawn_zygote.ts";
import { FunctionLogs } from "../observe/function_logs.ts";
import { logFolder } from "../observe/log_files.ts";
import type { Tracing } from "../observe/traces/tracing.ts";
import type { Platform } from "../platform/platform.ts";
import { err, ok, type Result } from "../result.ts";
import type { Lifetime } from "./lifetime.ts";
import type { ServerOptions } from "./server_options.ts";

/** What functions use or leave traces in, and what runs beside them. */
export interface Services {
  readonly functionLogs: FunctionLogs;
  readonly tracing: Tracing | undefined;
  readonly coord: CoordService;
  /** Undefined if nothing may be called natively. */
  readonly native: NativeService | undefined;
}

/** A collector that is slow keeps no server from stopping for longer. */
const LAST_SPANS_MS = 1000;

/** Opens the data folder and what is kept there, and starts native calls. */
export async function openServices(
  options: ServerOptions,
  platform: Platform,
  lifetime: Lifetime,
): Promise<Result<Services, SkerryError>> {
  const data = await openDataFolder(options.dataFolder);
  if (!data.ok) return data;
  lifetime.atEnd(() => data.value.close());
  const files = logFolder(join(options.dataFolder, "logs"));
  const functionLogs = new FunctionLogs({ files, clock: SYSTEM_CLOCK });
  lifetime.atEnd(() => functionLogs.close());
  const tracing = await startTraces(options);
  lifetime.atEnd(() => tracing?.stop(LAST_SPANS_MS));
  const coord = openCoord({
    dataFolder: data.value.path,
    lockPerLog: options.lockPerLog,
    onFailure: options.onFatal,
  });
  if (!coord.ok) return coord;
  lifetime.atEnd(() => coord.value.close());
  const native = await startNativeCalls(options, platform);
  if (!native.ok) return native;
  lifetime.atEnd(() => native.value?.stop());
  return ok({ functionLogs, tracing, coord: coord.value, native: native.value });
}

/** The libraries are loaded only where they are needed. */
async function startTraces(options: ServerOptions): Promise<Tracing | undefined> {
  const { traces, version, onTraceProblem = () => {} } = options;
  if (traces === undefined) return undefined;
  const { startTracing } = await import("../observe/traces/open_telemetry.ts");
  return startTracing(traces, { version, onProblem: onTraceProblem });
}

async function startNativeCalls(
  { native, dataFolder }: ServerOptions,
  { denoProgram }: Platform,
): Promise<Result<NativeService | undefined, SkerryError>> {
  if (native === undefined) return ok(undefined);
  const service = await startNative(native, {
    dataFolder,
    spawnZygote: () => spawnZygote(denoProgram),
  });
  return service.ok ? service : err(skerryError("invalid_config", service.error));
}
