import { type SkerryError, skerryError } from "../errors.ts";
import { err, ok, type Result } from "../result.ts";
import type { ModuleInfo } from "../wasm/module_info.ts";
import type { MountGrant } from "./mount_grant.ts";
import type { Program } from "./program.ts";
import { placeOf, programMounts } from "./program_files.ts";
import { PAGE_BYTES, type Snapshot } from "./snapshot.ts";

/**
 * Whether a module can run a program: its snapshot fits the module's memory and the function's limit, and
 * its files have paths that no mount hides.
 *
 * @param info Of the module as it was instrumented for the function's memory limit.
 * @returns `invalid_module`, with what is wrong.
 */
export function checkProgram(
  info: ModuleInfo,
  program: Program,
  mounts: readonly MountGrant[] = [],
): Result<void, SkerryError> {
  const reason = filesReason(program.files, mounts) ??
    (program.snapshot === undefined ? undefined : snapshotReason(info, program.snapshot));
  if (reason === undefined) return ok(undefined);
  return err(skerryError("invalid_module", `Cannot run this program: ${reason}`));
}

function filesReason(
  files: Program["files"],
  mounts: readonly MountGrant[],
): string | undefined {
  for (const path of Object.keys(files)) {
    const place = placeOf(path);
    if (place === undefined) return `${JSON.stringify(path)} is not an absolute path of a file`;
    const hiding = mounts.find(({ guestPath }) => hides(guestPath, path, place.mount));
    if (hiding !== undefined) return `the mount at ${hiding.guestPath} hides its file ${path}`;
  }
  try {
    programMounts(files);
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

/** Whether a C library that looks `path` up finds this mount rather than the program's. */
function hides(guestPath: string, path: string, programMount: string): boolean {
  return path.startsWith(guestPath.replace(/\/*$/, "/")) &&
    guestPath.length >= programMount.length;
}

function snapshotReason(
  { memories, initialiser }: ModuleInfo,
  { memoryPages, extents, globals }: Snapshot,
): string | undefined {
  const [memory] = memories;
  if (memory === undefined || memories.length > 1) {
    return `a snapshot is of one memory, and the module has ${memories.length}`;
  }
  if (memory.addressType === "i64") return "a snapshot is of a memory with 32-bit addresses";
  const { initialPages, maximumPages } = memory;
  const isInRange = Number.isInteger(memoryPages) && memoryPages >= initialPages &&
    memoryPages <= maximumPages;
  if (!isInRange) {
    return `its snapshot has ${memoryPages} pages, and the memory ${initialPages} to ${maximumPages}`;
  }
  const settable = initialiser?.mutableGlobals ?? 0;
  if (globals !== undefined && globals.length !== settable) {
    return `its snapshot has ${globals.length} globals, and the module ${settable} that can be set`;
  }
  return extentsReason(extents, memoryPages * PAGE_BYTES);
}

function extentsReason(extents: Snapshot["extents"], memoryBytes: number): string | undefined {
  let end = 0;
  for (const { start, bytes } of extents) {
    if (!Number.isInteger(start) || start < end || start + bytes.length > memoryBytes) {
      return `its snapshot has bytes at ${start} that are out of order or outside its memory`;
    }
    end = start + bytes.length;
  }
}
