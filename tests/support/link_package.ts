import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toolchainFile, type ToolchainPackage } from "../../runtime/build/toolchain_package.ts";
import { valueOf } from "./results.ts";

/** Has a package stand where npm would install it for a server with this data folder: the one that Deno fetched. */
export async function linkPackage(dataFolder: string, wanted: ToolchainPackage): Promise<void> {
  const manifest = valueOf(toolchainFile(wanted, "package.json", {}));
  const path = join(dataFolder, "toolchains/node_modules", wanted.name);
  await mkdir(dirname(path), { recursive: true });
  await symlink(dirname(manifest), path);
}
