import type { EngineName } from "./artifact.ts";

/**
 * Files that a configuration can grant and functions of an engine would never see: a memory image knows the
 * directories that were there when it was taken, and QuickJS knows none.
 */
export const UNSEEN_GRANTS: Readonly<Record<EngineName, readonly ("mounts" | "coord")[]>> = {
  python: ["mounts"],
  quickjs: ["mounts", "coord"],
  php: [],
};
