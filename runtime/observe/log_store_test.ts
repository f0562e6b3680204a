import { assert, assertEquals, assertMatch } from "@std/assert";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logFolder } from "./log_files.ts";
import { logFileBase, LogStore } from "./log_store.ts";
import { MemoryLogFiles } from "./testing.ts";

function entry(id: number, stderr = "") {
  return { id, time: "", function: "/f", stderr };
}

Deno.test("a function has two files of bounded size, and the newest entries survive", async () => {
  const files = new MemoryLogFiles();
  const store = new LogStore(files, { fileBytes: 1000, totalBytes: 1e6 });
  for (let id = 1; id <= 100; id++) await store.append("/f", [entry(id, "é".repeat(20))], id);
  assertEquals([...files.texts.keys()].sort(), ["f.1.jsonl", "f.jsonl"]);
  for (const text of files.texts.values()) assert(text.length <= 1000, `${text.length}`);
  const ids = (await store.read("/f")).map(({ id }) => id);
  assertEquals(ids, Array.from({ length: ids.length }, (_, i) => 101 - ids.length + i));
});

Deno.test("one batch larger than a file is spread over two, and an entry larger than a file is kept", async () => {
  const store = new LogStore(new MemoryLogFiles(), { fileBytes: 300, totalBytes: 1e6 });
  await store.append("/f", [1, 2, 3, 4, 5, 6, 7, 8, 9].map((id) => entry(id)), 1);
  const ids = (await store.read("/f")).map(({ id }) => id);
  assertEquals(ids.at(-1), 9);
  assert(ids.length > 4 && ids.length <= 9);
  await store.append("/f", [entry(10, "x".repeat(500))], 1);
  assertEquals((await store.read("/f")).at(-1)?.id, 10);
});

Deno.test("over all functions, the files not written for longest go", async () => {
  const files = new MemoryLogFiles();
  const store = new LogStore(files, { fileBytes: 1e6, totalBytes: 2000 });
  for (let id = 1; id <= 40; id++) await store.append(`/f${id}`, [entry(id, "x".repeat(50))], id);
  const size = [...files.texts.values()].reduce((sum, text) => sum + text.length, 0);
  assert(size <= 2000 && size > 1000, `${size}`);
  assertEquals([files.texts.has("f1.jsonl"), files.texts.has("f40.jsonl")], [false, true]);
});

Deno.test("after a restart the sizes are known, and a line cut off costs none that follows", async () => {
  const files = new MemoryLogFiles();
  files.texts.set("f.jsonl", '{"id":1}\n{"id":2,"std');
  const store = new LogStore(files, { fileBytes: 120, totalBytes: 1e6 });
  await store.append("/f", [entry(3)], 3);
  assertEquals((await store.read("/f")).map(({ id }) => id), [1, 3]);
  await store.append("/f", [entry(4, "x".repeat(60))], 4);
  assert(files.texts.has("f.1.jsonl"));
});

Deno.test("names of files are safe, readable, and never shared by two routes", () => {
  assertEquals(logFileBase("/hello"), "hello");
  assertMatch(logFileBase("/"), /^~[0-9a-f]{16}$/);
  assertMatch(logFileBase("/greet/[name]"), /^greet-name-~[0-9a-f]{16}$/);
  assertMatch(logFileBase("/../../etc/passwd"), /^-etc-passwd~[0-9a-f]{16}$/);
  assert(logFileBase("/" + "a".repeat(300)).length < 100);
  const routes = ["/a/b", "/a-b", "/a b", "/a\0b", "/", "/~", "/a/b/"];
  assertEquals(new Set(routes.map(logFileBase)).size, routes.length);
});

Deno.test("the folder is made when first written to, and only then", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skerry-logs-"));
  try {
    const files = logFolder(join(folder, "a", "logs"));
    const store = new LogStore(files);
    assertEquals([await store.read("/f"), await readdir(folder)], [[], []]);
    await store.append("/f", [entry(1)], 1);
    await new LogStore(files).append("/f", [entry(2)], 1);
    assertEquals((await store.read("/f")).map(({ id }) => id), [1, 2]);
    assertEquals((await files.list()).map(({ name }) => name), ["f.jsonl"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
