import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../tests/support/folder.ts";
import { errorOf, valueOf } from "../../tests/support/results.ts";
import {
  importToolchain,
  packageMissing,
  toolchainFile,
  toolchainPackage,
} from "./toolchain_package.ts";

const ABSENT = { name: "skerry-absent-toolchain", version: "1.2.3" };
const OFFLINE = { mayFetch: false };

Deno.test("A pinned package is imported, and its files found", async () => {
  const wabt = toolchainPackage("wabt");
  const module = await importToolchain<{ default: unknown }>(wabt, {});
  assertEquals(typeof valueOf(module).default, "function");
  const file = valueOf(toolchainFile(wabt, "package.json", {}));
  assertEquals(JSON.parse(await readFile(file, "utf8")).version, wabt.version);
});

Deno.test("Only packages that deno.json pins have a version", () => {
  assertThrows(() => toolchainPackage("left-pad"), Error, "left-pad is not pinned");
  assertThrows(() => toolchainPackage("fast-check"), Error, "not pinned");
});

Deno.test("A missing package is toolchain_missing with the command that installs it", async () => {
  const module = await importToolchain(ABSENT, OFFLINE);
  const { code, message, details } = errorOf(module);
  assertEquals(code, "toolchain_missing");
  assertEquals(details?.install, "npm install skerry-absent-toolchain@1.2.3");
  assertStringIncludes(message, "npm install skerry-absent-toolchain@1.2.3");
  assertEquals(toolchainFile(ABSENT, "package.json", OFFLINE), module);
});

Deno.test("A package in the folder of toolchains is imported from there", async () => {
  await using folder = await temporaryFolder();
  const home = join(folder.path, "node_modules", ABSENT.name);
  await mkdir(join(home, "lib"), { recursive: true });
  const manifest = { name: ABSENT.name, version: "1.2.3", type: "module", exports: "./lib/a.js" };
  await writeFile(join(home, "package.json"), JSON.stringify(manifest));
  await writeFile(join(home, "lib/a.js"), "export const answer = 42;\n");
  const places = { toolchainsFolder: folder.path, mayFetch: false };
  const module = await importToolchain<{ answer: number }>(ABSENT, places);
  assertEquals(valueOf(module).answer, 42);
  const file = toolchainFile(ABSENT, "lib/a.js", places);
  assertEquals(file, { ok: true, value: join(home, "lib/a.js") });
});

Deno.test("A package without the wanted file is as good as missing", () => {
  const file = toolchainFile(toolchainPackage("wabt"), "no-such-file.wasm", OFFLINE);
  assertEquals(errorOf(file).code, "toolchain_missing");
});

Deno.test("Files of a package that can only be imported are found in the folder of toolchains", async () => {
  await using folder = await temporaryFolder();
  const home = join(folder.path, "node_modules", ABSENT.name);
  await mkdir(home, { recursive: true });
  const manifest = { name: ABSENT.name, exports: { ".": { import: "./a.mjs" } } };
  await writeFile(join(home, "package.json"), JSON.stringify(manifest));
  const places = { toolchainsFolder: folder.path, mayFetch: false };
  const file = toolchainFile(ABSENT, "package.json", places);
  assertEquals(file, { ok: true, value: join(home, "package.json") });
});

Deno.test("Several missing packages are installed with one command", () => {
  const { details } = packageMissing(ABSENT, toolchainPackage("wabt"));
  const { version } = toolchainPackage("wabt");
  assertEquals(details?.install, `npm install skerry-absent-toolchain@1.2.3 wabt@${version}`);
});
