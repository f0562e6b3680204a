import { assert, assertEquals, assertRejects } from "@std/assert";
import { compileC } from "./clang.ts";

const RETURNS_THREE = "int main(void) { return 3; }";

Deno.test("compiles a C program to a WASI command", async () => {
  const module = new WebAssembly.Module(await compileC(RETURNS_THREE));
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  assert(exports.includes("_start") && exports.includes("memory"), exports.join());
});

Deno.test("gives the same bytes for the same source, whatever its name", async () => {
  const first = await compileC(RETURNS_THREE, { fileName: "a.c" });
  assertEquals(await compileC(RETURNS_THREE, { fileName: "b.c" }), first);
});

Deno.test("builds a reactor when asked to", async () => {
  const source = `__attribute__((export_name("run"))) void run(void) {}`;
  const bytes = await compileC(source, { flags: ["-mexec-model=reactor"] });
  const exports = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map((e) => e.name);
  assertEquals(exports.sort(), ["_initialize", "memory", "run"]);
});

Deno.test("reports the compiler's message with the source's name and line", async () => {
  await assertRejects(
    () => compileC("int main(void) { return x; }", { fileName: "broken.c" }),
    Error,
    "broken.c:1:25: error: use of undeclared identifier 'x'",
  );
});

Deno.test("reports the linker's message", async () => {
  const source = "int missing(void); int main(void) { return missing(); }";
  await assertRejects(() => compileC(source), Error, "undefined symbol: missing");
});
