/** Every compiled language for real: built in the builder's thread, run, and its bad sources. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Artifact } from "../runtime/build/artifact.ts";
import type { LanguageName } from "../runtime/build/language.ts";
import { startBuilds } from "./support/builds.ts";
import { referenceText } from "./support/reference_run.ts";
import { errorOf, valueOf } from "./support/results.ts";

const HELLO_WAT = `(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello\\n")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 6))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
`;

function goEmbed(path: string): string {
  return `package main\n\nimport _ "embed"\n\n//go:embed ${path}\nvar text string\n\nfunc main() { print(text) }\n`;
}

async function outputOf(artifact: Artifact): Promise<string> {
  if (artifact.kind !== "module" || typeof artifact.module === "string") return "";
  return await referenceText(artifact.module);
}

/** A program a language: says hello. */
const HELLOS: readonly (readonly [LanguageName, string, string])[] = [
  ["c", "hello.c", `#include <stdio.h>\nint main(void) { puts("hello"); }\n`],
  ["cpp", "hello.cpp", `#include <iostream>\nint main() { std::cout << "hello\\n"; }\n`],
  ["rust", "hello.rs", `fn main() { println!("hello"); }\n`],
  ["go", "hello.go", `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n`],
  ["wat", "hello.wat", HELLO_WAT],
];

Deno.test("Every language builds and runs", async () => {
  await using service = await startBuilds();
  for (const [language, fileName, text] of HELLOS) {
    const artifact = valueOf(await service.build(language, fileName, text));
    assertEquals([language, await outputOf(artifact)], [language, "hello\n"]);
  }
});

/** A broken program a language, and where it is broken. */
const BROKEN: readonly (readonly [LanguageName, string, string, number, RegExp])[] = [
  ["c", "a b.c", "int main(void) {\n  return x;\n}\n", 2, /undeclared identifier 'x'/],
  ["cpp", "x.cc", "int main() {\n  return x;\n}\n", 2, /undeclared identifier 'x'/],
  ["rust", "a b.rs", "fn main() {\n    x\n}\n", 2, /cannot find value `x`/],
  ["go", "a_linux.go", "package main\n\nfunc main() {\n\tx()\n}\n", 4, /undefined: x/],
  ["wat", "[id].wat", "(module\n  (func (call $x)))\n", 2, /undefined function variable/],
];

Deno.test("A broken source fails with the compiler's message, file and line", async () => {
  await using service = await startBuilds();
  for (const [language, fileName, text, line, pattern] of BROKEN) {
    const { code, message, details } = errorOf(await service.build(language, fileName, text));
    assertEquals(code, "build_failed");
    assertMatch(message, pattern);
    const [diagnostic] = details!.diagnostics as readonly Record<string, unknown>[];
    assertEquals([diagnostic!.file, diagnostic!.line], [fileName, line]);
    assertMatch(String(diagnostic!.message), pattern);
  }
});

/** Sources that reach for a file of the host. */
const THIEVES: readonly (readonly [LanguageName, string, string])[] = [
  ["c", "absolute.c", `#include "/etc/passwd"\nint main(void) {}\n`],
  ["c", "relative.c", `#include "../../../../../../etc/passwd"\nint main(void) {}\n`],
  ["c", "incbin.c", `__asm__(".incbin \\"/etc/passwd\\""); int main(void) {}\n`],
  ["c", "embed.c", `char text[] = {\n#embed "/etc/passwd"\n};\nint main(void) {}\n`],
  ["rust", "include_str.rs", `fn main() { print!("{}", include_str!("/etc/passwd")); }\n`],
  ["rust", "include.rs", `include!("/etc/passwd");\nfn main() {}\n`],
  ["rust", "relative.rs", `fn main() { include_bytes!("../../../../etc/passwd"); }\n`],
  ["rust", "path.rs", `#[path = "/etc/passwd"]\nmod passwd;\nfn main() {}\n`],
  ["rust", "proc.rs", `fn main() { include_bytes!("/proc/self/environ"); }\n`],
  ["rust", "home.rs", `fn main() { print!("{}", env!("HOME")); }\n`],
  ["rust", "pwd.rs", `fn main() { print!("{}", env!("PWD")); }\n`],
  ["go", "embed.go", goEmbed("/etc/passwd")],
  ["go", "up.go", goEmbed("../../../etc/passwd")],
  ["go", "cgo.go", `package main\n\n// #include "/etc/passwd"\nimport "C"\n\nfunc main() {}\n`],
];

Deno.test("No source reads a file of the host", async () => {
  await using service = await startBuilds();
  for (const [language, fileName, text] of THIEVES) {
    const { code, message } = errorOf(await service.build(language, fileName, text));
    assertEquals([fileName, code], [fileName, "build_failed"]);
    assertEquals(message.includes("root:"), false, message);
  }
});

/** Sources that take a compiler's time or memory without end. */
const BOMBS: readonly (readonly [LanguageName, string, string])[] = [
  ["c", "include.c", "#include __FILE__\n"],
  [
    "c",
    "doubling.c",
    "#if __INCLUDE_LEVEL__ < 190\n#include __FILE__\n#include __FILE__\n#endif\n",
  ],
];

Deno.test("A bomb ends within its limits, and the next source builds", async () => {
  await using service = await startBuilds({ timeoutMs: 15_000 });
  for (const [language, fileName, text] of BOMBS) {
    const { code } = errorOf(await service.build(language, fileName, text));
    assertEquals([fileName, code], [fileName, "build_failed"]);
    const next = await service.build("c", "next.c", HELLOS[0]![2]);
    assertEquals(await outputOf(valueOf(next)), "hello\n");
  }
});
