/** Python over HTTP: from source on Deno, and the bundle on Node. */
import { assertEquals, assertMatch } from "@std/assert";
import { PYTHON_PACKAGE } from "../runtime/build/python/engine.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { linkPackage } from "./support/link_package.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { startServer } from "./support/server.ts";

const FUNCTIONS = {
  "hello.py": `def handler(request):
    return "Hello " + request.query.get("name", "nobody")
`,
  "api/[id].py": `import json, os

calls = 0

def handler(request):
    global calls
    calls += 1
    body = {"id": request.params["id"], "got": request.json(), "calls": calls, "greeting": request.env["GREETING"]}
    return 201, {"X-Method": request.method}, body
`,
  "api/[id].toml": `[env]\nGREETING = "grüezi"\n`,
  "script.py": `import os, sys
print("Content-Type: text/plain; charset=utf-8")
print()
print(os.environ["REQUEST_METHOD"], sys.stdin.read())
`,
  "boom.py": `def handler(request):\n    return 1 / 0\n`,
  "loop.py": `while True:\n    pass\n`,
  "loop.toml": `[limits]\nfuel = 200_000_000\n`,
  "thief.py": `print(open("/etc/passwd").read())\n`,
  "broken.py": `def handler(request)\n    return 1\n`,
};

async function answerOf(url: string, init?: RequestInit): Promise<string> {
  const response = await fetch(url, init);
  return `${response.status} ${await response.text()}`;
}

Deno.test("Python handlers and scripts answer over HTTP", async () => {
  await using folder = await temporaryFolder(FUNCTIONS);
  await using server = await startServer(folder.path);
  assertEquals(await answerOf(`${server.url}/hello?name=Ada`), "200 Hello Ada");
  for (let call = 0; call < 2; call++) {
    const response = await fetch(`${server.url}/api/7`, { method: "PUT", body: "[1, 2]" });
    assertEquals([response.status, response.headers.get("x-method")], [201, "PUT"]);
    const answer = { id: "7", got: [1, 2], calls: 1, greeting: "grüezi" };
    assertEquals(await response.json(), answer);
  }
  const posted = await answerOf(`${server.url}/script`, { method: "POST", body: "é" });
  assertEquals(posted, "200 POST é\n");
});

Deno.test("What goes wrong in Python is a 500 without internals, and its place is in the log", async () => {
  await using folder = await temporaryFolder(FUNCTIONS);
  await using server = await startServer(folder.path);
  const answer = await answerOf(`${server.url}/boom`);
  assertMatch(answer, /^500 /);
  assertEquals(/ZeroDivision|boom\.py|Traceback/.test(answer), false);
  await server.printed("ZeroDivisionError: division by zero");
  assertMatch(server.output(), /File \\"boom\.py\\", line 2/);
  assertMatch(await answerOf(`${server.url}/loop`), /fuel_exhausted/);
  assertMatch(await answerOf(`${server.url}/thief`), /^500 .*"function_exited"/);
  await server.printed("FileNotFoundError");
  const { functions } = await (await fetch(`${server.url}/_/functions`)).json();
  const { error } = functions.find((each: { route: string }) => each.route === "/broken");
  assertEquals(error.code, "build_failed");
  assertMatch(
    error.message,
    /^Cannot build broken\.py: broken\.py:1:\d+: SyntaxError: expected ':'/,
  );
});

Deno.test("Python runs from the bundle on Node", async () => {
  await using folder = await temporaryFolder({ "hello.py": FUNCTIONS["hello.py"] });
  await using data = await temporaryFolder();
  await linkPackage(data.path, PYTHON_PACKAGE);
  const runtime = (await allRuntimes(await buildBundle(data.path))).at(-1)!;
  await using server = await startServer(folder.path, { runtime, data: data.path });
  const url = `${server.url}/hello?name=Ada`;
  await eventually(() => answerOf(url), (answer) => answer === "200 Hello Ada");
});
