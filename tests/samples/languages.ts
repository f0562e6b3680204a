/** One function a language: as it works, as it is broken, and as it reaches for the host's files. */
import { readFile } from "node:fs/promises";
import type { LanguageName } from "../../runtime/build/language.ts";
import { ROOT } from "../support/server.ts";
import { writingWat } from "../support/wat_source.ts";

/** A source that does not build, and what its compiler says of it. */
export interface BrokenSample {
  readonly text: string;
  readonly line: number;
  readonly message: RegExp;
}

/** A source that fails when it is called, and what its log then says: FILE is the source's name. */
export interface FailingSample {
  readonly text: string;
  readonly log: string;
}

/** What is tried of a language. */
export interface LanguageSample {
  readonly language: LanguageName;
  readonly extension: string;
  readonly source: string | Uint8Array<ArrayBuffer>;
  /** What a GET with `?name=Ada` is answered. */
  readonly answer: string;
  /** @default none: it has no compiler that could refuse it with a line */
  readonly broken?: BrokenSample;
  /** @default none: it has no words for the place of a failure */
  readonly failing?: FailingSample;
  /** A source whose compiler is told to read `/etc/passwd`, and its refusal. @default it has no such words */
  readonly thief?: { readonly text: string; readonly message: RegExp };
}

const C = `#include <stdio.h>
#include <stdlib.h>

int main(void) {
  printf("Hello, %s, from C\\n", getenv("QUERY_STRING"));
}
`;

/** Without <iostream>, which takes clang several seconds; `tests/build_test.ts` builds that once. */
const CPP = `#include <cstdio>
#include <cstdlib>

template <typename... Parts>
void say(Parts... parts) {
  (std::fputs(parts, stdout), ...);
}

int main() {
  say("Hello, ", std::getenv("QUERY_STRING"), ", from C++\\n");
}
`;

const RUST = `use std::env;

fn main() {
    println!("Hello, {}, from Rust", env::var("QUERY_STRING").unwrap());
}
`;

const GO = `package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Printf("Hello, %s, from Go\\n", os.Getenv("QUERY_STRING"))
}
`;

const JAVASCRIPT = `export default {
  fetch(request) {
    const name = new URL(request.url).searchParams.get("name");
    return new Response("Hello, " + name + ", from JavaScript\\n");
  },
};
`;

const TYPESCRIPT =
  `const greet = (name: string | null): string => "Hello, " + name + ", from TypeScript\\n";

export default {
  fetch(request: Request): Response {
    return new Response(greet(new URL(request.url).searchParams.get("name")));
  },
};
`;

const PYTHON = `def handler(request):
    return f"Hello, {request.query['name']}, from Python\\n"
`;

const PYTHON_THIEF = `text = open("/etc/passwd").read()

def handler(request):
    return text
`;

const PHP = `Hello, <?= $_GET["name"] ?>, from PHP
`;

const WAT = writingWat("Hello from WAT");

const INCLUDE = `#include "/etc/passwd"\nint main(void) {}\n`;

const GO_EMBED = `package main

import _ "embed"

//go:embed /etc/passwd
var text string

func main() { print(text) }
`;

export const LANGUAGE_SAMPLES: readonly LanguageSample[] = [
  {
    language: "c",
    extension: "c",
    source: C,
    answer: "Hello, name=Ada, from C\n",
    broken: { text: "int main(void) {\n  return x;\n}\n", line: 2, message: /undeclared.* 'x'/ },
    failing: {
      text: `#include <assert.h>\nint main(void) {\n  volatile int x = 1;\n  assert(x == 2);\n}\n`,
      log: "x == 2 (FILE: main: 4)",
    },
    thief: { text: INCLUDE, message: /'\/etc\/passwd' file not found/ },
  },
  {
    language: "cpp",
    extension: "cpp",
    source: CPP,
    answer: "Hello, name=Ada, from C++\n",
    broken: { text: "int main() {\n  return x;\n}\n", line: 2, message: /undeclared.* 'x'/ },
    failing: {
      text: `#include <cassert>\nint main() {\n  volatile int x = 1;\n  assert(x == 2);\n}\n`,
      log: "x == 2 (FILE: main: 4)",
    },
    thief: { text: INCLUDE, message: /'\/etc\/passwd' file not found/ },
  },
  {
    language: "rust",
    extension: "rs",
    source: RUST,
    answer: "Hello, name=Ada, from Rust\n",
    broken: { text: "fn main() {\n    x\n}\n", line: 2, message: /cannot find value `x`/ },
    failing: { text: `fn main() {\n    panic!("no");\n}\n`, log: "FILE:2:5" },
    thief: {
      text: `fn main() { print!("{}", include_str!("/etc/passwd")); }\n`,
      message: /couldn't read .*\/etc\/passwd.*: No such file/,
    },
  },
  {
    language: "go",
    extension: "go",
    source: GO,
    answer: "Hello, name=Ada, from Go\n",
    broken: { text: "package main\n\nfunc main() {\n\tx()\n}\n", line: 4, message: /undefined: x/ },
    failing: { text: `package main\n\nfunc main() {\n\tpanic("no")\n}\n`, log: "\tFILE:4" },
    thief: { text: GO_EMBED, message: /pattern \/etc\/passwd: invalid pattern syntax/ },
  },
  {
    language: "js",
    extension: "js",
    source: JAVASCRIPT,
    answer: "Hello, Ada, from JavaScript\n",
    broken: { text: "const a = 1;\nconst b = ;\n", line: 2, message: /Unexpected ";"/ },
    failing: {
      text: `export default {\n  fetch() {\n    throw new Error("no");\n  },\n};\n`,
      log: "(FILE:3:",
    },
    thief: { text: `import text from "/etc/passwd";\nconsole.log(text);\n`, message: /passwd/ },
  },
  {
    language: "ts",
    extension: "ts",
    source: TYPESCRIPT,
    answer: "Hello, Ada, from TypeScript\n",
    broken: { text: "const a: number = 1;\nconst b: = 2;\n", line: 2, message: /Unexpected "="/ },
    failing: {
      text: `export default {\n  fetch(): never {\n    throw new Error("no");\n  },\n};\n`,
      log: "(FILE:3:",
    },
    thief: { text: `import text from "/etc/passwd";\nconsole.log(text);\n`, message: /passwd/ },
  },
  {
    language: "python",
    extension: "py",
    source: PYTHON,
    answer: "Hello, Ada, from Python\n",
    broken: { text: "def handler(request):\n    return (\n", line: 2, message: /never closed/ },
    failing: {
      text: `def handler(request):\n    raise ValueError("no")\n`,
      log: `File "FILE", line 2`,
    },
    thief: { text: PYTHON_THIEF, message: /No such file or directory/ },
  },
  {
    language: "php",
    extension: "php",
    source: PHP,
    answer: "Hello, Ada, from PHP\n",
    broken: { text: `<?php\n\necho "a" "b";\n`, line: 3, message: /syntax error/ },
    failing: { text: `<?php\n\nthrow new Exception("no");\n`, log: "FILE:3" },
  },
  {
    language: "html",
    extension: "html",
    source: "<p>Hello from HTML</p>\n",
    answer: "<p>Hello from HTML</p>\n",
  },
  {
    language: "wat",
    extension: "wat",
    source: WAT,
    answer: "Hello from WAT\n",
    broken: { text: "(module\n  (func (call $x)))\n", line: 2, message: /undefined function/ },
  },
  {
    language: "wasm",
    extension: "wasm",
    source: new Uint8Array(await readFile(`${ROOT}/functions/hello.wasm`)),
    answer: "Hello from Skerry!\n",
  },
];
