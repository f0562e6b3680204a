/** Sources whose bytes are not UTF-8, or begin with a byte order mark. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { LanguageName } from "../runtime/build/language.ts";
import { outputOf, startBuilds } from "./support/builds.ts";
import { errorOf, valueOf } from "./support/results.ts";
import { writingWat } from "./support/wat_source.ts";

/** Bytes of the same numbers. */
function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const MARK = "\xef\xbb\xbf";
const UTF8 = "\xc3\xbc";

/** Sources of languages that demand UTF-8, with one byte that is not, on line 2. */
const NOT_UTF8: readonly (readonly [LanguageName, string])[] = [
  ["go", `package main\n// \xff\nfunc main() {}\n`],
  ["js", `export default () => {};\n// \xff\n`],
  ["python", `def handler(request): return ""\n#  \xff\n`],
  ["python", `# coding: utf-8\n# \xff\n`],
  ["rust", `fn main() {}\n// \xff\n`],
  ["ts", `export default () => {};\n// \xff\n`],
  ["wat", `(module)\n;; \xff\n`],
];

Deno.test("Where a language demands UTF-8, another byte is an error that says where", async () => {
  await using service = await startBuilds();
  for (const [language, text] of NOT_UTF8) {
    const refused = await service.build(language, `a.${language}`, latin1(text));
    const { code, message, details } = errorOf(refused);
    assertEquals(code, "build_failed");
    const found = `not UTF-8: the byte 0xff at offset ${text.indexOf("\xff")}`;
    assertStringIncludes(message, `: a.${language}:2:`);
    assertStringIncludes(message, found);
    const [diagnostic] = details!.diagnostics as readonly Record<string, unknown>[];
    assertEquals([diagnostic!.line, diagnostic!.message], [2, found]);
  }
});

Deno.test("UTF-16 is an error that says so", async () => {
  await using service = await startBuilds();
  for (const language of ["c", "cpp", "go", "js", "python", "rust", "ts", "wat"] as const) {
    const refused = await service.build(language, `api/a.${language}`, latin1("\xff\xfea\0"));
    assertStringIncludes(errorOf(refused).message, "it begins as UTF-16 does, save it as UTF-8");
  }
});

/** Programs that print the letter ü, written as two bytes. */
const PRINTING: readonly (readonly [LanguageName, string])[] = [
  ["c", `#include <stdio.h>\nint main(void) { puts("${UTF8}"); }\n`],
  ["cpp", `#include <cstdio>\nint main() { std::puts("${UTF8}"); }\n`],
  ["go", `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("${UTF8}") }\n`],
  ["rust", `fn main() { println!("${UTF8}"); }\n`],
];

Deno.test("A source may begin with a byte order mark, whatever its name", async () => {
  await using service = await startBuilds();
  for (const [language, text] of PRINTING) {
    for (const name of ["a", "api/[a]"]) {
      const source = latin1(`${MARK}${text}`);
      const artifact = valueOf(await service.build(language, `${name}.${language}`, source));
      assertEquals([language, await outputOf(artifact)], [language, "ü\n"]);
    }
  }
  for (const language of ["js", "python", "wat"] as const) {
    const text = { js: "export default () => {};", python: "x = 1", wat: "(module)" }[language];
    valueOf(await service.build(language, `a.${language}`, latin1(`${MARK}${text}\n`)));
  }
});

Deno.test("C takes any bytes, and Python those of the coding it declares", async () => {
  await using service = await startBuilds();
  valueOf(await service.build("c", "a.c", latin1(`int main(void) { return "\xff"[0] == 0; }\n`)));
  const declared = `#!/usr/bin/python\n# -*- coding: latin-1 -*-\nassert len("\xff") == 1\n`;
  valueOf(await service.build("python", "a.py", latin1(`${declared}handler = print\n`)));
});

Deno.test("WAT's strings are bytes of UTF-8", async () => {
  await using service = await startBuilds();
  const artifact = valueOf(await service.build("wat", "ü.wat", writingWat("ü→")));
  assertEquals(await outputOf(artifact), "ü→\n");
});
