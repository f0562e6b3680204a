import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  importToolchain,
  toolchainFile,
  type ToolchainPackage,
  toolchainPackage,
} from "../../runtime/build/toolchain_package.ts";
import { valueOf } from "./results.ts";

/** Has toolchains' packages stand where `npm install --prefix` would put them: those that Deno fetched. */
export async function linkToolchains(data: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const wanted = toolchainPackage(name);
    const manifest = await manifestOf(wanted);
    const path = join(data, "toolchains/node_modules", name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(dirname(manifest), path);
  }
}

async function manifestOf(wanted: ToolchainPackage): Promise<string> {
  const found = toolchainFile(wanted, "package.json", {});
  if (found.ok) return found.value;
  // Deno fetches it on the way.
  await importToolchain(wanted, {});
  return valueOf(toolchainFile(wanted, "package.json", {}));
}
