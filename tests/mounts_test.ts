import { assertEquals } from "@std/assert";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileGuest } from "./guests/files.ts";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

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
