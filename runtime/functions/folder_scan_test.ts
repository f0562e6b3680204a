import { assertEquals } from "@std/assert";
import { chmod, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type FolderScan, isSameStamp, scanFolder, stampFile } from "./folder_scan.ts";
import { makePipe, TempFolder } from "./testing.ts";

async function scan(folder: TempFolder): Promise<FolderScan> {
  const result = await scanFolder(folder.path);
  if (!result.ok) throw new Error(`Cannot scan: ${result.error.code}`);
  return result.value;
}

function namesOf(result: FolderScan): string[] {
  return [...result.files.keys()].sort();
}

Deno.test("finds modules and configurations, and nothing that is not served", async () => {
  await using folder = await TempFolder.make({
    "hello.wasm": "",
    "hello.toml": "",
    "api/users/[id].wasm": "",
    "api/public/x.wasm": "",
    "public/x.wasm": "",
    "_lib/x.wasm": "",
    ".git/x.wasm": "",
    ".hidden.wasm": "",
    ".wasm": "",
    "hello.c": "",
    "hello.h": "",
    "x.wasm.swp": "",
    "folder.wasm/x.wasm": "",
  });
  const result = await scan(folder);
  assertEquals(namesOf(result), [
    "api/public/x.wasm",
    "api/users/[id].wasm",
    "folder.wasm/x.wasm",
    "hello.c",
    "hello.toml",
    "hello.wasm",
  ]);
  const folders = ["", "api", "api/public", "api/users", "folder.wasm"];
  assertEquals([...result.folders.keys()].sort(), folders);
  assertEquals(result.problems, []);
});

Deno.test("a stamp differs when content, time or file differ, and only then", async () => {
  await using folder = await TempFolder.make({ "a.wasm": "one", "b.wasm": "two" });
  const path = join(folder.path, "a.wasm");
  const first = await stampFile(path);
  assertEquals(isSameStamp(first, await stampFile(path)), true);
  await utimes(path, 1, 1);
  const touched = await stampFile(path);
  assertEquals(isSameStamp(first, touched), false);
  await utimes(join(folder.path, "b.wasm"), 1, 1);
  await folder.rename("b.wasm", "a.wasm");
  assertEquals(isSameStamp(touched, await stampFile(path)), false);
  assertEquals(await stampFile(join(folder.path, "b.wasm")), undefined);
});

Deno.test("symbolic links are followed to files within the folder only", async () => {
  await using outside = await TempFolder.make({ "secret.wasm": "secret" });
  await using folder = await TempFolder.make({ "real.wasm": "x", "sub/y.wasm": "y" });
  const link = (target: string, name: string) => symlink(target, join(folder.path, name));
  await link("real.wasm", "inside.wasm");
  await link(join(outside.path, "secret.wasm"), "outside.wasm");
  await link("nowhere.wasm", "dangling.wasm");
  await link("sub", "linked.wasm");
  await link(".", "loop");
  const result = await scan(folder);
  assertEquals(namesOf(result), ["inside.wasm", "real.wasm", "sub/y.wasm"]);
  assertEquals(result.problems.map(({ path, message }) => `${path} ${message}`).sort(), [
    "dangling.wasm cannot be read (ENOENT)",
    "linked.wasm is not a regular file",
    "outside.wasm is a symbolic link out of the functions folder",
  ]);
});

Deno.test("the folder itself may be a symbolic link", async () => {
  await using target = await TempFolder.make({ "a.wasm": "x" });
  await using parent = await TempFolder.make();
  const path = join(parent.path, "current");
  await symlink(target.path, path);
  const result = await scanFolder(path);
  assertEquals(result.ok && [...result.value.files.keys()], ["a.wasm"]);
});

Deno.test("a folder that is missing, or is no folder, is told from one that cannot be read", async () => {
  await using folder = await TempFolder.make({ "a.wasm": "x" });
  const missing = await scanFolder(join(folder.path, "nope"));
  assertEquals(missing, { ok: false, error: { kind: "missing", code: "ENOENT" } });
  const file = await scanFolder(join(folder.path, "a.wasm"));
  assertEquals(file, { ok: false, error: { kind: "missing", code: "ENOTDIR" } });
});

Deno.test("a subfolder that cannot be read is a problem, and the rest is found", async () => {
  await using folder = await TempFolder.make({ "a.wasm": "x", "sub/b.wasm": "y" });
  await chmod(join(folder.path, "sub"), 0);
  const result = await scan(folder);
  await chmod(join(folder.path, "sub"), 0o700);
  const found = { names: namesOf(result), problems: result.problems };
  const problem = { path: "sub", message: "cannot be read (EACCES)", isUnreadableFolder: true };
  // Permissions do not bind root.
  const expected = Deno.uid() === 0
    ? { names: ["a.wasm", "sub/b.wasm"], problems: [] }
    : { names: ["a.wasm"], problems: [problem] };
  assertEquals(found, expected);
});

Deno.test("a recreated folder has another identity", async () => {
  await using folder = await TempFolder.make({ "sub/a.wasm": "x" });
  const before = (await scan(folder)).folders.get("sub");
  await folder.rename("sub", "old");
  await folder.write("sub/a.wasm", "x");
  const after = (await scan(folder)).folders.get("sub");
  assertEquals(before === after, false);
});

Deno.test("any name that is text is served, also with a line feed in it", async () => {
  await using folder = await TempFolder.make({ "a\nb.wasm": "x", "c.wasm\n": "y" });
  assertEquals(namesOf(await scan(folder)), ["a\nb.wasm"]);
});

Deno.test("a name that is not UTF-8 is a problem, not a silence", async () => {
  await using folder = await TempFolder.make();
  // Only bytes can spell such a name.
  await new Deno.Command("sh", { args: ["-c", `: >"$(printf 'bad\\377.wasm')"`], cwd: folder.path })
    .output();
  const { problems } = await scan(folder);
  assertEquals(problems.map(({ path, message }) => `${path} ${message}`), [
    "bad\ufffd.wasm has a name that is not UTF-8",
  ]);
});

Deno.test("what is not a regular file has no stamp", async () => {
  await using folder = await TempFolder.make();
  await makePipe(join(folder.path, "pipe.wasm"));
  assertEquals(await stampFile(join(folder.path, "pipe.wasm")), undefined);
  assertEquals(await stampFile(folder.path), undefined);
});
