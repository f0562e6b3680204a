import type { Snapshot } from "./snapshot.ts";

/**
 * What a module is run with besides a request: how an interpreter becomes one certain function. Plain data,
 * the same for every run, so that it can be stored and posted between threads.
 */
export interface Program {
  /** Arguments after `argv[0]` and before those of the request, e.g. `["-I", "/app/main.py"]`. */
  readonly args: readonly string[];
  /** Variables besides those of the request, e.g. `SCRIPT_FILENAME`; these come first. @default none */
  readonly environ?: Readonly<Record<string, string>>;
  /** Read-only files every run finds, by absolute guest path, e.g. `/app/main.py`. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /**
   * Whether it takes the variable `SKERRY_AUTHORIZATION` out of the environment, which it then is given: for its
   * handler's request, whose header it is. @default false
   */
  readonly takesAuthorization?: boolean;
  /** What memory instances start from. @default what the module itself initialises */
  readonly snapshot?: Snapshot;
}
