import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { type SkerryError, skerryError } from "../../errors.ts";
import type { RouteSpec } from "./route_spec.ts";

/**
 * Whether a row that came through the API may be kept: it must not get at files of the host that the operator did not
 * give to functions (RATIONALE: "What may a row of the route table reach?").
 *
 * @param folder The functions folder.
 * @returns `invalid_config`, or undefined if it may.
 */
export async function checkReach(
  key: string,
  { runtime, module, config }: RouteSpec,
  folder: string,
): Promise<SkerryError | undefined> {
  const refuse = (found: string) => {
    const message = `Cannot put ${key}: ${found}; only the table itself may say so`;
    return skerryError("invalid_config", message, { key });
  };
  if (config.mounts.length > 0) return refuse("it mounts directories of the host");
  // Native calls have a list of their own of what may be called.
  if (runtime === "native" || await isWithin(module, folder)) return undefined;
  return refuse("its module is not in the functions folder");
}

async function isWithin(module: string, folder: string): Promise<boolean> {
  const root = resolve(folder);
  const path = resolve(root, module);
  if (!path.startsWith(root + sep)) return false;
  const [realRoot, realPath] = await Promise.all([root, path].map(realOrSame));
  return realPath === path || realPath!.startsWith(realRoot + sep);
}

/** What is not there yet leads nowhere else. */
function realOrSame(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
