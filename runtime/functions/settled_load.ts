import { type Clock, delay } from "../clock.ts";
import { type FileStamp, isSameStamp } from "./folder_scan.ts";
import type { LoadedVersion } from "./loaded_version.ts";
import type { FunctionFiles, LoadFailure } from "./version_loader.ts";
import type { Result } from "../result.ts";

/** Stamps of a function's files. */
export interface FunctionStamps {
  readonly module: FileStamp;
  readonly config: FileStamp | undefined;
}

/** What {@linkcode loadSettled} needs. */
export interface SettledLoadOptions {
  readonly clock: Clock;
  /** The function's files, as last known; asked again before each attempt. */
  readonly files: () => FunctionFiles;
  /** The stamp of a file now. */
  readonly stamp: (file: string) => Promise<FileStamp | undefined>;
  readonly load: (files: FunctionFiles) => Promise<Result<LoadedVersion, LoadFailure>>;
  /** Whether the answer is of no use any more. */
  readonly isCancelled: () => boolean;
}

/** What was loaded, and the stamps of the files it came from. */
export interface SettledLoad {
  readonly outcome: Result<LoadedVersion, LoadFailure>;
  readonly stamps: FunctionStamps;
}

/** Files younger than this may still be being written: they are not read yet. */
const QUIET_MS = 100;
/** Files younger than this are not blamed: their writer may have paused. */
const BLAME_MS = 300;
/** After this long the newest attempt counts, whatever the files do. */
const MAX_SETTLE_MS = 5_000;
/** A file from further in the future than this has a clock of its own: its age says nothing. */
const MAX_SKEW_MS = 1_000;

/**
 * Loads a function from files that have stopped changing, so that half a copy is neither served nor
 * reported. A change that arrives meanwhile starts the load again.
 *
 * @returns undefined if the files are gone or the load was cancelled.
 */
export async function loadSettled(options: SettledLoadOptions): Promise<SettledLoad | undefined> {
  const { clock } = options;
  const deadlineMs = clock.monotonicMs() + MAX_SETTLE_MS;
  const isLate = () => clock.monotonicMs() >= deadlineMs;
  while (!options.isCancelled()) {
    const files = options.files();
    const stamps = await readStamps(files, options);
    const youngMs = QUIET_MS - ageMs(stamps, clock);
    if (youngMs > 0 && !isLate()) await delay(clock, youngMs);
    else if (stamps === undefined) return undefined;
    else {
      const outcome = await options.load(files);
      const waitMs = isLate() ? 0 : await doubtMs(outcome.ok, files, stamps, options);
      if (waitMs === 0) return { outcome, stamps };
      await delay(clock, waitMs);
    }
  }
}

/** How long to wait before the load is to be tried again; 0 if it stands. */
async function doubtMs(
  isLoaded: boolean,
  files: FunctionFiles,
  before: FunctionStamps,
  options: SettledLoadOptions,
): Promise<number> {
  const after = await readStamps(files, options);
  const isSame = after !== undefined && isSameStamp(before.module, after.module) &&
    isSameStamp(before.config, after.config);
  if (!isSame) return QUIET_MS;
  return isLoaded ? 0 : Math.max(0, BLAME_MS - ageMs(after, options.clock));
}

async function readStamps(
  { module, config }: FunctionFiles,
  { stamp }: SettledLoadOptions,
): Promise<FunctionStamps | undefined> {
  const moduleStamp = await stamp(module);
  const configStamp = config === undefined ? undefined : await stamp(config);
  const isComplete = config === undefined || configStamp !== undefined;
  if (moduleStamp === undefined || !isComplete) return undefined;
  return { module: moduleStamp, config: configStamp };
}

/** Milliseconds since the youngest of the files changed; 0 while one is missing. */
function ageMs(stamps: FunctionStamps | undefined, clock: Clock): number {
  if (stamps === undefined) return 0;
  const { module, config } = stamps;
  const changedMs = Math.max(changeTimeMs(module), config === undefined ? 0 : changeTimeMs(config));
  const age = clock.wallMs() - changedMs;
  return age < -MAX_SKEW_MS ? Infinity : age;
}

function changeTimeMs({ mtimeNs, ctimeNs }: FileStamp): number {
  return Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
}
