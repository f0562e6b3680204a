import type { DirectoryNode } from "./memory_nodes.ts";
import type { Quota } from "./quota.ts";

/** What the files and directories of one tree in memory share, for the run that has them open. */
export interface MemoryResources {
  readonly quota: Quota;
  /** `st_dev` of all of them. */
  readonly device: bigint;
  readonly nowNs: () => bigint;
  /** The root of the present run. */
  readonly rootNode: DirectoryNode;
  /** A number for a new node. */
  issueIno(): bigint;
  /** Notes that there is something to undo after the run. */
  noteChange(): void;
}
