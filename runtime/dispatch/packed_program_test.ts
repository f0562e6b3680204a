import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Program } from "../isolate/program.ts";
import { packProgram, unpackProgram } from "./packed_program.ts";

const PROGRAM: Program = {
  args: ["-I", "/app/main.py"],
  environ: { SCRIPT_FILENAME: "/app/main.py" },
  files: { "/app/main.py": Uint8Array.of(1, 2, 3), "/app/empty": new Uint8Array(0) },
  snapshot: {
    memoryPages: 2,
    extents: [{ start: 8, bytes: Uint8Array.of(4, 5) }, { start: 16, bytes: Uint8Array.of(6) }],
  },
};

Deno.test("A program comes out as it went in", () => {
  for (
    const program of [PROGRAM, { args: [], environ: undefined, files: {}, snapshot: undefined }]
  ) {
    assertEquals(unpackProgram(structuredClone(packProgram(program))), program);
  }
});

Deno.test("A program is packed once, and every worker has views of the same memory", () => {
  assertStrictEquals(packProgram(PROGRAM), packProgram(PROGRAM));
  const [one, other] = [packProgram(PROGRAM), packProgram(PROGRAM)].map(unpackProgram);
  assertStrictEquals(one!.files["/app/main.py"]!.buffer, other!.files["/app/main.py"]!.buffer);
  assertEquals(one!.snapshot!.extents[0]!.bytes.buffer instanceof SharedArrayBuffer, true);
});
