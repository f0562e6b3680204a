/** What compilers and programs say of a source has the name that its user gave it, whatever that is. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Artifact } from "../runtime/build/artifact.ts";
import type { LanguageName } from "../runtime/build/language.ts";
import { Isolate } from "../runtime/isolate/isolate.ts";
import { compileModule } from "../runtime/isolate/prepare.ts";
import { secureRandom } from "../runtime/wasi/random.ts";
import { encodeStrings } from "../runtime/wasi/string_block.ts";
import { atomicsSleeper } from "../runtime/wasi/sleeper.ts";
import { systemClock } from "../runtime/wasi/system_clock.ts";
import { startBuilds } from "./support/builds.ts";
import { errorOf, valueOf } from "./support/results.ts";

/** With what a shell, a command line, a regular expression and a literal would take for their own. */
const NAME = `api/[a b]$&"\\'-ü`;

/** Programs that tell their own name and then fail, and what they say of that; NAME is the file's. */
const FAILING: readonly (readonly [LanguageName, string, string, string])[] = [
  [
    "c",
    "c",
    `#include <assert.h>\n#include <stdio.h>\nint main(int count, char **arguments) {\n` +
    `  fprintf(stderr, "%s\\n", __FILE__);\n  assert(count > 1);\n}\n`,
    "NAME\nAssertion failed: count > 1 (NAME: main: 5)\n",
  ],
  [
    "cpp",
    "cc",
    `#include <cassert>\n#include <cstdio>\n#include <source_location>\n` +
    `int main(int count, char **arguments) {\n` +
    `  std::fprintf(stderr, "%s\\n", std::source_location::current().file_name());\n` +
    `  assert(count > 1);\n}\n`,
    "NAME\nAssertion failed: count > 1 (NAME: main: 6)\n",
  ],
  [
    "rust",
    "rs",
    `use std::env::args;\n\nfn main() {\n    eprintln!("{}", file!());\n    args().nth(1).unwrap();\n}\n`,
    "NAME\nthread 'main' panicked at 'called `Option::unwrap()` on a `None` value', NAME:5:19\n",
  ],
  [
    "go",
    "go",
    `package main\n\nimport (\n\t"os"\n\t"runtime"\n)\n\nfunc main() {\n` +
    `\t_, file, line, _ := runtime.Caller(0)\n\tprintln(file, line)\n\tprintln(os.Args[1])\n}\n`,
    "NAME 9\npanic: runtime error: index out of range [1] with length 1\n\n" +
    "goroutine 1 [running]:\nmain.main()\n\tNAME:11",
  ],
];

Deno.test("A program that fails names the user's file and line", async () => {
  await using service = await startBuilds();
  for (const [language, extension, text, said] of FAILING) {
    const fileName = `${NAME}.${extension}`;
    const artifact = valueOf(await service.build(language, fileName, text));
    assertStringIncludes(await stderrOf(artifact), said.replaceAll("NAME", () => fileName));
  }
});

/** What no compiler accepts, and its line. */
const BROKEN: readonly (readonly [LanguageName, string, string, number, RegExp])[] = [
  ["c", "c", "int main(void) {\n  return x;\n}\n", 2, /undeclared identifier 'x'/],
  ["cpp", "cpp", "int main() {\n  return x;\n}\n", 2, /undeclared identifier 'x'/],
  ["go", "go", "package main\n\nfunc main() {\n\tx()\n}\n", 4, /undefined: x/],
  ["go", "go", "package main\n\nfunc main() {\n\tx(\n}\n", 5, /unexpected }/],
  [
    "go",
    "go",
    `package main\n\nimport "x"\n\nfunc main() {}\n`,
    3,
    /package "?x"? is not in std|cannot find package/,
  ],
  ["js", "js", "const a = 1;\nconst b = ;\n", 2, /Unexpected ";"/],
  ["php", "php", `<?php\n\necho "a" "b";\n`, 3, /syntax error/],
  ["python", "py", "def handler(request):\n    return (\n", 2, /never closed/],
  ["rust", "rs", "fn main() {\n    x\n}\n", 2, /cannot find value `x`/],
  ["ts", "ts", "const a: number = 1;\nconst b: = 2;\n", 2, /Unexpected "="/],
  ["wat", "wat", "(module\n  (func (call $x)))\n", 2, /undefined function variable/],
];

Deno.test("A compiler's message names the user's file and line, and no other file", async () => {
  await using service = await startBuilds();
  for (const [language, extension, text, line, pattern] of BROKEN) {
    const fileName = `${NAME}.${extension}`;
    const { code, message, details } = errorOf(await service.build(language, fileName, text));
    const [diagnostic] = details!.diagnostics as readonly Record<string, unknown>[];
    assertEquals([code, diagnostic!.file, diagnostic!.line], ["build_failed", fileName, line]);
    assertMatch(String(diagnostic!.message), pattern);
    assertStringIncludes(message, fileName);
    assertEquals(message.replaceAll(fileName, "").match(/\/build|\/tmp|main\.\w+/), null, message);
  }
});

/** What a program writes to standard error before it fails. */
async function stderrOf(artifact: Artifact): Promise<string> {
  if (artifact.kind !== "module" || typeof artifact.module === "string") return "";
  const system = { clock: systemClock, random: secureRandom, sleeper: atomicsSleeper() };
  const compiled = valueOf(await compileModule(artifact.module, { memoryPages: 2048 }, system));
  const input = {
    args: () => encodeStrings(["/x"]),
    environ: () => encodeStrings([]),
    stdin: new Uint8Array(),
  };
  const result = new Isolate({ id: 1, ...compiled }, system).run("_start", input, {
    fuel: 10_000_000_000,
    stdoutBytes: 65536,
    stderrBytes: 65536,
    deadlineMs: Infinity,
    hostCalls: Infinity,
    inlinePages: -1,
  });
  return new TextDecoder().decode(result!.stderr);
}
