import { assertEquals } from "@std/assert";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../../tests/support/folder.ts";
import { errorOf } from "../../../tests/support/results.ts";
import { skerryError } from "../../errors.ts";
import { err, ok } from "../../result.ts";
import { GoCache } from "./go_cache.ts";

/** A cache whose library is one file, and how often that was compiled. */
async function setUp(maxBytes?: number) {
  const parent = await temporaryFolder();
  const folder = join(parent.path, "go1.26.8");
  let compiled = 0;
  const compile = async () => {
    compiled++;
    await mkdir(join(folder, "ab"), { recursive: true });
    await writeFile(join(folder, "ab", "library"), new Uint8Array(1000));
    return ok(undefined);
  };
  const open = () => new GoCache({ folder, maxBytes });
  return { parent, folder, open, compile, compiled: () => compiled };
}

Deno.test("Go's library is compiled once, also for the next server", async () => {
  const { parent, open, compile, compiled } = await setUp();
  await using _ = parent;
  const cache = open();
  for (let i = 0; i < 3; i++) await cache.prepare(compile);
  await open().prepare(compile);
  assertEquals(compiled(), 1);
});

Deno.test("A library that did not compile is tried again, with what there is of it", async () => {
  const { parent, folder, open, compile, compiled } = await setUp();
  await using _ = parent;
  const cache = open();
  const failing = async () => {
    await writeFile(join(folder, "part"), "");
    return err(skerryError("build_failed", "too slow"));
  };
  assertEquals(errorOf(await cache.prepare(failing)).message, "too slow");
  assertEquals((await cache.prepare(compile)).ok, true);
  assertEquals([compiled(), (await readdir(folder)).includes("part")], [1, true]);
});

Deno.test("A cache that grew over its limit begins anew", async () => {
  const { parent, folder, open, compile, compiled } = await setUp(5000);
  await using _ = parent;
  const cache = open();
  await cache.prepare(compile);
  await writeFile(join(folder, "ab", "of-sources"), new Uint8Array(5000));
  for (let i = 0; i < 20; i++) await cache.prepare(compile);
  assertEquals(compiled(), 2);
  assertEquals(await readdir(join(folder, "ab")), ["library"]);
  assertEquals(await readdir(parent.path), ["go1.26.8"]);
});
