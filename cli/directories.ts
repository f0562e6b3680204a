import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { MountGrant } from "../runtime/isolate/mount_grant.ts";
import { err, ok, type Result } from "../runtime/result.ts";

const READ_ONLY_SUFFIX = ":ro";

/** Reads `--dir HOST::GUEST[:ro]` options. The error is a sentence for the terminal. */
export async function readDirectories(
  given: readonly string[],
): Promise<Result<MountGrant[], string>> {
  const grants = given.map(parseGrant);
  for (const { hostPath, guestPath } of grants) {
    if (guestPath === "") return err(`Option --dir needs a name after ::, found none`);
    const isDirectory = await stat(hostPath).then((found) => found.isDirectory(), () => false);
    if (!isDirectory) return err(`Cannot give ${hostPath}: there is no such directory`);
  }
  return ok(grants);
}

function parseGrant(text: string): MountGrant {
  const isReadOnly = text.endsWith(READ_ONLY_SUFFIX);
  const paths = isReadOnly ? text.slice(0, -READ_ONLY_SUFFIX.length) : text;
  const separator = paths.indexOf("::");
  const host = separator === -1 ? paths : paths.slice(0, separator);
  const guestPath = separator === -1 ? paths : paths.slice(separator + 2);
  return { hostPath: resolve(host), guestPath, isReadOnly };
}
