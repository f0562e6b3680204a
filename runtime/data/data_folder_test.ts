import { assertEquals, assertMatch } from "@std/assert";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../tests/support/folder.ts";
import { type DataFolder, openDataFolder } from "./data_folder.ts";

async function opened(path: string): Promise<DataFolder> {
  const folder = await openDataFolder(path);
  if (!folder.ok) throw new Error(folder.error.message);
  return folder.value;
}

async function refused(path: string): Promise<string> {
  const folder = await openDataFolder(path);
  if (folder.ok) throw new Error("It was opened");
  assertEquals(folder.error.code, "invalid_config");
  return folder.error.message;
}

Deno.test("A missing data folder is made, for its owner only", async () => {
  await using home = await temporaryFolder();
  const path = join(home.path, "a", "b");
  const folder = await opened(path);
  assertEquals((await stat(path)).mode & 0o777, 0o700);
  folder.close();
});

Deno.test("A second server cannot have the folder until the first has given it back", async () => {
  await using home = await temporaryFolder();
  const first = await opened(home.path);
  assertMatch(await refused(home.path), /another server uses it; stop that one, or name another/);
  first.close();
  (await opened(home.path)).close();
});

Deno.test("What cannot be a folder is refused with the next step", async () => {
  await using home = await temporaryFolder({ "file": "" });
  const message = await refused(join(home.path, "file", "data"));
  assertMatch(message, /cannot be made \(ENOTDIR\); make it writable, or name another/);
});

Deno.test("A folder whose lock is no database is refused, and the file is left alone", async () => {
  await using home = await temporaryFolder();
  await writeFile(
    join(home.path, "lock.db"),
    "not a database, and long enough to be read as one".repeat(9),
  );
  assertMatch(await refused(home.path), /not a database/);
});
