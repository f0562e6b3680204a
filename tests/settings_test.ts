/** Settings from files, the environment and the command line, with the real program. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { DENO_SOURCE, startServer } from "./support/server.ts";

async function serve(args: readonly string[], env: Record<string, string> = {}) {
  const [program, ...programArgs] = DENO_SOURCE.command;
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args: [...programArgs, "serve", ...args],
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function strategyOf(url: string): Promise<string> {
  return (await (await fetch(`${url}/_/scheduler`)).json()).strategy;
}

Deno.test("--print-config shows every setting and where it comes from", async () => {
  await using folder = await temporaryFolder({ "my.toml": 'port = 81\nstrategy = "rr"' });
  const args = ["--config", join(folder.path, "my.toml"), "--queue", "7", "--print-config"];
  const secrets = {
    SKERRY_TOKEN: "hidden",
    SKERRY_JWT_SECRET: "hidden".repeat(6),
    SKERRY_OTLP: "http://me:hidden@localhost:4318",
  };
  const { code, stdout } = await serve(args, { SKERRY_STRATEGY: "least", ...secrets });
  assertEquals(code, 0);
  assertMatch(stdout, /^port = 81 # from the file$/m);
  assertMatch(stdout, /^strategy = "least" # from the environment$/m);
  assertMatch(stdout, /^queue = 7 # from the flag$/m);
  assertMatch(
    stdout,
    /^# otlp is set to a secret URL at http:\/\/localhost:4318, from the environment$/m,
  );
  assertEquals(stdout.includes("hidden"), false);
});

for (
  const [what, text, message] of [
    ["an unknown key", "prot = 81", /prot is not a known key, expected one of host, port/],
    ["a wrong value", 'strategy = "best"', /--strategy must be fifo, rr, least or score/],
    ["no TOML", "port: 81", /Cannot parse .*my\.toml: line 1/],
  ] as const
) {
  Deno.test(`A settings file with ${what} is a usage error, before anything starts`, async () => {
    await using folder = await temporaryFolder({ "my.toml": text });
    const { code, stderr } = await serve(["--config", join(folder.path, "my.toml")]);
    assertEquals(code, 2);
    assertMatch(stderr, message);
  });
}

Deno.test("A settings file that was named must be there", async () => {
  const { code, stderr } = await serve(["--config", "missing.toml"]);
  assertEquals(code, 2);
  assertMatch(stderr, /Cannot read missing\.toml: there is no such file/);
});

Deno.test("On SIGHUP the file is read again; a wrong one changes nothing", async () => {
  await using folder = await temporaryFolder({ "my.toml": 'strategy = "rr"' });
  const args = ["--config", join(folder.path, "my.toml")];
  await using server = await startServer(folder.path, { args });
  assertEquals(await strategyOf(server.url), "rr");
  await folder.write("my.toml", 'strategy = "score"\nmin_workers = 2\nmax_body_mb = 5');
  server.kill("SIGHUP");
  await eventually(() => strategyOf(server.url), (strategy) => strategy === "score");
  await server.printed("Restart the server for max-body-mb to take effect");
  await folder.write("my.toml", 'strategy = "worst"');
  server.kill("SIGHUP");
  await server.printed("the old ones stay");
  assertEquals(await strategyOf(server.url), "score");
});
