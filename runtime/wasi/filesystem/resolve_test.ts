import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals, assertThrows } from "@std/assert";
import { memoryMount } from "../testing_files.ts";
import type { MemoryContents } from "./memory_template.ts";
import { type Follow, resolve } from "./resolve.ts";

/**
 * Where a path leads in a directory with these contents: the name, "." for itself, or an error
 * number.
 */
function follow(contents: MemoryContents, path: string, how: Follow): string | number {
  const { root } = memoryMount(contents);
  return resolve({ spend() {} }, root, path, how, ({ name, isDirectoryWanted }) => {
    return `${name ?? "."}${isDirectoryWanted ? "/" : ""}`;
  });
}

Deno.test("a path leads to a name, which need not exist, or to a directory itself", () => {
  const contents = { d: { e: {} } };
  assertEquals(follow(contents, "new", "always"), "new");
  assertEquals(follow(contents, "d/e/new/", "always"), "new/");
  assertEquals(follow(contents, ".", "always"), "./");
  assertEquals(follow(contents, "d/e/..", "always"), "./");
  assertEquals(follow(contents, "d//./e", "always"), "e");
});

Deno.test("a final link is followed never, before a slash, or always", () => {
  const contents = { d: {}, link: "d", slashed: "d/" };
  const results = (path: string) =>
    (["never", "slash", "always"] as const).map((how) => follow(contents, path, how));
  assertEquals(results("link"), ["link", "link", "d"]);
  assertEquals(results("link/"), ["link/", "d/", "d/"]);
  assertEquals(results("slashed"), ["slashed", "slashed", "d/"]);
});

Deno.test("forty links are followed, and no more", () => {
  const chain = (length: number): MemoryContents => {
    return Object.fromEntries(Array.from({ length }, (_, i) => [`${i}`, `${i + 1}`]));
  };
  assertEquals(follow(chain(40), "0", "always"), "40");
  assertEquals(follow(chain(41), "0", "always"), wasi.ERRNO_LOOP);
});

Deno.test("a few links cannot make a path endless", () => {
  const contents = { a: `${"./".repeat(1000)}b`, b: `${"./".repeat(1000)}c`, c: "d" };
  assertEquals(follow(contents, "a", "always"), "d");
  const path = `${"./".repeat(2040)}a`;
  assertEquals(follow({ ...contents, c: `${"./".repeat(200)}d` }, path, "always"), wasi.ERRNO_LOOP);
});

Deno.test("walking is work that counts, and can be stopped", () => {
  const { root } = memoryMount();
  let units = 0;
  const meter = { spend: (more: number) => void (units += more) };
  resolve(meter, root, "./".repeat(160), "always", () => 0);
  assertEquals(units, 10);
  const stopping = {
    spend: () => {
      throw new Error("stopped");
    },
  };
  assertThrows(
    () => resolve(stopping, root, "./".repeat(160), "always", () => 0),
    Error,
    "stopped",
  );
});
