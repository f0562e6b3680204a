import { assertEquals } from "@std/assert";
import type { ImportInfo, ModuleInfo } from "../wasm/module_info.ts";
import { checkImports } from "./check_imports.ts";

const PREVIEW1 = "wasi_snapshot_preview1";
const EXIT: ImportInfo = {
  module: PREVIEW1,
  name: "proc_exit",
  kind: "function",
  signature: "(i32) -> ()",
};

function check(...imports: ImportInfo[]): string {
  const checked = checkImports({ imports } as unknown as ModuleInfo);
  return checked.ok ? "ok" : `${checked.error.code}: ${checked.error.message}`;
}

Deno.test("A module without imports, or with preview1's, can be linked", () => {
  assertEquals(check(), "ok");
  assertEquals(check(EXIT), "ok");
});

Deno.test("An import from elsewhere is refused by name", () => {
  assertEquals(
    check(EXIT, { ...EXIT, module: "env", name: "mystery" }),
    'invalid_module: Cannot link this module: it imports function "env" "mystery", ' +
      "and only the functions of wasi_snapshot_preview1 are provided",
  );
});

Deno.test("A function that preview1 does not have is refused by name", () => {
  assertEquals(
    check({ ...EXIT, name: "toString" }),
    'invalid_module: Cannot link this module: it imports function "wasi_snapshot_preview1" ' +
      '"toString", and only the functions of wasi_snapshot_preview1 are provided',
  );
});

Deno.test("A function of another type is refused with both types", () => {
  assertEquals(
    check({ ...EXIT, signature: "(i64) -> ()" }),
    'invalid_module: Cannot link this module: it imports function "wasi_snapshot_preview1" ' +
      '"proc_exit" as (i64) -> (), and it is (i32) -> ()',
  );
});

for (const kind of ["table", "memory", "global", "tag"] as const) {
  Deno.test(`An imported ${kind} is refused, whatever it is called`, () => {
    const message = check({ module: PREVIEW1, name: "proc_exit", kind });
    assertEquals(message.includes(`it imports ${kind} "wasi_snapshot_preview1"`), true);
  });
}

Deno.test("WASI's first draft is told from an unknown module", () => {
  assertEquals(
    check({ ...EXIT, module: "wasi_unstable" }),
    'invalid_module: Cannot link this module: it imports function "wasi_unstable" "proc_exit", ' +
      "which is WASI's first draft; build it for wasi_snapshot_preview1",
  );
});
