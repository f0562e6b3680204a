import { assertEquals } from "@std/assert";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";
import { wat } from "./support/wat.ts";

/** Exits with the errno of the first of these that fails: read `/data/<name>` to stdout, create `made.txt`. */
function fileGuest(name: string, creates: boolean): Promise<Uint8Array<ArrayBuffer>> {
  return wat(`(module
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 64) "${name}") (data (i32.const 200) "made.txt")
    (func $fail_on (param $errno i32)
      (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))
    (func (export "_start")
      (call $fail_on (call $path_open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const ${name.length})
        (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 32)))
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 100))
      (call $fail_on
        (call $fd_read (i32.load (i32.const 32)) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.store (i32.const 4) (i32.load (i32.const 8)))
      (call $fail_on (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      ${
    creates
      ? `(call $fail_on (call $path_open (i32.const 3) (i32.const 0) (i32.const 200) (i32.const 8)
        (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 32)))`
      : ""
  }))`);
}

const MOUNT = `[[mounts]]\nhost = "_data"\nguest = "/data"\n`;
/** WASI's numbers. */
const EPERM = 63;
const EROFS = 69;

async function answerOf(url: string): Promise<[number, string]> {
  const response = await fetch(url);
  const text = await response.text();
  return [response.status, response.ok ? text : String(JSON.parse(text).exit_code)];
}

Deno.test("A function reads and writes the directories its configuration mounts, and no others", async () => {
  const [reader, creator, escaper] = await Promise.all([
    fileGuest("note.txt", false),
    fileGuest("note.txt", true),
    fileGuest("way/out.txt", false),
  ]);
  await using folder = await temporaryFolder({
    "_data/note.txt": "a note",
    "secret/out.txt": "secret",
    "reader.wasm": reader,
    "reader.toml": MOUNT,
    "creator.wasm": creator,
    "creator.toml": `${MOUNT}read_only = false\n`,
    "timid.wasm": creator,
    "timid.toml": MOUNT,
    "escaper.wasm": escaper,
    "escaper.toml": MOUNT,
    "worker.wasm": reader,
    "worker.toml": `[[folders]]\nfrom = "./_data"\nto = "/data"\n`,
    "unmounted.wasm": reader,
    "lost.wasm": reader,
    "lost.toml": `[[mounts]]\nhost = "nowhere"\nguest = "/data"\n`,
  });
  await symlink(join(folder.path, "secret"), join(folder.path, "_data/way"));
  await mkdir(join(folder.path, "_data/sub"));
  await using server = await startServer(folder.path);
  for (let time = 0; time < 2; time++) {
    assertEquals(await answerOf(`${server.url}/reader`), [200, "a note"]);
    assertEquals(await answerOf(`${server.url}/worker`), [200, "a note"]);
    assertEquals(await answerOf(`${server.url}/timid`), [500, String(EROFS)]);
    assertEquals(await answerOf(`${server.url}/escaper`), [500, String(EPERM)]);
    assertEquals((await answerOf(`${server.url}/unmounted`))[0], 500);
  }
  const data = join(folder.path, "_data");
  assertEquals((await readdir(data)).includes("made.txt"), false);
  assertEquals(await answerOf(`${server.url}/creator`), [200, "a note"]);
  assertEquals((await readdir(data)).includes("made.txt"), true);
  const lost = await (await fetch(`${server.url}/lost`)).json();
  assertEquals([lost.status, lost.code], [500, "invalid_config"]);
});
