import { MemoryFileSystem } from "../../wasi/filesystem/memory_file_system.ts";
import type { Mount } from "../../wasi/filesystem/mount.ts";
import { CoordCaller, type PostCall } from "./coord_caller.ts";
import type { CoordGrant } from "./coord_grant.ts";
import { LockDirectory } from "./lock_directory.ts";
import { LogDirectory } from "./log_directory.ts";

const LOCKS = "/locks";
const LOGS = "/logs";

/** `/locks` and `/logs` of one isolate. They must come before all other mounts, where {@linkcode coordPlaces} were. */
export function coordMounts({ locks, logs }: CoordGrant, post: PostCall): Mount[] {
  const caller = new CoordCaller(post);
  const attach: Mount["attach"] = (run) => caller.attach(run);
  const lockRoot = new LockDirectory(caller, locks);
  const logRoot = new LogDirectory(caller, logs);
  return [
    { guestPath: LOCKS, root: lockRoot, attach, reset: () => lockRoot.reset() },
    { guestPath: LOGS, root: logRoot, attach, reset: () => {} },
  ];
}

/**
 * Empty directories for a program that is started before it is known what it is granted, and notes then which directories
 * there are, as C libraries do.
 */
export function coordPlaces(): Mount[] {
  const options = { nowNs: () => 0n, isReadOnly: true };
  return [new MemoryFileSystem(LOCKS, options), new MemoryFileSystem(LOGS, options)];
}
