import type { Mount } from "../../wasi/filesystem/mount.ts";
import { CoordCaller, type PostCall } from "./coord_caller.ts";
import type { CoordGrant } from "./coord_grant.ts";
import { LockDirectory } from "./lock_directory.ts";
import { LogDirectory } from "./log_directory.ts";

/** `/locks` and `/logs` of one isolate, whichever it is granted anything of. */
export function coordMounts({ locks, logs }: CoordGrant, post: PostCall): Mount[] {
  const caller = new CoordCaller(post);
  const attach: Mount["attach"] = (run) => caller.attach(run);
  const mounts: Mount[] = [];
  if (locks.length > 0) {
    const root = new LockDirectory(caller, locks);
    mounts.push({ guestPath: "/locks", root, attach, reset: () => root.reset() });
  }
  if (logs.length > 0) {
    const root = new LogDirectory(caller, logs);
    mounts.push({ guestPath: "/logs", root, attach, reset: () => {} });
  }
  return mounts;
}
