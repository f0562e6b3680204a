import { assertEquals, assertMatch } from "@std/assert";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { VERBS } from "../cli/verbs.ts";
import { type GuestName, GUESTS, printer } from "./guests/guests.ts";
import { fileGuest } from "./guests/files.ts";
import { type Ran, skerry } from "./support/command_line.ts";
import { temporaryFolder } from "./support/folder.ts";
import { DENO_SOURCE } from "./support/server.ts";

async function runGuest(
  guest: GuestName,
  args: readonly string[] = [],
  options: { stdin?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  await using folder = await temporaryFolder({ "guest.wasm": await GUESTS[guest]() });
  return await skerry(["run", join(folder.path, "guest.wasm"), ...args], options);
}

Deno.test("run passes standard streams through and keeps the exit code", async () => {
  const text = "grüße\n".repeat(20_000);
  assertEquals((await runGuest("echoStdin", [], { stdin: text })).stdout, text);
  const { code, stdout, stderr } = await runGuest("writeStderr");
  assertEquals([code, stdout, stderr], [0, "to stdout\n", "to stderr\n"]);
  assertEquals((await runGuest("exit3")).code, 3);
});

Deno.test("run gives the arguments after -- and only the variables it was told", async () => {
  const { stdout } = await runGuest(
    "dumpEnvironment",
    ["--env", "A=1", "--env", "B=two words", "--env", "PASSED", "--", "--flag", "x y"],
    { env: { PASSED: "on", HIDDEN: "secret" } },
  );
  assertEquals(stdout.includes("secret"), false);
  for (const wanted of ["guest.wasm", "--flag", "x y", "A=1", "B=two words", "PASSED=on"]) {
    assertMatch(stdout, new RegExp(`^.*${wanted}.*$`, "m"));
  }
});

Deno.test("run ends a trap with 134 and says what trapped", async () => {
  const { code, stderr } = await runGuest("divideByZero");
  assertEquals(code, 134);
  assertMatch(stderr, /guest\.wasm trapped: divide_by_zero/);
});

Deno.test("run keeps what was printed before a trap", async () => {
  const { code, stdout } = await runGuest("unreachableAfterOutput");
  assertEquals([code, stdout], [134, "before\n"]);
});

Deno.test("run --timeout-ms is the program's time: starting its thread does not count", async () => {
  const { code, stdout } = await runGuest("exit0", ["--timeout-ms", "1"]);
  assertEquals([code, stdout], [0, "before\n"]);
});

Deno.test("run --stats says what it does not know of a run whose thread was ended", async () => {
  const { code, stderr } = await runGuest("endlessLoop", ["--timeout-ms", "20", "--stats"]);
  assertEquals(code, 124);
  assertMatch(stderr, /^fuel=unknown memory_pages=unknown wall_ms=20\.000$/m);
});

Deno.test("run stops at its fuel, its memory and its timeout", async () => {
  const fuel = await runGuest("endlessLoop", ["--fuel", "1000000"]);
  assertEquals(fuel.code, 134);
  assertMatch(fuel.stderr, /ran out of fuel: its budget was 1000000/);
  const memory = await runGuest("memoryBomb", ["--memory-mb", "8"]);
  assertEquals(memory.code, 134);
  assertMatch(memory.stderr, /ran out of memory: its limit is 8 MiB/);
  const loop = await runGuest("endlessLoop", ["--timeout-ms", "200"]);
  assertEquals(loop.code, 124);
  assertMatch(loop.stderr, /ran longer than 200 ms/);
  const sleep = await runGuest("sleepMinute", ["--timeout-ms", "200"]);
  assertEquals(sleep.code, 124);
});

Deno.test("run --stats prints fuel, pages and milliseconds, and the fuel is the same every time", async () => {
  const first = await runGuest("mutateGlobals", ["--stats"]);
  const second = await runGuest("mutateGlobals", ["--stats"]);
  const pattern = /^fuel=(\d+) memory_pages=(\d+) wall_ms=[\d.]+$/m;
  assertMatch(first.stderr, pattern);
  assertEquals(pattern.exec(first.stderr)![1], pattern.exec(second.stderr)![1]);
});

Deno.test("run --invoke calls another export", async () => {
  assertEquals((await runGuest("reactor")).stdout, "run 1\n");
  assertEquals((await runGuest("reactor", ["--invoke", "other"])).stdout, "other 1\n");
  const missing = await runGuest("reactor", ["--invoke", "nothing"]);
  assertEquals(missing.code, 1);
  assertMatch(
    missing.stderr,
    /it exports no "nothing"; its functions are "_initialize", "run", "other"/,
  );
});

Deno.test("run refuses what is no module, with the reason", async () => {
  const { code, stderr } = await runGuest("notWasm");
  assertEquals(code, 1);
  assertMatch(stderr, /^Cannot use this module: /);
});

Deno.test("run ends quietly when the reader of its output has gone", async () => {
  await using folder = await temporaryFolder({ "flood.wasm": await GUESTS.outputFlood() });
  const command = [...DENO_SOURCE.command, "run", join(folder.path, "flood.wasm")];
  const script = `${
    command.map((word) => `'${word}'`).join(" ")
  } | head -c 10 >/dev/null; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "141");
  assertEquals(new TextDecoder().decode(stderr), "");
});

for (
  const [what, args, message] of [
    ["without a file", ["run"], /Name the module to run/],
    ["with an unknown option", ["run", "x.wasm", "--colour"], /Unknown option --colour/],
    [
      "with a file that is not there",
      ["run", "missing.wasm"],
      /^Cannot read missing\.wasm: there is no such file; /,
    ],
    ["with a wrong number", ["run", "x.wasm", "--fuel", "lots"], /--fuel must be a whole number/],
    ["with arguments before --", ["run", "x.wasm", "stray"], /after --, found "stray"/],
    ["with a wrong variable", ["run", "x.wasm", "--env", "=x"], /--env needs K=V/],
    ["with an unknown verb", ["sail"], /There is no verb "sail"; skerry --help lists them/],
    ["with a misspelt verb", ["lsit"], /There is no verb "lsit"; is it "list"\?/],
    ["with an option before the verb", ["--port", "80"], /Unknown option --port; skerry --help /],
    ["with a misspelt option", ["serve", "--prot", "80"], /Unknown option --prot \(--port\?\); /],
    ["without a verb", [], /Usage: skerry VERB/],
  ] as const
) {
  Deno.test(`A command line ${what} is a usage error`, async () => {
    const { code, stderr } = await skerry(args);
    assertEquals(code, 2);
    assertMatch(stderr, message);
  });
}

Deno.test("Every verb explains itself", async () => {
  const overview = (await skerry(["--help"])).stdout;
  for (const [verb, { summary }] of Object.entries(VERBS)) {
    assertMatch(overview, new RegExp(`^  ${verb} +${summary}$`, "m"));
    const { code, stdout } = await skerry([verb, "--help"]);
    assertEquals(code, 0);
    assertMatch(stdout, new RegExp(`Usage: skerry ${verb} `));
  }
  assertEquals(await skerry(["help", "run"]), await skerry(["run", "--help"]));
  assertMatch((await skerry(["--version"])).stdout, /^\d+\.\d+\.\d+/);
});

Deno.test("run prints a module's own text and nothing else", async () => {
  await using folder = await temporaryFolder({ "p.wasm": await printer("just this")() });
  const { stdout, stderr } = await skerry(["run", join(folder.path, "p.wasm")]);
  assertEquals([stdout, stderr], ["just this", ""]);
});

/** WASI's number for a read-only file system. */
const EROFS = 69;

Deno.test("run --dir gives a directory to read and write, or with :ro to read only", async () => {
  await using folder = await temporaryFolder({
    "reader.wasm": await fileGuest("note.txt", true),
    "data/note.txt": "from the host",
  });
  const module = join(folder.path, "reader.wasm");
  const data = join(folder.path, "data");
  const readOnly = await skerry(["run", "--dir", `${data}::/data:ro`, module]);
  assertEquals([readOnly.code, readOnly.stdout], [EROFS, "from the host"]);
  const writable = await skerry(["run", "--dir", `${data}::/data`, "--", module]);
  assertEquals([writable.code, writable.stdout, writable.stderr], [0, "from the host", ""]);
  assertEquals((await readdir(data)).sort(), ["made.txt", "note.txt"]);
});

Deno.test("run --dir says when there is no such directory", async () => {
  const { code, stderr } = await runGuest("exit0", ["--dir", "/no/such::/data"]);
  assertEquals(code, 2);
  assertMatch(stderr, /Cannot give \/no\/such: there is no such directory/);
});
