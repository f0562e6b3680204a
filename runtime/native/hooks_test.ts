import { assert, assertEquals } from "@std/assert";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../../tests/support/eventually.ts";
import { temporaryFolder } from "../../tests/support/folder.ts";
import { HookPrograms } from "./hooks.ts";

const CALL = { library: "/lib.so", functionName: "run", output: "/out" };

async function script(folder: string, text: string): Promise<string> {
  const path = join(folder, "hook");
  await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

Deno.test("a hook that hangs is ended with all that it has started when the server stops", async () => {
  await using folder = await temporaryFolder();
  const path = await script(folder.path, 'sleep 1000 & echo $! > "$0.pid"\nwait');
  const programs = new HookPrograms();
  const result = programs.pre(path)(CALL);
  const { answer: pid } = await eventually(
    () => readFile(`${path}.pid`, "utf8").catch(() => ""),
    (text) => text.endsWith("\n"),
  );
  programs.stop();
  assertEquals(await result, { ok: false, error: `the hook ${path} failed: it ended by SIGKILL` });
  await eventually(
    () => readFile(`/proc/${pid.trim()}/stat`, "utf8").catch(() => ""),
    (stat) => stat === "" || stat.includes(") Z "),
  );
});

Deno.test("many calls run no more than 64 hooks at the same time, and each its own", async () => {
  await using folder = await temporaryFolder({ "running/_": "", "done/_": "" });
  const path = await script(
    folder.path,
    'here=$(dirname "$0"); touch "$here/running/$$"; ls "$here/running" | wc -l > "$here/done/$$"; rm "$here/running/$$"',
  );
  const programs = new HookPrograms();
  const results = await Promise.all(
    Array.from({ length: 150 }, () => programs.post(path)(CALL, { kind: "ok" })),
  );
  assertEquals(new Set(results.map(({ ok }) => ok)), new Set([true]));
  const names = (await readdir(join(folder.path, "done"))).filter((name) => name !== "_");
  assertEquals(names.length, 150);
  for (const name of names) {
    // The folder's own file is counted as well.
    assert(Number(await readFile(join(folder.path, "done", name), "utf8")) <= 65);
  }
});
