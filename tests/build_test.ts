/** Every compiled language for real: built in the builder's thread, run, and its bad sources. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { LanguageName } from "../runtime/build/language.ts";
import { outputOf, startBuilds } from "./support/builds.ts";
import { errorOf, valueOf } from "./support/results.ts";
import { writingWat } from "./support/wat_source.ts";

function goEmbed(path: string): string {
  return `package main\n\nimport _ "embed"\n\n//go:embed ${path}\nvar text string\n\nfunc main() { print(text) }\n`;
}

/** A program a language: says hello. */
const HELLOS: readonly (readonly [LanguageName, string, string])[] = [
  ["c", "hello.c", `#include <stdio.h>\nint main(void) { puts("hello"); }\n`],
  ["cpp", "hello.cpp", `#include <iostream>\nint main() { std::cout << "hello\\n"; }\n`],
  ["rust", "hello.rs", `fn main() { println!("hello"); }\n`],
  ["go", "hello.go", `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n`],
  ["wat", "hello.wat", writingWat("hello")],
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

/** Sources that reach for a file of the host, and how the compiler says that it is not there. */
const THIEVES: readonly (readonly [LanguageName, string, string, RegExp])[] = [
  [
    "c",
    "absolute.c",
    `#include "/etc/passwd"\nint main(void) {}\n`,
    /'\/etc\/passwd' file not found/,
  ],
  [
    "c",
    "up.c",
    `#include "../../../../etc/passwd"\nint main(void) {}\n`,
    /etc\/passwd' file not found/,
  ],
  ["c", "incbin.c", `__asm__(".incbin \\"/etc/passwd\\"");\n`, /Could not find incbin file/],
  ["c", "embed.c", `char text[] = {\n#embed "/etc/passwd"\n};\n`, /'\/etc\/passwd' file not found/],
  [
    "cpp",
    "absolute.cc",
    `#include "/etc/passwd"\nint main() {}\n`,
    /'\/etc\/passwd' file not found/,
  ],
  [
    "rust",
    "text.rs",
    `fn main() { include_str!("/etc/passwd"); }\n`,
    /read \/etc\/passwd: No such file/,
  ],
  ["rust", "include.rs", `include!("/etc/passwd");\n`, /read \/etc\/passwd: No such file/],
  ["rust", "up.rs", `fn main() { include_bytes!("../../etc/passwd"); }\n`, /passwd: No such file/],
  ["rust", "path.rs", `#[path = "/etc/passwd"]\nmod p;\n`, /read \/etc\/passwd: No such file/],
  [
    "rust",
    "proc.rs",
    `fn main() { include_bytes!("/proc/self/environ"); }\n`,
    /environ: No such file/,
  ],
  ["rust", "home.rs", `fn main() { env!("HOME"); }\n`, /variable `HOME` not defined/],
  ["rust", "pwd.rs", `fn main() { env!("PWD"); }\n`, /variable `PWD` not defined/],
  ["go", "embed.go", goEmbed("/etc/passwd"), /pattern \/etc\/passwd: invalid pattern syntax/],
  ["go", "up.go", goEmbed("../../../etc/passwd"), /etc\/passwd: invalid pattern syntax/],
  ["go", "import.go", `package main\n\nimport "../etc"\n\nfunc main() {}\n`, /cannot find package/],
  [
    "go",
    "cgo.go",
    `package main\n\n// #include "/etc/passwd"\nimport "C"\n\nfunc main() {}\n`,
    /build constraints exclude all Go files/,
  ],
];

Deno.test("No source reads a file of the host", async () => {
  await using service = await startBuilds();
  for (const [language, fileName, text, pattern] of THIEVES) {
    const { code, message } = errorOf(await service.build(language, fileName, text));
    assertEquals([fileName, code], [fileName, "build_failed"]);
    assertMatch(message, pattern);
    assertEquals(message.includes("root:"), false, message);
  }
});

Deno.test("No source learns whether the host has a file", async () => {
  await using service = await startBuilds();
  const text = `#if __has_include("/etc/passwd")\n#error seen\n#endif\nint main(void) {}\n`;
  valueOf(await service.build("c", "has.c", text));
});

const INCLUDE_TWICE = "#if __INCLUDE_LEVEL__ < 190\n#include __FILE__\n#include __FILE__\n#endif\n";
const TEMPLATES = "template <int N> struct A { A<N + 1> a; };\nA<0> a;\n";
const TYPES = `fn f<A: Clone>(n: u32, a: A) { if n > 0 { f(n - 1, (a.clone(), a)) } }
fn main() { f(9, 1u8) }
`;
const MACRO = `#![recursion_limit = "100000000"]
macro_rules! m { ($($x:tt)*) => { m!($($x)* $($x)*) } }
fn main() { m!(a b) }
`;
const CONSTANT = `const fn f() -> u64 { loop {} }
const X: u64 = f();
fn main() { println!("{}", X) }
`;
const GENERICS = `package main

type P[A, B any] struct { a A; b B }

func f[A any](n int, a A) { f(n-1, P[A, A]{a, a}) }

func main() { f(9, 1) }
`;

/** Sources that take a compiler's time or memory without end, and what ends them. */
const BOMBS: readonly (readonly [LanguageName, string, string, string])[] = [
  ["c", "include.c", "#include __FILE__\n", "compiler"],
  ["c", "doubling.c", INCLUDE_TWICE, "time"],
  ["cpp", "include.cpp", "#include __FILE__\n", "compiler"],
  ["cpp", "templates.cpp", TEMPLATES, "stack"],
  ["cpp", "data.cpp", "char a[1u << 31] = {1}, b[1u << 31] = {1};\nint main() {}\n", "memory"],
  ["rust", "types.rs", TYPES, "time memory compiler"],
  ["rust", "macro.rs", MACRO, "time memory compiler"],
  ["rust", "constant.rs", CONSTANT, "time compiler"],
  ["go", "generics.go", GENERICS, "compiler"],
  [
    "go",
    "data.go",
    "package main\n\nvar a = [1 << 31]byte{1}\n\nfunc main() { print(a[1]) }\n",
    "compiler",
  ],
  ["wat", "nested.wat", `(func ${"(block ".repeat(200_000)}`, "stack"],
];

Deno.test("A bomb ends within its limits, and the next source builds", async () => {
  await using service = await startBuilds({ timeoutMs: 8_000 });
  for (const [language, fileName, text, endedBy] of BOMBS) {
    const { code, details } = errorOf(await service.build(language, fileName, text));
    const limit = String(details?.limit ?? "compiler");
    assertEquals([fileName, code], [fileName, "build_failed"]);
    assert(endedBy.split(" ").includes(limit), `${fileName}: ${limit}`);
    const next = await service.build("c", `after-${fileName}.c`, HELLOS[0]![2]);
    assertEquals(await outputOf(valueOf(next)), "hello\n");
  }
});

Deno.test("<iostream> is read once, and a source that defines something before it is built as it says", async () => {
  await using service = await startBuilds();
  const main = `#include <iostream>\nint main() { std::cout << "hello\\n"; }\n`;
  const sources = [`// One\n#include <string>\n${main}`, `#define X\n#include <string>\n${main}`];
  const modules = [];
  for (const [index, text] of sources.entries()) {
    const artifact = valueOf(await service.build("cpp", `${index}.cpp`, text));
    assertEquals(await outputOf(artifact), "hello\n");
    modules.push(artifact.kind === "module" ? artifact.module : undefined);
  }
  assertEquals(modules[0], modules[1]);
  const broken = `#include <iostream>\n#include <vector>\nint main() { return x; }\n`;
  const { details } = errorOf(await service.build("cpp", "a b.cpp", broken));
  const [{ file, line }] = details!.diagnostics as [Record<string, unknown>];
  assertEquals([file, line], ["a b.cpp", 3]);
});

Deno.test("A bomb does not keep other sources from being built", async () => {
  await using service = await startBuilds({ timeoutMs: 10_000 });
  const ended: string[] = [];
  const bomb = service.build("c", "doubling.c", INCLUDE_TWICE).finally(() => ended.push("bomb"));
  for (const name of ["a", "b"]) {
    const artifact = valueOf(await service.build("wat", `${name}.wat`, writingWat(name)));
    assertEquals(await outputOf(artifact), `${name}\n`);
    ended.push(name);
  }
  assertEquals(errorOf(await bomb).details, { limit: "time" });
  assertEquals(ended, ["a", "b", "bomb"]);
});

Deno.test("esbuild's memory is bounded, and so is what it says when it ends", async () => {
  await using service = await startBuilds();
  const { code, message, details } = errorOf(
    await service.build("js", "statements.js", ";".repeat(2 ** 20)),
  );
  assertEquals([code, details], ["build_failed", { limit: "memory" }]);
  assertEquals(message, "Cannot build statements.js: esbuild needs over 1 GiB");
  const next = await service.build("js", "next.js", "export default () => new Response();");
  assertEquals(next.ok, true);
});
