import { readFile } from "node:fs/promises";
import { assertEquals } from "@std/assert";
import { bundlePrelude, PRELUDE_FILE } from "./build_prelude.ts";

Deno.test("the committed prelude of JavaScript equals a fresh bundle of its sources", async () => {
  assertEquals(await readFile(PRELUDE_FILE, "utf8"), await bundlePrelude());
});
