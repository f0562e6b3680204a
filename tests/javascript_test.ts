/** JavaScript and TypeScript over HTTP: from source on Deno, and the bundle on Deno and Node. */
import { assertEquals, assertMatch } from "@std/assert";
import { QUICKJS_PACKAGE } from "../runtime/build/javascript/engine.ts";
import { ESBUILD_PACKAGE } from "../runtime/build/javascript/esbuild.ts";
import { answerOf, deploy } from "./support/deploy.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { linkPackage } from "./support/link_package.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { type ServerProcess, startServer } from "./support/server.ts";

const FUNCTIONS = {
  "hello.js": `export default { fetch: () => new Response("Hello from JS\\n") };`,
  "script.ts": `const name: string = process.env.PARAM_NAME ?? process.env.QUERY_STRING;
console.log("Hello", name, await process.stdin.text());
`,
  "echo.ts": `interface Env { readonly GREETING: string }
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const headers = new Headers({ "x-method": request.method, "x-greeting": env.GREETING });
    headers.append("set-cookie", "a=1; Path=/");
    headers.append("set-cookie", "b=2");
    headers.set("content-type", request.headers.get("content-type") ?? "none");
    return new Response(await request.arrayBuffer(), { status: 202, headers });
  },
};`,
  "echo.toml": `[env]\nGREETING = "ahoj"\n`,
  "url.js": `export default (request) => {
  const url = new URL(request.url);
  url.searchParams.set("seen", "1");
  return Response.json({ path: url.pathname, query: url.search });
};`,
  "count.js": `let count = 0;
export default () => new Response(\`\${++count} \${crypto.randomUUID()}\`);`,
  "boom.ts": `type Unused = { a: string };

export default () => {
  throw new TypeError("secret reason");
};`,
  "loop.js": `export default () => { for (;;); };`,
  "loop.toml": `[limits]\nfuel = 100_000_000\n`,
  "bomb.js":
    `export default () => { const all = []; for (;;) all.push(new Uint8Array(1 << 20)); };`,
  "flood.js": `for (;;) console.log("x".repeat(1 << 16));`,
  "sleep.js": `export default async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return new Response("slept");
};`,
  "endless.js": `for (;;);\nexport default () => new Response();`,
  "thief.js": `import passwd from "/etc/passwd" with { type: "text" };\nconsole.log(passwd);`,
  "broken.ts": `const a: number = 1;\nconst b = ;\n`,
};

async function serve() {
  const folder = await temporaryFolder(FUNCTIONS);
  const server = await startServer(folder.path);
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function checkAnswers({ url }: Pick<ServerProcess, "url">): Promise<void> {
  assertEquals(await answerOf(`${url}/hello`), "200 Hello from JS\n");
  const script = await fetch(`${url}/script?Ada`, { method: "POST", body: "Ö" });
  assertEquals(await script.text(), "Hello Ada Ö\n");
  const json = await fetch(`${url}/url?a=%20b`);
  assertEquals(await json.json(), { path: "/url", query: "?a=+b&seen=1" });
  assertEquals(json.headers.get("content-type"), "application/json");
}

Deno.test("Scripts and handlers answer over HTTP, with status, headers and bytes", async () => {
  await using server = await serve();
  await checkAnswers(server);
  const body = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
  const headers = { "content-type": "image/png" };
  const echo = await fetch(`${server.url}/echo`, { method: "PUT", body, headers });
  assertEquals(new Uint8Array(await echo.arrayBuffer()), body);
  assertEquals([echo.status, echo.headers.get("x-method")], [202, "PUT"]);
  assertEquals(echo.headers.get("content-type"), "image/png");
  assertEquals(echo.headers.get("x-greeting"), "ahoj");
  assertEquals(echo.headers.getSetCookie(), ["a=1; Path=/", "b=2"]);
  assertEquals(await answerOf(`${server.url}/sleep`), "200 slept");
});

Deno.test("No request sees what another left, and each has randomness of its own", async () => {
  await using server = await serve();
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => answerOf(`${server.url}/count`)),
  );
  const ids = new Set(answers.map((answer) => /^200 1 (.{36})$/.exec(answer)?.[1]));
  assertEquals([ids.size, ids.has(undefined)], [40, false]);
});

Deno.test("An error is a 500 without internals, and the user's own line in the log", async () => {
  await using server = await serve();
  const answer = await answerOf(`${server.url}/boom`);
  assertMatch(answer, /^500 .*function_exited/);
  assertEquals(/secret|boom\.ts|TypeError/.test(answer), false, answer);
  await server.printed("secret reason");
  assertMatch(server.output(), /boom\.ts:4:\d+/);
});

Deno.test("Limits end what goes on without end, and the next request is answered", async () => {
  await using server = await serve();
  assertMatch(await answerOf(`${server.url}/loop`), /fuel_exhausted/);
  assertMatch(await answerOf(`${server.url}/bomb`), /memory_exceeded/);
  assertMatch(await answerOf(`${server.url}/flood`), /^502 .*bad_function_output/);
  assertEquals(await answerOf(`${server.url}/hello`), "200 Hello from JS\n");
});

Deno.test("A source that does not build says where and why", async () => {
  await using server = await serve();
  // The list tells of what has been looked at.
  await Promise.all(
    ["endless", "thief", "broken"].map((name) => answerOf(`${server.url}/${name}`)),
  );
  const { functions } = await (await fetch(`${server.url}/_/functions`)).json();
  const errors = new Map(
    functions.map((each: { route: string; error: unknown }) => [each.route, each.error]),
  ) as Map<string, { code: string; message: string }>;
  assertMatch(errors.get("/endless")!.message, /^Cannot build endless\.js: loading it takes more/);
  assertMatch(errors.get("/thief")!.message, /thief\.js:1:20: Cannot import "\/etc\/passwd"/);
  assertMatch(errors.get("/broken")!.message, /broken\.ts:2:11: Unexpected ";"/);
  const { status, body } = await deploy(server.url, "late", "export default 1 +", { lang: "js" });
  assertEquals([status, body.code], [422, "build_failed"]);
  const made = await deploy(server.url, "made", "console.log(6 * 7)", { lang: "ts" });
  assertEquals(made.status, 200);
  assertEquals(await answerOf(`${server.url}/made`), "200 42\n");
});

Deno.test("JavaScript runs from the bundle on Deno and on Node", async () => {
  await using folder = await temporaryFolder(FUNCTIONS);
  await using build = await temporaryFolder();
  const [, deno, , node] = await allRuntimes(await buildBundle(build.path));
  for (const runtime of [deno!, node!]) {
    await using data = await temporaryFolder();
    await linkPackage(data.path, ESBUILD_PACKAGE);
    await linkPackage(data.path, QUICKJS_PACKAGE);
    await using server = await startServer(folder.path, { runtime, data: data.path });
    await eventually(() => answerOf(`${server.url}/hello`), (answer) => answer.startsWith("200"));
    await checkAnswers(server);
    assertMatch(await answerOf(`${server.url}/boom`), /^500 .*function_exited/);
  }
});
