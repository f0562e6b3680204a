/** The verbs that speak to a server, each a real process against a real server. */
import { assertEquals, assertMatch } from "@std/assert";
import { GUESTS } from "./guests/guests.ts";
import { type Ran, skerry } from "./support/command_line.ts";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

/** Runs verbs against one server. */
function against(url: string, env: Record<string, string> = {}) {
  return (args: readonly string[], stdin?: string | Uint8Array): Promise<Ran> =>
    skerry(args, { stdin, env: { SKERRY_URL: url, ...env } });
}

/** A port on which nobody listens. */
function unusedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

Deno.test("list and inspect show the functions of the folder, and what is wrong with one", async () => {
  await using folder = await temporaryFolder({
    "echo.wasm": await GUESTS.echoStdin(),
    "broken.wasm": "no module",
  });
  await using server = await startServer(folder.path);
  const cli = against(server.url);
  // Once it has answered, it is ready.
  await (await fetch(`${server.url}/echo`)).body?.cancel();
  const listed = await cli(["list"]);
  assertEquals(listed.code, 0);
  assertMatch(listed.stdout, /^NAME +FROM +STATE +SIZE +SINCE +VERSION$/m);
  assertMatch(listed.stdout, /^echo +folder +ready +\d+ B +\d+ s +[0-9a-f]{12}$/m);
  assertMatch(listed.stdout, /^broken +folder +broken +9 B$/m);
  assertEquals(listed.stderr, "1 function has an error; see: skerry inspect broken\n");
  const { functions } = JSON.parse((await cli(["list", "--json"])).stdout);
  assertEquals(functions.map((each: { route: string }) => each.route), ["/broken", "/echo"]);
  const shown = await cli(["inspect", "broken"]);
  assertMatch(shown.stdout, /^State +broken$/m);
  assertMatch(shown.stdout, /^Error +invalid_module: /m);
  const problem = JSON.parse((await cli(["inspect", "nothing", "--json"])).stdout);
  assertEquals(Object.keys(problem), ["code", "detail", "request_id", "status"]);
  const missing = await cli(["inspect", "nothing"]);
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertMatch(missing.stderr, /; skerry list shows what there is\n$/);
});

Deno.test("invoke prints the answer's bytes as they are, and fails when the function did", async () => {
  await using folder = await temporaryFolder({
    "echo.wasm": await GUESTS.echoStdin(),
    "trap.wasm": await GUESTS.divideByZero(),
    "environment.wasm": await GUESTS.dumpEnvironment(),
    "body.txt": "from a file",
  });
  await using server = await startServer(folder.path);
  const cli = against(server.url, { SKERRY_TOKEN: "secret-of-the-server" });
  assertEquals(await cli(["invoke", "echo", "--data", "grüße"]), {
    code: 0,
    stdout: "grüße",
    stderr: "",
  });
  const file = await cli(["invoke", "/echo", "-d", `@${folder.path}/body.txt`]);
  assertEquals(file.stdout, "from a file");
  assertEquals((await cli(["invoke", "echo", "-d", "-"], "from stdin")).stdout, "from stdin");
  const whole = await cli(["invoke", "echo", "-i", "-d", "x"]);
  assertMatch(whole.stdout, /^HTTP 200\n(?:.+: .*\n)+\nx$/);
  const json = await cli(["invoke", "echo", "--json", "-d", "x"]);
  const { status, body } = JSON.parse(json.stdout);
  assertEquals([status, body], [200, "x"]);
  const trapped = await cli(["invoke", "trap"]);
  assertEquals([trapped.code, trapped.stdout], [1, ""]);
  assertMatch(trapped.stderr, /divide by zero.* \(function_trapped, request \S+\)\n$/);
  const seen = await cli([
    "invoke",
    "environment",
    "-X",
    "PUT",
    "-H",
    "X-Who: me",
    "--path",
    "?a=1",
  ]);
  assertMatch(seen.stdout, /REQUEST_METHOD=PUT/);
  assertMatch(seen.stdout, /HTTP_X_WHO=me/);
  assertMatch(seen.stdout, /QUERY_STRING=a=1/);
  assertEquals(seen.stdout.includes("secret-of-the-server"), false);
});

Deno.test("A server that is not there, or wants a token, is told with the next step", async () => {
  await using folder = await temporaryFolder({ "echo.wasm": await GUESTS.echoStdin() });
  const away = await against(`http://127.0.0.1:${unusedPort()}`)(["list"]);
  assertEquals(away.code, 1);
  assertMatch(away.stderr, /^Cannot reach http:\S+: no server .* start one with: skerry serve/);
  await using server = await startServer(folder.path, { args: ["--token", "right"] });
  const refused = await against(server.url)(["list", "--token", "wrong"]);
  assertEquals(refused.code, 1);
  assertMatch(refused.stderr, /give the server's token with --token or SKERRY_TOKEN/);
  const json = await against(server.url)(["list", "--json"]);
  assertEquals([json.code, JSON.parse(json.stdout).code], [1, "unauthorized"]);
  assertEquals((await against(server.url, { SKERRY_TOKEN: "right" })(["list"])).code, 0);
});

for (
  const [args, message] of [
    [["inspect"], /^NAME is missing; skerry inspect --help shows how/],
    [["list", "stray"], /^Unexpected argument "stray"/],
    [["invoke", "x", "-H", "no colon"], /^Option --header needs K:V, found "no colon"/],
    [["invoke", "x", "--handler", "f", "--path", "/y"], /^Option --path cannot go with --handler/],
    [["deploy", "x.unknown"], /^Cannot tell the language of x\.unknown .*--lang/],
    [["deploy", "-", "--name", "x"], /^Standard input needs --lang/],
    [["logs", "x", "--limit", "many"], /^Option --limit must be a whole number/],
    [["route", "turn"], /^There is no action "turn" of routes/],
    [["lock"], /^An action is needed: acquire, release or show;/],
    [["lock", "steal"], /^An action is needed: acquire, release or show, found "steal"/],
    [["route", "put", "GET:/x"], /^JSON is missing/],
    [["list", "--url", "http://"], /is no URL/],
  ] as const
) {
  Deno.test(`skerry ${args.join(" ")} is a usage error`, async () => {
    const { code, stderr } = await skerry(args);
    assertEquals(code, 2);
    assertMatch(stderr, message);
  });
}
