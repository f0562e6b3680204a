import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { assertEquals } from "@std/assert";
import { referenceText } from "../../tests/support/reference_run.ts";
import expected from "./expected.json" with { type: "json" };

const FOLDER = new URL("./", import.meta.url);

Deno.test("every program has a module and an expected answer", async () => {
  const files = await readdir(FOLDER);
  const sources = files.filter((file) => file.endsWith(".c")).sort();
  const names = Object.keys(expected).sort();
  assertEquals(sources, names.map((name) => `${name}.c`));
  assertEquals(
    files.filter((file) => file.endsWith(".wasm")).sort(),
    names.map((n) => `${n}.wasm`),
  );
});

for (const [name, answer] of Object.entries(expected)) {
  Deno.test(`${name} prints its expected answer`, async () => {
    const bytes = new Uint8Array(await readFile(new URL(`${name}.wasm`, FOLDER)));
    assertEquals(await referenceText(bytes), answer);
  });
}

Deno.test("the expected SHA-256 is that of another implementation", () => {
  const message = Uint8Array.from({ length: 16 * 1024 * 1024 }, (_, index) => index % 251);
  assertEquals(expected.sha256, `${createHash("sha256").update(message).digest("hex")}\n`);
});
