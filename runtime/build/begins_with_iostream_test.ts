import { assert, assertEquals } from "@std/assert";
import { beginsWithIostream } from "./begins_with_iostream.ts";

const begins = (text: string) => beginsWithIostream(new TextEncoder().encode(text));

Deno.test("<iostream> may follow comments and other headers", () => {
  for (
    const before of [
      "",
      "\n",
      "// one\n",
      "/* two ** */\n",
      "#include <vector>\n",
      "# include\t<sys/stat.h> ",
    ]
  ) {
    assert(begins(`${before}#include <iostream>\nint main() {}`), before);
  }
});

Deno.test("What could change it, or hides it, may not stand before it", () => {
  for (
    const before of ["#define X 1\n", "int i;", '#include "own.h"\n', "/* ", "#if 0\n", "//"]
  ) {
    assertEquals(begins(`${before}#include <iostream>\nint main() {}`), false, before);
  }
});

Deno.test("Thousands of comments are looked through at once", () => {
  for (const comment of ["/**/", "//\n", "/***/ ", "#include <a>\n"]) {
    assertEquals(begins(comment.repeat(4096)), false);
    assert(begins(comment.repeat(100) + "#include <iostream>"));
  }
});
