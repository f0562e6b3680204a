/** Deploying, following and removing functions from the command line, against a real server. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { skerry } from "./support/command_line.ts";
import { temporaryFolder } from "./support/folder.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { DENO_SOURCE, startServer } from "./support/server.ts";
import { writingWat } from "./support/wat_source.ts";

/** A server without functions, and the command line against it. */
async function empty() {
  const folder = await temporaryFolder();
  const server = await startServer(folder.path);
  return {
    server,
    cli: (args: readonly string[], stdin?: string) =>
      skerry(args, { stdin, env: { SKERRY_URL: server.url, NO_COLOR: "1" }, cwd: folder.path }),
    folder,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("A source is deployed, replaced, rolled back and removed", async () => {
  await using sources = await temporaryFolder({
    "hello.wat": writingWat("one"),
    "hello.toml": 'abi = "text"\n',
    "other.wat": writingWat("two"),
  });
  await using place = await empty();
  const { cli, server } = place;
  const source = join(sources.path, "hello.wat");
  const deployed = await cli(["deploy", source]);
  assertEquals(deployed.code, 0, deployed.stderr);
  const [, first] = /^Deployed (hello_\d+): (\S+)\n$/.exec(deployed.stdout)!;
  assertMatch(deployed.stdout, new RegExp(`: ${server.url}/hello\n$`));
  assertEquals((await cli(["invoke", "hello"])).stdout, "one\n");
  const taken = await cli(["deploy", source]);
  assertEquals([taken.code, taken.stdout], [1, ""]);
  assertMatch(taken.stderr, /; --replace deploys a new version of it\n$/);
  const other = ["deploy", join(sources.path, "other.wat"), "--name", "hello", "--replace"];
  const replaced = JSON.parse((await cli([...other, "--json"])).stdout);
  assertEquals(replaced.url, `${server.url}/hello`);
  assertEquals((await cli(["invoke", "hello"])).stdout, "two\n");
  assertEquals(await cli(["rollback", "hello"]), {
    code: 0,
    stdout: `hello is served by ${first}\n`,
    stderr: "",
  });
  assertEquals((await cli(["invoke", "hello"])).stdout, "one\n");
  const shown = (await cli(["inspect", "hello"])).stdout;
  assertMatch(shown, /^Language +wat$/m);
  assertMatch(shown, new RegExp(`^\\* +${first} +wat `, "m"));
  assertMatch(shown, new RegExp(`^ +${replaced.id} +wat `, "m"));
  assertMatch(shown, /^CONFIG\nabi = "text"$/m);
  assertMatch(
    (await cli(["rollback", "hello", "no_1"])).stderr,
    /skerry inspect shows the versions/,
  );
  assertEquals((await cli(["rollback", "hello", replaced.id])).code, 0);
  assertEquals((await cli(["remove", "hello"])).stdout, "Removed hello\n");
  const again = await cli(["remove", "hello"]);
  assertEquals(again.code, 1);
  assertMatch((await cli(["list"])).stderr, /^No functions yet/);
});

Deno.test("Standard input and modules are deployed, too", async () => {
  await using place = await empty();
  const { cli } = place;
  const args = ["deploy", "-", "--name", "piped", "--lang", "wat"];
  assertEquals((await cli(args, writingWat("from a pipe"))).code, 0);
  assertEquals((await cli(["invoke", "piped"])).stdout, "from a pipe\n");
  const missing = await cli(["deploy", "missing.c"]);
  assertEquals([missing.code, missing.stderr], [
    1,
    "Cannot read missing.c: there is no such file\n",
  ]);
  const config = ["--config", "missing.toml"];
  await place.folder.write("_sources/x.wat", writingWat("x"));
  const unconfigured = await cli(["deploy", "_sources/x.wat", ...config]);
  assertMatch(unconfigured.stderr, /^Cannot read missing\.toml/);
});

Deno.test("What a compiler says names the user's file, and scripts get it as rows", async () => {
  await using place = await empty();
  await place.folder.write("_sources/bad.wat", "(module\n  (func (call $nothing)))\n");
  const file = join("_sources", "bad.wat");
  const failed = await place.cli(["deploy", file]);
  assertEquals([failed.code, failed.stdout], [1, ""]);
  // Before it, a slow machine says that it is deploying.
  assertMatch(
    failed.stderr,
    /^_sources\/bad\.wat:2:\d+: error: .*\$nothing.*\n {4}2 \| {3}\(func/m,
  );
  assertMatch(failed.stderr, /\nCannot build _sources\/bad\.wat\n$/);
  const json = await place.cli(["deploy", file, "--json"]);
  const { code, status, diagnostics } = JSON.parse(json.stdout);
  assertEquals([json.code, code, status, diagnostics[0].line], [1, "build_failed", 422, 2]);
});

Deno.test("A log is shown, and followed as it grows", async () => {
  await using place = await empty();
  const { cli, server } = place;
  await cli(["deploy", "-", "--name", "talks", "--lang", "wat"], writingWat("to the log", [2]));
  assertMatch((await cli(["logs", "talks"])).stderr, /^The log of talks is empty/);
  const [program, ...before] = DENO_SOURCE.command;
  const following = new Deno.Command(program!, {
    args: [...before, "logs", "talks", "--follow", "--url", server.url],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const seen = following.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await cli(["invoke", "talks"])).code, 0);
  let text = "";
  while (!text.includes("to the log\n")) {
    const { value, done } = await seen.read();
    if (done) throw new Error(`It ended with: ${text}`);
    text += value;
  }
  assertMatch(
    text,
    /^\S+Z {2}200 {2}GET \/talks {2}[\d.]+ ms {2}\d+ fuel {2}\S+\n {2}to the log\n$/,
  );
  await seen.cancel();
  following.kill("SIGTERM");
  await following.status;
  const [line] = (await cli(["logs", "talks", "--json"])).stdout.split("\n");
  assertEquals(JSON.parse(line!).stderr, "to the log\n");
});

Deno.test("Rows of the route table are put, listed and removed", async () => {
  await using place = await empty();
  const { cli } = place;
  await place.folder.write("hello.wat", writingWat("routed"));
  const row = JSON.stringify({ runtime: "wat", module: "hello.wat" });
  const put = await cli(["route", "put", "GET:/api/hello", row]);
  assertEquals([put.code, put.stderr], [0, ""]);
  assertEquals((await cli(["invoke", "api/hello"])).stdout, "routed\n");
  assertMatch((await cli(["route", "list"])).stdout, /^GET:\/api\/hello +ready +\{"runtime"/m);
  const malformed = await cli(["route", "put", "GET:/api/x", "{"]);
  assertEquals(malformed.code, 1);
  assertMatch(malformed.stderr, /^Cannot read GET:\/api\/x: it is not JSON/);
  assertEquals(
    (await cli(["route", "remove", "GET:/api/hello"])).stdout,
    "Removed GET:/api/hello\n",
  );
  assertEquals((await cli(["route", "list"])).stderr, "The route table is empty\n");
});

Deno.test("The bundle does the same, on Deno and on Node", async () => {
  await using bundles = await temporaryFolder();
  await using place = await empty();
  const env = { SKERRY_URL: place.server.url, NO_COLOR: "1" };
  const [, ...bundled] = await allRuntimes(await buildBundle(bundles.path));
  for (const runtime of bundled) {
    const cli = (args: readonly string[], stdin = "") => skerry(args, { runtime, env, stdin });
    const steps: readonly (readonly [args: string[], stdin: string, stdout: RegExp])[] = [
      [
        ["deploy", "-", "--name", "b", "--lang", "wat"],
        writingWat("built"),
        /^Deployed b_\d+: http/,
      ],
      [["invoke", "b"], "", /^built\n$/],
      [["list"], "", /^b +deployed +wat +ready/m],
      [["inspect", "b"], "", /^Language +wat$/m],
      [["logs", "b"], "", /^$/],
      [["remove", "b"], "", /^Removed b\n$/],
    ];
    for (const [args, stdin, stdout] of steps) {
      const ran = await cli(args, stdin);
      assertEquals([runtime.name, args[0], ran.code], [runtime.name, args[0], 0], ran.stderr);
      assertMatch(ran.stdout, stdout);
    }
  }
});
