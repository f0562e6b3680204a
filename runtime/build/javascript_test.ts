import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { TYPESCRIPT } from "./javascript/testing.ts";

const ENVIRON = { X_FULL_URL: "http://h:81/a%20b?c=d", REQUEST_METHOD: "POST" };

Deno.test("What a script prints is its answer", async () => {
  const { call } = await TYPESCRIPT.functionOf(`
    console.log("hello", process.env.NAME, [1, "a"], { b: null });
    console.error("to the log");
    console.log(await process.stdin.text());`);
  const { outcome, stdout, stderr } = call({ environ: { NAME: "Ä" }, body: "ö" });
  assertEquals(outcome, { kind: "ok" });
  assertEquals(stdout, 'hello Ä [ 1, "a" ] { b: null }\nö\n');
  assertEquals(stderr, "to the log\n");
});

Deno.test("A handler answers with a Response, and what it prints is for its log", async () => {
  const { call } = await TYPESCRIPT.functionOf(`
    interface Env { readonly NAME: string }
    export default {
      greeting: "Hello",
      async fetch(request: Request, env: Env): Promise<Response> {
        console.log("asked", request.method);
        const headers = new Headers({ "X-A": "1" });
        headers.append("set-cookie", "a=1");
        headers.append("set-cookie", "b=2");
        const { pathname, searchParams } = new URL(request.url);
        const text = [this.greeting, env.NAME, request.headers.get("X-Name"), pathname,
          searchParams.get("c"), await request.text()].join("|");
        return new Response(text, { status: 201, headers });
      },
    };`);
  const environ = { ...ENVIRON, NAME: "n", HTTP_X_NAME: "x" };
  const { stdout, stderr } = call({ environ, body: "body" });
  assertEquals(
    stdout,
    "Status: 201\ncontent-type: text/plain;charset=UTF-8\nset-cookie: a=1\nset-cookie: b=2\nx-a: 1\n\n" +
      "Hello|n|x|/a%20b|d|body",
  );
  assertEquals(stderr, "asked POST\n");
});

Deno.test("A handler may be a function", async () => {
  const { call } = await TYPESCRIPT.functionOf(
    `export default (request) => Response.json({ a: request.url });`,
  );
  const body = `{"a":"${ENVIRON.X_FULL_URL}"}`;
  assertEquals(
    call({ environ: ENVIRON }).stdout,
    `Status: 200\ncontent-type: application/json\n\n${body}`,
  );
});

Deno.test("Promises, timers and streams are waited for, and then what waitUntil was given", async () => {
  const { call } = await TYPESCRIPT.functionOf(`
    const later = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));
    export default {
      async fetch(request, env, context) {
        context.waitUntil(later(0).then(() => console.log("after")));
        const encoder = new TextEncoder();
        async function* chunks() {
          yield encoder.encode("a");
          yield encoder.encode(await later(0, "b"));
          for await (const chunk of request.body) yield chunk;
        }
        return new Response(ReadableStream.from(chunks()));
      },
    };`);
  const { stdout, stderr } = call({ environ: ENVIRON, body: "c" });
  assertEquals(stdout, "Status: 200\n\nabc");
  assertEquals(stderr, "after\n");
});

Deno.test("Every request starts from the memory after loading, with fresh randomness", async () => {
  const { call, isolate } = await TYPESCRIPT.functionOf(`
    let count = 0;
    globalThis.leak = undefined;
    export default () => {
      count++;
      const before = globalThis.leak;
      globalThis.leak = "secret";
      return new Response([count, before, Math.random(), crypto.randomUUID(), Date.now()].join(" "));
    };`);
  const [first, second] = [call(), call()].map(({ stdout }) => stdout.split("\n\n")[1]!.split(" "));
  assertEquals([first![0], first![1]], ["1", ""]);
  assertEquals([second![0], second![1]], ["1", ""]);
  assertNotEquals(first![2], second![2]);
  assertNotEquals(first![3], second![3]);
  assertEquals(Number(first![4]) > Date.now() - 60_000, true);
  assertEquals(isolate.instancesCreated, 1);
});

Deno.test("A handler that looks at the request's surroundings while it loads, loads with each", async () => {
  const { call } = await TYPESCRIPT.functionOf(`
    const name = process.env.NAME;
    const id = Math.random();
    export default () => new Response(name + " " + id);`);
  const [first, second] = ["a", "b"].map((NAME) => call({ environ: { NAME } }).stdout.split(" "));
  assertMatch(first!.join(" "), /\n\na 0\.\d+$/);
  assertMatch(second!.join(" "), /\n\nb 0\.\d+$/);
  assertNotEquals(first!.at(-1), second!.at(-1));
});

Deno.test("An uncaught error is for the log, with the user's own lines", async () => {
  const { call } = await TYPESCRIPT.functionOf(
    `type Name = string;

interface Unused { a: Name }
function fail(name: Name): never {
  throw new TypeError("no " + name, { cause: new Error("deep") });
}

export default () => fail("luck");`,
    "my file.ts",
  );
  const { outcome, stdout, stderr } = call();
  assertEquals(outcome, { kind: "exited", exitCode: 1 });
  assertEquals(stdout, "");
  assertMatch(stderr, /^Uncaught TypeError: no luck\n {4}at fail \(my file\.ts:5:\d+\)\n/m);
  assertMatch(
    stderr,
    /\(my file\.ts:8:22\)\nCaused by: Error: deep\n {4}at fail \(my file\.ts:5:\d+\)/,
  );
  assertEquals(stderr.includes("skerry"), false, stderr);
});

/** What a run of a handler or script ends with, and what its log says. */
const FAILURES: readonly (readonly [code: string, log: RegExp])[] = [
  [`export default () => "text"`, /The handler returned text; expected a Response/],
  [`export default () => new Promise(() => {})`, /Nothing is left that could settle/],
  [`await new Promise(() => {})`, /Nothing is left that could settle/],
  [`export default async () => { throw null; }`, /Uncaught null/],
  [`export default () => { const f = () => f(); f(); }`, /RangeError: Maximum call stack/],
  [`export default async (r) => { await r.text(); await r.text(); }`, /read already/],
  [`export default () => fetch("http://a")`, /fetch is not available/],
  [`console.log("a"); null.b`, /TypeError.*\n.*main.ts:1:19/],
  [`setTimeout(() => { throw new Error("late") })`, /Error: late/],
];

for (const [code, log] of FAILURES) {
  Deno.test(`Fails with a log: ${code}`, async () => {
    const { call } = await TYPESCRIPT.functionOf(code);
    const { outcome, stderr } = call({ environ: ENVIRON });
    assertEquals(outcome, { kind: "exited", exitCode: 1 });
    assertMatch(stderr, log);
  });
}

Deno.test("Fuel and memory hold", async () => {
  const loop = await TYPESCRIPT.functionOf(`export default () => { for (;;); }`);
  assertEquals(loop.call({ fuel: 100_000_000 }).outcome, { kind: "fuel_exhausted" });
  const jobs = await TYPESCRIPT.functionOf(
    `const next = () => Promise.resolve().then(next); next();`,
  );
  assertEquals(jobs.call({ fuel: 100_000_000 }).outcome, { kind: "fuel_exhausted" });
  const bomb = await TYPESCRIPT.functionOf(
    `export default () => { const all = []; for (;;) all.push(new Uint8Array(1 << 20)); }`,
  );
  assertEquals(bomb.call({ fuel: 10_000_000_000 }).outcome, { kind: "memory_exceeded" });
  const next = await TYPESCRIPT.functionOf(`console.log("still here")`);
  assertEquals(next.call().stdout, "still here\n");
});

/** Sources that do not build, and where and why. */
const BROKEN: readonly (readonly [code: string, place: string, reason: RegExp])[] = [
  ["const a = 1;\nlet b = ;", "2:9", /Unexpected ";"/],
  [
    `/* ä */ import fs from "node:fs"; fs.a`,
    "1:24",
    /Cannot import "node:fs": a function is one file/,
  ],
  [`import "/etc/passwd"`, "1:8", /Cannot import "\/etc\/passwd"/],
  [`const a = require("../../etc/passwd"); a()`, "1:19", /Cannot import/],
  [`const a = await import("npm:left-pad"); a()`, "1:24", /Cannot import/],
  [`import data from "./x.json" with { type: "json" }; data()`, "1:18", /Cannot import/],
  [`\nnull.x;\nexport default () => 1;`, "2:1", /TypeError/],
  [`export default 5`, "", /neither a function nor an object with a function fetch/],
];

for (const [code, place, reason] of BROKEN) {
  Deno.test(`Refuses to build: ${code}`, async () => {
    const { code: kind, message, details } = await TYPESCRIPT.refusalOf(code);
    assertEquals(kind, "build_failed");
    assertMatch(message, reason);
    const [diagnostic] = details!.diagnostics as { file: string; line?: number; column?: number }[];
    const { file, line, column } = diagnostic!;
    assertEquals(file, "main.ts");
    assertEquals([line, column].filter((each) => each !== undefined).join(":"), place);
  });
}

Deno.test("A module that breaks what Skerry needs is refused, or fails alone", async () => {
  const lies = await TYPESCRIPT.refusalOf(`JSON.stringify = () => "lies"; export default () => 1;`);
  assertMatch(lies.message, /broke what Skerry needs/);
  const { call } = await TYPESCRIPT.functionOf(`
    export default () => {
      for (const name of ["join", "push", "splice"]) Array.prototype[name] = () => { throw name; };
      return new Response("x");
    };`);
  assertEquals(call().outcome, { kind: "exited", exitCode: 1 });
  const next = await TYPESCRIPT.functionOf(`console.log([1, 2].join())`);
  assertEquals(next.call().stdout, "1,2\n");
});

/** Modules that go on without end while they load, and the limit that ends them. */
const BOMBS: readonly (readonly [code: string, limit: string])[] = [
  [`for (;;);\nexport default () => 1;`, "time"],
  [
    `const all = []; for (;;) all.push(new Uint8Array(1 << 20));\nexport default () => 1;`,
    "memory",
  ],
  [
    `globalThis.all = []; try { for (;;) all.push(new Uint8Array(1 << 16)); } catch {}
try { for (;;) all.push({}); } catch {}
export default () => 1;`,
    "memory",
  ],
  ["(".repeat(1_000_000), "stack"],
];

for (const [code, limit] of BOMBS) {
  Deno.test(`A bomb hits the limit of ${limit}: ${code.slice(0, 20)}`, async () => {
    const { code: kind, details } = await TYPESCRIPT.refusalOf(code);
    assertEquals([kind, details?.limit], ["build_failed", limit]);
  });
}
