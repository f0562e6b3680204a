import type { MountGrant } from "../isolate/mount_grant.ts";
import type { ConfigTable } from "./config_table.ts";

/**
 * Reads `[[mounts]]`, and wasm-workers-server's `[[folders]]`. Host paths stay as they are written. A mount
 * is read-only unless it says otherwise; a folder can be written to, as in wasm-workers-server.
 */
export function readMounts(root: ConfigTable): MountGrant[] {
  const mounts = root.tables("mounts").map((table) => {
    const grant = readGrant(table, "host", "guest");
    const isReadOnly = table.boolean("read_only") ?? true;
    table.finish();
    return { ...grant, isReadOnly };
  });
  const folders = root.tables("folders").map((table) => {
    const grant = readGrant(table, "from", "to");
    table.finish();
    return { ...grant, isReadOnly: false };
  });
  return [...mounts, ...folders];
}

function readGrant(table: ConfigTable, host: string, guest: string) {
  return { hostPath: requiredPath(table, host), guestPath: requiredPath(table, guest) };
}

function requiredPath(table: ConfigTable, key: string): string {
  const isMissing = !table.has(key);
  const path = table.string(key) ?? "";
  if (isMissing) table.note(key, "is missing");
  // A NUL would end the path for the operating system.
  else if (path.includes("\0")) table.note(key, "must not contain NUL");
  return path;
}
