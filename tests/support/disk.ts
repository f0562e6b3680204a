import type { Runtime } from "./server.ts";

/** The same server with a disk of its own at a folder, which only its process sees: in memory, with these mount options. */
export function withDisk({ name, command }: Runtime, folder: string, options: string): Runtime {
  const mount = `mount -t tmpfs -o ${options} skerry "$0" && exec "$@"`;
  return {
    name: `${name}, with a disk of its own`,
    command: ["unshare", "-rm", "sh", "-c", mount, folder, ...command],
  };
}

/** Whether a process may mount a disk of its own here. */
export function canMount(): boolean {
  const mount = ["-rm", "mount", "-t", "tmpfs", "skerry", "/tmp"];
  try {
    return new Deno.Command("unshare", { args: mount, stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
