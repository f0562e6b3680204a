import type { ExactTimes } from "./exact_times.ts";
import type { Quota } from "./quota.ts";
import type { TrackedFiles } from "./tracked_files.ts";

/** What the files and directories of one real directory share, for the run that has them open. */
export interface HostResources {
  readonly files: TrackedFiles;
  readonly quota: Quota;
  readonly times: ExactTimes;
}
