import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEquals, assertRejects } from "@std/assert";
import { buildSamples } from "./build_samples.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

Deno.test("the committed modules equal a fresh build of their sources", async () => {
  const reports = await buildSamples(ROOT, { write: false });
  assertEquals(reports.filter(({ isCurrent }) => !isCurrent).map(({ module }) => module), []);
});

Deno.test("writes a module only when told to, and then calls it current", async () => {
  const root = await mkdtemp(join(tmpdir(), "skerry-samples-"));
  try {
    for (const folder of ["functions/_src/sub", "bench/programs", "tests/guests/c"]) {
      await mkdir(join(root, folder), { recursive: true });
    }
    await writeFile(join(root, "functions/_src/sub/[id].c"), "int main(void) { return 0; }\n");
    const module = "functions/sub/[id].wasm";

    const [checked] = await buildSamples(root, { write: false });
    assertEquals([checked?.module, checked?.isCurrent], [module, false]);
    await assertRejects(() => readFile(join(root, module)));

    await buildSamples(root, { write: true });
    assertEquals((await readFile(join(root, module))).length, checked?.size);
    assertEquals((await buildSamples(root, { write: false })).map((r) => r.isCurrent), [true]);
  } finally {
    await rm(root, { recursive: true });
  }
});
