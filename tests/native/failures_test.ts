import { assertEquals, assertMatch } from "@std/assert";
import { mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { run } from "../support/runtimes.ts";
import { canMount, withDisk } from "../support/disk.ts";
import { temporaryFolder } from "../support/folder.ts";
import { DENO_SOURCE, startServer } from "../support/server.ts";
import { send, startNativeServer } from "./native_server.ts";

const DETAILS = ["--native-details", "--native-timeout-ms", "1000", "--native-memory-mb", "128"];

/** Library and function, what it leaves in the answer, and why it failed. */
const FAILURES: readonly (readonly [command: string, printed: string, reason: string | RegExp])[] =
  [
    ["hostile segfault", "before\n", "Segmentation fault"],
    ["hostile aborts", "before\n", "Aborted"],
    ["hostile exits_3", "bye\n", "exit status 3"],
    ["hostile divides", "", "Floating point exception"],
    ["hostile recurses", "", "Segmentation fault"],
    ["hostile corrupts_heap", "", "Aborted"],
    ["hostile spins", "spinning\n", "timed out after 1000 ms"],
    ["hostile ignores_sigterm", "", "timed out after 1000 ms"],
    ["hostile stops_itself", "", "timed out after 1000 ms"],
    ["hostile raises_sigterm", "", "Terminated"],
    ["hostile thread_crashes", "threading\n", "Segmentation fault"],
    ["hostile kills_group", "killing\n", "Killed"],
    ["hostile nothing", "", /libhostile\.so: undefined symbol: nothing/],
    ["hostile closes_descriptors", "", "what it printed could not all be written"],
    ["hostile fills_the_disk", "kept\n", "what it printed could not all be written"],
    // The C library has it, and what a library needs is searched by the loader, too.
    ["basic system id", "", "the library has no such function of its own"],
    ["constructor_crashes", "", "Aborted (while loading)"],
    ["constructor_exits", "", "exit status 7 (while loading)"],
    ["constructor_hangs", "", "timed out after 1000 ms (while loading)"],
    ["destructor_crashes", "run\n", "Aborted (while unloading)"],
    ["missing", "", "cannot open the library: No such file or directory"],
    ["basic run file surplus", "", "the command has more than three words"],
    ["basic run\0", "run\n", ""],
    ["basic thread", "threaded\njoined\n", ""],
    ["basic r\0un", "", "the command holds a NUL byte"],
  ];

Deno.test("What goes wrong is told apart, and what was printed before is kept", async (t) => {
  await using native = await startNativeServer({ args: DETAILS });
  for (const [command, printed, reason] of FAILURES) {
    await t.step(JSON.stringify(command), async () => {
      const text = await native.call(command);
      if (reason === "") return assertEquals(text, printed);
      const [name, ...words] = command.split(" ");
      const line = `Error: ${[native.library(name!), ...words].join(" ")} could not be executed.\n`;
      assertEquals(text.slice(0, printed.length + line.length), printed + line);
      const rest = text.slice(printed.length + line.length);
      if (typeof reason === "string") assertEquals(rest, `${reason}\n`);
      else assertMatch(rest, reason);
    });
  }
  await t.step("the server still answers", async () => {
    assertEquals(await native.call("basic"), "run\n");
  });
});

Deno.test("Without details an answer holds what was printed, or the one line", async () => {
  await using native = await startNativeServer();
  assertEquals(await native.call("hostile segfault"), "before");
  assertEquals(await native.call("hostile exits_0"), "bye");
  const line = (command: string) => `Error: ${command} could not be executed.\n`;
  for (
    const [name, words] of [["missing", ""], ["hostile", " nothing"], ["constructor_crashes", ""]]
  ) {
    assertEquals(await native.call(name! + words), line(native.library(name!) + words));
  }
  await native.server.printed("Segmentation fault");
  await native.server.printed("undefined symbol: nothing");
});

Deno.test("Files that are no libraries are refused in the loader's words", async (t) => {
  await using native = await startNativeServer({ args: DETAILS });
  const { library } = native;
  const why = async (name: string) => (await native.call(name)).split("\n")[1];
  await t.step("a text", async () => {
    await writeFile(library("text"), "This is no library. ".repeat(10));
    assertMatch((await why("text"))!, /invalid ELF header/);
  });
  await t.step("nothing", async () => {
    await writeFile(library("empty"), "");
    assertMatch((await why("empty"))!, /file too short/);
  });
  await t.step("half a library", async () => {
    await writeFile(library("half"), await readFile(library("basic")));
    await truncate(library("half"), 1000);
    assertMatch((await why("half"))!, /\S/);
    assertMatch(await native.call("half"), /^Error: /);
  });
  await t.step("one for another machine", async () => {
    const bytes = await readFile(library("basic"));
    // e_machine: PowerPC.
    bytes[18] = 20;
    await writeFile(library("foreign"), bytes);
    assertMatch((await why("foreign"))!, /cannot open shared object file|wrong ELF class/);
  });
  await t.step("a folder", async () => {
    await mkdir(library("folder"));
    assertEquals(await why("folder"), "the library is not a regular file");
  });
  await t.step("a pipe, which would block the loader", async () => {
    await run("mkfifo", [library("pipe")]);
    assertEquals(await why("pipe"), "the library is not a regular file");
  });
  await t.step("a link to nothing", async () => {
    await symlink("nowhere", library("dangling"));
    assertEquals(await why("dangling"), "cannot open the library: No such file or directory");
  });
});

Deno.test("Only libraries of the allowed folders are loaded, whatever leads out of them", async () => {
  await using native = await startNativeServer({ args: DETAILS });
  const outside = join(native.folder, "outside.so");
  await writeFile(outside, await readFile(native.library("basic")));
  await symlink(outside, native.library("way_out"));
  const reason = "the library is in none of the allowed folders";
  for (const path of [outside, native.library("way_out"), `${native.folder}/lib/../outside.so`]) {
    assertEquals(
      await readFile(await send(native.socket, path), "utf8"),
      `Error: ${path} could not be executed.\n${reason}\n`,
    );
  }
});

Deno.test("Limits hold: time, processor, memory, output, files", async (t) => {
  await using native = await startNativeServer({
    args: [
      "--native-details",
      // A loaded machine gives a second of processor time when it can.
      "--native-timeout-ms",
      "60000",
      "--native-cpu-s",
      "1",
      "--native-output-mb",
      "1",
      "--native-memory-mb",
      "128",
    ],
  });
  await t.step("processor time", async () => {
    assertMatch(await native.call("hostile spins"), /\nused more than 1 s of processor time\n$/);
  });
  await t.step("processor time, of one that ignores the signal", async () => {
    assertMatch(await native.call("hostile spins_on"), /\nused more than 1 s of processor time\n$/);
  });
  await t.step("10 GB of output end at the limit", async () => {
    const path = await native.ask("hostile writes_10_gb");
    const text = await readFile(path, "utf8");
    assertEquals(text.indexOf("\n"), 2 ** 20);
    assertMatch(text, /\nwrote more than 1048576 bytes\n$/);
  });
  await t.step("memory", async () => {
    assertEquals(await native.call("hostile allocates"), "stopped");
  });
  await t.step("what goes to standard error fills nothing", async () => {
    assertEquals(await native.call("hostile shouts"), "done");
  });
  await t.step("core files and descriptors", async () => {
    assertEquals(await native.call("hostile raises_limits"), "core 0\nfiles 256\n");
  });
  await t.step("the memory shared with the zygote is the call's own", async () => {
    const answers = ["awake", "awake"].map(() => native.call("basic doze"));
    assertEquals(await native.call("hostile scribbles"), "16384\n");
    assertEquals(await Promise.all(answers), ["awake", "awake"]);
    assertEquals(await native.call("basic"), "run\n");
  });
  await t.step("a function that puts a pipe in the place of its output", async () => {
    assertMatch(await native.ask("hostile swaps_and_aborts"), /^Error: \S+ swaps_and_aborts could/);
  });
  await t.step("exit() flushes the function's own files", async () => {
    const file = join(native.folder, "own");
    await native.call(`hostile exits_3 ${file}`);
    assertEquals(await readFile(file, "utf8"), "flushed");
  });
});

Deno.test("Processes that a call leaves behind are ended, also in a session of their own", async () => {
  await using native = await startNativeServer({ args: ["--native-timeout-ms", "500"] });
  for (const command of ["hostile forks", "hostile forks_and_hangs"]) {
    const pids = (await native.call(command)).trim().split("\n");
    assertEquals(pids.length, 3);
    await eventually(
      () => Promise.all(pids.map((pid) => stat(`/proc/${pid}`).then(() => true, () => false))),
      (areThere) => !areThere.includes(true),
    );
  }
});

Deno.test("A function that kills the zygote takes only what runs with it along", async () => {
  await using native = await startNativeServer({ args: ["--native-details"] });
  const text = await native.call("hostile kills_parent");
  assertMatch(text, /\nthe process of native calls is gone: it ended with SIGKILL\n$/);
  assertEquals(await native.call("basic"), "run\n");
  await native.server.printed("Replacing the process of native calls");
});

Deno.test("Where no output file can be made, the reply itself is the error", async () => {
  await using native = await startNativeServer();
  assertEquals(await native.call("basic"), "run\n");
  const output = join(native.folder, "data/output");
  await Deno.remove(output, { recursive: true });
  const path = native.library("basic");
  assertEquals(await send(native.socket, path), `Error: ${path} could not be executed.`);
  await native.server.printed("cannot make the output file: No such file or directory");
  await mkdir(output);
  assertEquals(await native.call("basic"), "run\n");
});

// Where a process may not mount a disk of its own, none can be filled.
Deno.test({
  name: "A full output folder: the reply says so, and when files have gone calls go on",
  ignore: !canMount(),
  fn: async () => {
    await using disk = await temporaryFolder();
    await using native = await startNativeServer({
      // The folder itself and two files.
      runtime: withDisk(DENO_SOURCE, disk.path, "size=1m,nr_inodes=3"),
      args: ["--native-output", `${disk.path}/XXXXXX`, "--native-keep-s", "3", "--native-details"],
    });
    const library = native.library("basic");
    const full = `Error: ${library} could not be executed. ` +
      "cannot make the output file: No space left on device";
    const replies: string[] = [];
    while (replies.length < 20 && replies.at(-1) !== full) replies.push(await native.ask("basic"));
    assertEquals(replies.at(-1), full);
    assertEquals(replies[0]!.startsWith(`${disk.path}/`), true);
    await eventually(() => native.ask("basic"), (reply) => reply.startsWith(`${disk.path}/`));
  },
});

Deno.test({
  name: "A full disk: what a function could not print is no success",
  ignore: !canMount(),
  fn: async () => {
    await using disk = await temporaryFolder();
    await using native = await startNativeServer({
      runtime: withDisk(DENO_SOURCE, disk.path, "size=64k"),
      args: ["--native-output", `${disk.path}/XXXXXX`, "--native-keep-s", "3", "--native-details"],
    });
    await native.ask("hostile writes_10_gb");
    assertMatch(await native.ask("basic"), /^Error: \S+ could not be executed\. No space left/);
    await native.server.printed("what it printed could not all be written");
    await eventually(() => native.ask("basic"), (reply) => reply.startsWith(`${disk.path}/`));
  },
});

Deno.test("Nothing is left behind: no process, no descriptor, no file of a request", async () => {
  await using native = await startNativeServer();
  const descriptors = async (pid: string | number) => (await readdir(`/proc/${pid}/fd`)).length;
  await native.call("basic");
  const pid = await native.zygote();
  const before = await descriptors(pid);
  for (let i = 0; i < 20; i++) {
    await native.call("hostile segfault");
    await native.call("basic");
    await native.call("hostile forks");
  }
  // But for the one that waits for a request.
  await eventually(
    () => readFile(`/proc/${pid}/task/${pid}/children`, "utf8"),
    (children) => children.trim().split(" ").length === 1,
  );
  assertEquals(await native.zygote(), pid);
  assertEquals(await descriptors(pid), before);
});

Deno.test("A port that cannot be had is said so", async () => {
  await using native = await startNativeServer({ args: ["--native-tcp", "127.0.0.1:0"] });
  await native.server.printed("Native calls on 127.0.0.1:");
  const address = /Native calls on (127\S+)/.exec(native.server.output())![1]!;
  const failed = await startServer(join(native.folder, "functions"), {
    args: ["--native", native.folder, "--native-tcp", address],
  }).then(() => "it started", (error: Error) => error.message);
  assertMatch(failed, /Cannot listen on 127\.0\.0\.1:\d+: the address is in use/);
});
