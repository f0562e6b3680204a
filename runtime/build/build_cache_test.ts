import { assertEquals } from "@std/assert";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../tests/support/folder.ts";
import type { Artifact } from "./artifact.ts";
import { BuildCache } from "./build_cache.ts";

function page(length: number): Artifact {
  return { kind: "static", contentType: "text/html", body: new Uint8Array(length).fill(7) };
}

Deno.test("What was put is got, also by another cache on the same folder", async () => {
  await using folder = await temporaryFolder();
  const place = { folder: join(folder.path, "builds") };
  await new BuildCache(place).put("ab", page(10));
  assertEquals(await new BuildCache(place).get("ab"), page(10));
  assertEquals(await new BuildCache(place).get("cd"), undefined);
  assertEquals(await readdir(place.folder), ["ab"]);
});

Deno.test("A corrupt entry is ignored and removed, wherever the damage is", async () => {
  await using folder = await temporaryFolder();
  const cache = new BuildCache({ folder: folder.path });
  await cache.put("ab", page(10));
  const good = await readFile(join(folder.path, "ab"));
  for (let at = 0; at < good.length; at++) {
    const bad = new Uint8Array(good);
    bad[at]! ^= 1;
    await writeFile(join(folder.path, "ab"), bad);
    assertEquals(await cache.get("ab"), undefined);
    assertEquals(await readdir(folder.path), []);
  }
  for (const length of [0, 31, 32, good.length - 1]) {
    await writeFile(join(folder.path, "ab"), good.subarray(0, length));
    assertEquals(await cache.get("ab"), undefined);
  }
});

Deno.test("Over its size the cache forgets what was not used for longest", async () => {
  await using folder = await temporaryFolder();
  const cache = new BuildCache({ folder: folder.path, maxBytes: 4000 });
  for (const key of ["a1", "a2", "a3"]) await cache.put(key, page(1000));
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  await utimes(join(folder.path, "a1"), hoursAgo(3), hoursAgo(3));
  await utimes(join(folder.path, "a2"), hoursAgo(2), hoursAgo(2));
  await utimes(join(folder.path, "a3"), hoursAgo(1), hoursAgo(1));
  assertEquals(await cache.get("a1"), page(1000));
  await cache.put("a4", page(1000));
  assertEquals((await readdir(folder.path)).sort(), ["a1", "a4"]);
});

Deno.test("A cache counts what it finds on disk, and clears what a killed server left", async () => {
  await using folder = await temporaryFolder();
  await new BuildCache({ folder: folder.path }).put("a1", page(3000));
  const partial = join(folder.path, "x.partial");
  await writeFile(partial, "half");
  await utimes(partial, 1, 1);
  const cache = new BuildCache({ folder: folder.path, maxBytes: 4000 });
  await cache.put("a2", page(2000));
  assertEquals(await readdir(folder.path), ["a2"]);
});

Deno.test("A folder that cannot be written only means that nothing is kept", async () => {
  await using folder = await temporaryFolder({ "builds": "a file" });
  const cache = new BuildCache({ folder: join(folder.path, "builds") });
  await cache.put("ab", page(10));
  assertEquals(await cache.get("ab"), undefined);
  await mkdir(join(folder.path, "dir", "ab"), { recursive: true });
  const blocked = new BuildCache({ folder: join(folder.path, "dir") });
  await blocked.put("ab", page(10));
  assertEquals(await readdir(join(folder.path, "dir")), ["ab"]);
});
