import { assertEquals, assertMatch } from "@std/assert";
import { lstat, readdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../../tests/support/folder.ts";
import { errorOf, valueOf } from "../../tests/support/results.ts";
import { OutputFiles, type OutputFilesOptions } from "./output_files.ts";

async function scene(options: Partial<OutputFilesOptions> = {}) {
  const folder = await temporaryFolder();
  const template = join(folder.path, "made/out-XXXXXX");
  const defaults = { template, keepMs: 1000, random: Math.random, now: Date.now };
  const files = await OutputFiles.open({ ...defaults, ...options });
  return { files, folder, made: join(folder.path, "made") };
}

Deno.test("files are fresh, empty, and the user's alone", async () => {
  const { files, folder, made } = await scene();
  await using _ = folder;
  const paths = Array.from({ length: 50 }, () => valueOf(files).create());
  assertEquals(new Set(paths.map(valueOf)).size, 50);
  assertMatch(valueOf(paths[0]!), /\/made\/out-[A-Za-z0-9]{6}$/);
  const stats = await lstat(valueOf(paths[0]!));
  assertEquals([stats.size, stats.mode & 0o777], [0, 0o600]);
  assertEquals((await readdir(made)).length, 50);
});

Deno.test("a taken name is not used, and when every name is taken that is an error", async () => {
  const { files, folder } = await scene({ random: () => 0 });
  await using _ = folder;
  valueOf(valueOf(files).create());
  assertEquals(
    errorOf(valueOf(files).create()),
    "cannot make the output file: every name tried is taken",
  );
});

Deno.test("a link that waits at a name is not followed", async () => {
  const { files, folder, made } = await scene({ random: () => 0 });
  await using _ = folder;
  await symlink(join(folder.path, "target"), join(made, "out-AAAAAA"));
  assertMatch(errorOf(valueOf(files).create()), /every name tried is taken$/);
  assertEquals(await readdir(folder.path), ["made"]);
});

Deno.test("a sweep takes what is old and of its making, whatever it has become", async () => {
  let nowMs = Date.now();
  const { files, folder, made } = await scene({ now: () => nowMs });
  await using _ = folder;
  const old = valueOf(valueOf(files).create());
  await symlink("/nowhere", join(made, "out-BBBBBB"));
  for (const name of ["other", "out-short", "out-AAAAAAA"]) {
    await writeFile(join(made, name), "");
    await utimes(join(made, name), 0, 0);
  }
  nowMs += 500;
  await valueOf(files).sweep();
  assertEquals((await readdir(made)).length, 5);
  nowMs += 1000;
  await valueOf(files).sweep();
  assertEquals((await readdir(made)).sort(), ["other", "out-AAAAAAA", "out-short"]);
  assertEquals(await lstat(old).then(() => "there", () => "gone"), "gone");
});

Deno.test("a template must end in its placeholder and fit into a client's buffer", async () => {
  const fault = async (template: string) =>
    errorOf(
      await OutputFiles.open({
        template,
        keepMs: 1,
        random: Math.random,
        now: Date.now,
      }),
    );
  assertMatch(await fault("/tmp/out"), /must end in XXXXXX, found "\/tmp\/out"$/);
  assertMatch(await fault(`/tmp/${"d".repeat(1000)}XXXXXX`), /one line of at most 1000 bytes$/);
  assertMatch(await fault("/tmp/a\nXXXXXX"), /one line of at most 1000 bytes$/);
  assertMatch(await fault("/proc/self/none/XXXXXX"), /^Cannot make the folder of output files/);
});
