import process from "node:process";
import type { PoolSettings } from "../../runtime/dispatch/pool_settings.ts";
import type { Log } from "../../runtime/observe/log.ts";
import type { Result } from "../../runtime/result.ts";
import type { LayeredSettings } from "../settings/layers.ts";
import type { Settings } from "../settings/load_settings.ts";
import { SERVE_OPTIONS } from "./options.ts";
import type { ServeOptions } from "./read_options.ts";

/** What reading the settings again needs. */
export interface ReloadOptions {
  /** Those in force. */
  readonly settings: Settings;
  readonly load: () => Promise<Result<Settings, string>>;
  readonly read: (settings: Settings) => Result<ServeOptions, string>;
  readonly apply: (settings: PoolSettings) => void;
  readonly log: Log;
}

/** What takes effect while the server runs; everything else needs a restart, and is said to. */
const LIVE: readonly string[] = ["workers", "min-workers", "strategy", "log-requests", "log-level"];

/** Reads the settings again at every SIGHUP, until the returned function is called. */
export function reloadOnHangup(options: ReloadOptions): () => void {
  let { settings } = options;
  const onHangup = async () => settings = await reload(settings, options);
  process.on("SIGHUP", onHangup);
  return () => void process.off("SIGHUP", onHangup);
}

/** @returns The settings that are in force now */
async function reload(
  before: Settings,
  { load, read, apply, log }: ReloadOptions,
): Promise<Settings> {
  const settings = await load();
  const options = settings.ok ? read(settings.value) : settings;
  if (!settings.ok || !options.ok) {
    const reason = settings.ok ? (options as { error: string }).error : settings.error;
    log.warn(`Cannot read the settings again: ${reason}; the old ones stay`);
    return before;
  }
  const { workers, minWorkers, strategy, formula } = options.value;
  apply({ workers, minWorkers, strategy, formula });
  const changed = changedSettings(before, settings.value);
  const waiting = changed.filter((name) => !LIVE.includes(name));
  log.info("Read the settings again", { changed: changed.join(" ") || "nothing" });
  if (waiting.length > 0) log.warn(`Restart the server for ${waiting.join(", ")} to take effect`);
  return settings.value;
}

function changedSettings(before: LayeredSettings, now: LayeredSettings): string[] {
  const valueIn = ({ args }: LayeredSettings, name: string) =>
    JSON.stringify(args.values[name] ?? args.switches[name] ?? args.lists[name]);
  return Object.keys(SERVE_OPTIONS).filter((name) => valueIn(before, name) !== valueIn(now, name));
}
