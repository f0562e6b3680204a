import { assertEquals } from "@std/assert";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../../tests/support/eventually.ts";
import { temporaryFolder } from "../../tests/support/folder.ts";
import { errorOf, valueOf } from "../../tests/support/results.ts";
import { AllowedFolders } from "./allowed_folders.ts";
import { LibraryCopies } from "./library_copies.ts";

async function scene(content: string) {
  const temporary = await temporaryFolder({ "lib/a.so": content, "b.so": content });
  const copies = join(temporary.path, "copies");
  const allowed = valueOf(await AllowedFolders.open([join(temporary.path, "lib")]));
  const opened = await LibraryCopies.open(copies, allowed);
  return {
    library: join(temporary.path, "lib/a.so"),
    outside: join(temporary.path, "b.so"),
    admit: (path: string) => opened.admit(path, new TextEncoder().encode(content)),
    copies: () => readdir(copies),
    reopen: () => LibraryCopies.open(copies, allowed),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

Deno.test("an admitted library is a copy that only the server can change", async () => {
  await using s = await scene("code");
  const { name, path } = valueOf(await s.admit(s.library));
  assertEquals(name, s.library);
  assertEquals(await readFile(path, "utf8"), "code");
  assertEquals((await stat(path)).mode & 0o777, 0o400);
});

Deno.test("a copy stays until the last who holds it lets go", async () => {
  await using s = await scene("code");
  const first = valueOf(await s.admit(s.library));
  const second = valueOf(await s.admit(s.library));
  assertEquals(first.path, second.path);
  first.hold();
  first.release();
  second.release();
  // Admitted again before what the last one did is over.
  first.release();
  const third = valueOf(await s.admit(s.library));
  assertEquals(await readFile(third.path, "utf8"), "code");
  third.release();
  await eventually(s.copies, (names) => names.length === 0);
});

Deno.test("a library of no allowed folder is not copied", async () => {
  await using s = await scene("code");
  assertEquals(errorOf(await s.admit(s.outside)), "the library is in none of the allowed folders");
  assertEquals(await s.copies(), []);
});

Deno.test("a library that looks for others beside itself is called where it is", async () => {
  await using s = await scene("code $$ORIGIN/../lib code");
  assertEquals(valueOf(await s.admit(s.library)).path, s.library);
  assertEquals(await s.copies(), []);
});

Deno.test("copies of an earlier server are gone", async () => {
  await using s = await scene("code");
  await s.admit(s.library);
  await s.reopen();
  assertEquals(await s.copies(), []);
});
