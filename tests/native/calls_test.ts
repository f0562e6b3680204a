import { assert, assertEquals, assertMatch } from "@std/assert";
import { readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { run } from "../support/runtimes.ts";
import { skerry as runSkerry } from "../support/command_line.ts";
import { temporaryFolder } from "../support/folder.ts";
import { startServer } from "../support/server.ts";
import { send, startNativeServer } from "./native_server.ts";

Deno.test("Native calls over a UNIX socket", async (t) => {
  await using native = await startNativeServer();
  const { call, ask, library, socket, folder } = native;

  await t.step("the function run is called where none is named", async () => {
    assertEquals(await call("basic"), "run\n");
  });
  await t.step("a named function is called with a file", async () => {
    const file = join(folder, "input");
    await writeFile(file, "one\ntwo\0three");
    assertEquals(await call(`basic cat ${file}`), "one\ntwo\0three");
  });
  await t.step("every call sees the library as if freshly loaded", async () => {
    assertEquals(await call("basic count"), "call 1\n");
    assertEquals(await call("basic count"), "call 1\n");
  });
  await t.step(
    "the answer is an absolute path as of mkstemp, and only the user can read it",
    async () => {
      const path = await ask("basic");
      assertMatch(path, /^\/.*\/data\/output\/out-[A-Za-z0-9]{6}$/);
      assertEquals((await stat(path)).mode & 0o777, 0o600);
    },
  );
  await t.step("constructors and destructors run around the function", async () => {
    assertEquals(await call("constructor_prints"), "constructed\nrun\ndestructed\n");
  });
  await t.step("the function sees no variable and no descriptor of the server", async () => {
    const lines = (await call("basic tell")).trim().split("\n");
    assertEquals(lines[0], "variables 0");
    assertEquals(lines.slice(1).map((line) => line.split(" ")[0]), ["0", "1", "2"]);
    assertEquals(lines[1], "0 /dev/null");
  });
  await t.step("standard error goes to the log and not into the answer", async () => {
    assertEquals(await call("basic whine"), "fine\n");
    await native.server.printed("it hurts");
  });
  await t.step("a symbolic link within the folder is followed", async () => {
    await symlink(library("basic"), library("linked"));
    assertEquals(await call("linked"), "run\n");
  });
  await t.step("spaces in a row separate as one does", async () => {
    assertEquals(
      await readFile(await send(socket, `  ${library("basic")}   count `), "utf8"),
      "call 1\n",
    );
  });
  await t.step("the zero at the end of a C string is no part of the command", async () => {
    assertEquals(await readFile(await send(socket, `${library("basic")}\0`), "utf8"), "run\n");
  });
  await t.step("a client may end its side before it has the answer", async () => {
    const path = await send(socket, library("basic"), { endsInput: true });
    assertEquals(await readFile(path, "utf8"), "run\n");
  });
  await t.step("only the server's user may connect", async () => {
    assertEquals((await stat(socket)).mode & 0o777, 0o600);
  });
  await t.step("the zygote has one permission", async () => {
    const zygote = await native.zygote();
    const commandLine = (await readFile(`/proc/${zygote}/cmdline`, "utf8")).split("\0");
    const permissions = commandLine.filter((word) => /^(-A|--allow|--deny)/.test(word));
    assertEquals(permissions, ["--allow-ffi"]);
  });
});

Deno.test("A session goes on line by line until exit, quit, or the end of input", async (t) => {
  await using native = await startNativeServer();
  const { library, socket } = native;
  const lines = `${library("basic")}\r\n${library("basic")} count\n`;
  const contents = async (reply: string) => {
    const paths = reply.trimEnd().split("\n");
    return await Promise.all(paths.map((path) => readFile(path, "utf8")));
  };
  for (const end of ["exit\n", "quit\n", "quit\nthis is not looked at\n"]) {
    await t.step(`ended by ${JSON.stringify(end)}`, async () => {
      assertEquals(await contents(await send(socket, lines + end)), ["run\n", "call 1\n"]);
    });
  }
  await t.step("ended by the client, its last line without a newline", async () => {
    const reply = await send(socket, lines + library("basic"), { endsInput: true });
    assertEquals(await contents(reply), ["run\n", "call 1\n", "run\n"]);
  });
  await t.step("an empty line is a command, too, and gets its answer", async () => {
    const reply = await send(socket, `\n${library("basic")}\nexit\n`);
    assertEquals(await contents(reply), ["Error:  could not be executed.\n", "run\n"]);
  });
  await t.step("hundreds of commands sent ahead are all answered, in order", async () => {
    const reply = await send(socket, `${library("basic")} count\nnothing\n`.repeat(150) + "exit\n");
    const expected = ["call 1\n", "Error: nothing could not be executed.\n"];
    assertEquals(await contents(reply), Array.from({ length: 150 }, () => expected).flat());
  });
  await t.step("exit without a newline ends the connection", async () => {
    assertEquals(await send(socket, "exit"), "");
  });
});

Deno.test("Native calls over TCP", async () => {
  await using native = await startNativeServer({ args: ["--native-tcp", "127.0.0.1:0"] });
  await native.server.printed("Native calls on 127.0.0.1:");
  const address = /Native calls on (127\S+)/.exec(native.server.output())![1]!;
  const printed = await skerry(["call", "--tcp", address, "--show", native.library("basic")]);
  assertEquals(printed, "run\n");
});

Deno.test("skerry call prints the path of the answer, or the answer", async () => {
  await using native = await startNativeServer();
  const { socket, library } = native;
  const said = await skerry(["call", "--unix", socket, library("basic"), "count"]);
  assertEquals(await readFile(/^Output file: (.*)\n$/.exec(said)![1]!, "utf8"), "call 1\n");
  const shown = await skerry(["call", "--unix", socket, "--show", library("basic"), "count"]);
  assertEquals(shown, "call 1\n");
});

Deno.test("skerry call looks for the socket where the C client does, and says what to do where nobody listens", async () => {
  await using native = await startNativeServer();
  const call = (socket: string) =>
    runSkerry(["call", "--show", native.library("basic")], { env: { SKERRY_SOCKET: socket } });
  assertEquals((await call(native.socket)).stdout, "run\n");
  const { code, stderr } = await call("/nowhere/s");
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /no server listens there; start one by skerry serve --native FOLDER --unix \/nowhere\/s/,
  );
});

Deno.test("Hooks run before and after every call, and a failing one refuses it", async () => {
  await using hooks = await temporaryFolder({
    "pre":
      `#!/bin/sh\necho "pre $2" >> "$0.log"\n[ "$2" != count ] || { echo "no counting" >&2; exit 1; }\n`,
    "post": `#!/bin/sh\necho "post $2 $5" >> "$(dirname "$0")/pre.log"\n`,
  });
  const [pre, post] = [join(hooks.path, "pre"), join(hooks.path, "post")];
  for (const hook of [pre, post]) await Deno.chmod(hook, 0o755);
  await using native = await startNativeServer({
    args: ["--native-pre-hook", pre, "--native-post-hook", post, "--native-details"],
  });
  assertEquals(await native.call("basic"), "run\n");
  assertEquals(
    await native.call("basic count"),
    `Error: ${native.library("basic")} count could not be executed.\n` +
      `the hook ${pre} failed: no counting\n`,
  );
  assertMatch(await native.call("hostile segfault"), /^before\nError: .*\nSegmentation fault\n$/);
  assertEquals((await readFile(`${pre}.log`, "utf8")).trim().split("\n"), [
    "pre run",
    "post run ok",
    "pre count",
    "post count hook_failed",
    "pre segfault",
    "post segfault signalled",
  ]);
});

Deno.test("A hook may print, leave a process behind, or end by a signal", async () => {
  await using hooks = await temporaryFolder({
    "loud": "#!/bin/sh\nhead -c 200000 /dev/zero\nhead -c 200000 /dev/zero >&2\n",
    "parent": "#!/bin/sh\nsleep 15 &\n",
    "dead": "#!/bin/sh\nkill -SEGV $$\n",
  });
  const args: string[] = [];
  for (const name of ["loud", "parent", "dead", "missing"]) {
    const path = join(hooks.path, name);
    if (name !== "missing") await Deno.chmod(path, 0o755);
    args.push(
      name === "loud" || name === "parent" ? "--native-pre-hook" : "--native-post-hook",
      path,
    );
  }
  await using native = await startNativeServer({ args });
  const startMs = performance.now();
  assertEquals(await native.call("basic"), "run\n");
  assert(performance.now() - startMs < 9000, "what a hook left behind was waited for");
  await native.server.printed("/dead failed: it ended by SIGSEGV");
  await native.server.printed("/missing failed: No such file or directory");
});

Deno.test("Output files are removed when they have been kept long enough", async () => {
  await using native = await startNativeServer({ args: ["--native-keep-s", "1"] });
  const path = await native.ask("basic");
  assertEquals(await readFile(path, "utf8"), "run\n");
  await eventually(
    () => readdir(join(native.folder, "data/output")),
    (names) => names.length === 0,
  );
});

Deno.test("A socket left behind is replaced, one in use is not, and neither is a file", async () => {
  await using native = await startNativeServer();
  const args = (path: string) => ["--native", native.folder, "--unix", path];
  const start = (path: string) =>
    startServer(join(native.folder, "functions"), { args: args(path) }).then(
      () => "it started",
      (error: Error) => error.message,
    );
  assertMatch(await start(native.socket), /another server listens there/);
  const file = join(native.folder, "file");
  await writeFile(file, "precious");
  assertMatch(await start(file), /there is a file that is not a socket/);
  assertEquals(await readFile(file, "utf8"), "precious");
  assertMatch(await start(`/tmp/${"long".repeat(30)}`), /a socket's path has at most 106 bytes/);
  native.server.kill("SIGKILL");
  await native.server.status;
  await using second = await startServer(join(native.folder, "functions"), {
    args: args(native.socket),
  });
  await second.printed("Native calls on");
  assertEquals(await readFile(await send(native.socket, native.library("basic")), "utf8"), "run\n");
  second.kill("SIGTERM");
  assertEquals((await second.status).code, 0);
  assertEquals(await stat(native.socket).then(() => "there", () => "gone"), "gone");
});

Deno.test("Without --native its other options are refused, and a folder that is none as well", async () => {
  const { code, said } = await refused(["--unix", "/tmp/never"]);
  assertEquals(code, 2);
  assertMatch(said, /Option --unix needs --native DIR/);
  const missing = await refused(["--native", "/does/not/exist"]);
  assertEquals(missing.code, 1);
  assertMatch(missing.said, /Cannot load libraries from \/does\/not\/exist: No such file/);
});

async function refused(args: readonly string[]): Promise<{ code: number; said: string }> {
  await using folder = await temporaryFolder();
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "main.ts",
      "serve",
      "--port=0",
      `--functions=${folder.path}`,
      `--data=${folder.path}/data`,
      ...args,
    ],
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

function skerry(args: readonly string[]): Promise<string> {
  return run(Deno.execPath(), ["run", "-A", "main.ts", ...args]);
}
