import { assertEquals, assertMatch } from "@std/assert";
import { copyFile, cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import denoJson from "../deno.json" with { type: "json" };
import { GUESTS } from "./guests/guests.ts";
import { temporaryFolder } from "./support/folder.ts";
import { buildBundle, nodeBinary, run } from "./support/runtimes.ts";
import { ROOT, startServer } from "./support/server.ts";

Deno.test("The package and the source have the same version and licence", () => {
  assertEquals(packageJson.version, denoJson.version);
  assertEquals(packageJson.license, denoJson.license);
});

const C_CLIENT = "runtime/native/client_library";

Deno.test("The packed package, installed into an empty folder, serves and runs", async () => {
  await using build = await temporaryFolder();
  await using home = await temporaryFolder({ "functions/exit.wasm": await GUESTS.exit0() });
  await mkdir(join(build.path, "dist"));
  await buildBundle(join(build.path, "dist"));
  await copyFile(join(ROOT, "package.json"), join(build.path, "package.json"));
  await cp(join(ROOT, C_CLIENT), join(build.path, C_CLIENT), { recursive: true });
  await run("npm", ["pack", "--silent", "--pack-destination", home.path], { cwd: build.path });
  const tarball = join(home.path, `skerry-${packageJson.version}.tgz`);
  await run("npm", [
    "install",
    "--silent",
    "--no-audit",
    "--no-fund",
    "--prefix",
    home.path,
    tarball,
  ]);

  // npx would start it with whatever node it finds first; Skerry wants 22 or later.
  const skerry = [await nodeBinary(24), join(home.path, "node_modules/.bin/skerry")];
  const version = await run(skerry[0]!, [skerry[1]!, "--version"]);
  assertEquals(version.trim(), packageJson.version);
  const module = join(home.path, "functions/exit.wasm");
  assertEquals(await run(skerry[0]!, [skerry[1]!, "run", module]), "before\n");

  await run("make", ["-C", join(home.path, "node_modules/skerry", C_CLIENT)]);

  await using server = await startServer(join(home.path, "functions"), {
    runtime: { name: "the installed package", command: skerry },
  });
  const response = await fetch(`${server.url}/exit`);
  assertEquals([response.status, await response.text()], [200, "before\n"]);
  assertMatch(server.output(), /\/exit +exit\.wasm/);
});
