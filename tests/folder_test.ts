import { assert, assertEquals, assertMatch } from "@std/assert";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { GUESTS, printer } from "./guests/guests.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";
import { writingWat } from "./support/wat_source.ts";

async function answerOf(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}

async function codeOf(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  return response.ok ? `${response.status}` : `${response.status} ${JSON.parse(text).code}`;
}

/** A compiler that is loaded for the first time, beside other tests. */
const TOOLCHAIN_MS = 60_000;

interface Listing {
  readonly functions: {
    readonly route: string;
    readonly state: string;
    readonly error?: { readonly code: string; readonly message: string };
  }[];
}

async function listed(url: string, route: string) {
  const { functions }: Listing = await (await fetch(`${url}/_/functions`)).json();
  return functions.find((each) => each.route === route);
}

Deno.test("A dropped file answers soon, and a deleted one is gone", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  assertEquals(await codeOf(`${server.url}/new`), "404 function_not_found");
  await folder.write("new.wasm", await printer("here\n")());
  const url = `${server.url}/new`;
  await eventually(() => answerOf(url), (answer) => answer === "200 here\n");
  await rm(join(folder.path, "new.wasm"));
  await eventually(() => codeOf(url), (answer) => answer === "404 function_not_found");
});

Deno.test("Who calls a dropped file waits until it is there, once the system has told of it", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  const module = await printer("here\n")();
  let tooEarly = 0;
  for (let at = 0; at < 10; at++) {
    await folder.write(`new${at}.wasm`, module);
    const url = `${server.url}/new${at}`;
    await eventually(() => answerOf(url), (answer) => answer === "200 here\n" || ++tooEarly > 1000);
  }
  // Without waiting it is about 90: the folder is looked at 50 ms after a change. Busy machines tell of changes late.
  assert(tooEarly <= 40, `${tooEarly} calls were not answered`);
});

Deno.test("Replacing a function again and again under load fails no request", async () => {
  const versions = await Promise.all([0, 1, 2, 3].map((i) => printer(`version ${i}\n`)()));
  await using folder = await temporaryFolder({ "f.wasm": versions[0]! });
  await using server = await startServer(folder.path);
  const seen = new Set<string>();
  let isDone = false;
  const clients = Array.from({ length: 4 }, async () => {
    while (!isDone) seen.add(await answerOf(`${server.url}/f`));
  });
  for (let round = 1; round < 12; round++) {
    const version = versions[round % 4]!;
    // In place and by renaming over: how people and editors do it.
    if (round % 2 === 0) await folder.write("f.wasm", version);
    else {
      await folder.write(".f.tmp", version);
      await rename(join(folder.path, ".f.tmp"), join(folder.path, "f.wasm"));
    }
    const wanted = `200 version ${round % 4}\n`;
    await eventually(() => answerOf(`${server.url}/f`), (answer) => answer === wanted);
  }
  isDone = true;
  await Promise.all(clients);
  assertEquals([...seen].sort(), [0, 1, 2, 3].map((i) => `200 version ${i}\n`));
});

Deno.test("A broken new version is reported, and the old one keeps serving", async () => {
  await using folder = await temporaryFolder({ "f.wasm": await printer("works\n")() });
  await using server = await startServer(folder.path);
  assertEquals(await answerOf(`${server.url}/f`), "200 works\n");
  await folder.write("f.wasm", "not a module");
  const { answer } = await eventually(
    () => listed(server.url, "/f"),
    (listing) => listing?.error !== undefined,
  );
  assertEquals(answer?.error?.code, "invalid_module");
  await server.printed("Cannot serve the new content of /f");
  assertEquals(await answerOf(`${server.url}/f`), "200 works\n");
  await folder.write("f.wasm", await printer("mended\n")());
  await eventually(() => answerOf(`${server.url}/f`), (text) => text === "200 mended\n");
  assertEquals((await listed(server.url, "/f"))?.error, undefined);
});

Deno.test("A wrong configuration is reported, and the last good one keeps serving", async () => {
  await using folder = await temporaryFolder({
    "f.wasm": await GUESTS.dumpEnvironment(),
    "f.toml": `[env]\nCOLOUR = "blue"\n`,
  });
  await using server = await startServer(folder.path);
  assertMatch(await answerOf(`${server.url}/f`), /COLOUR=blue/);
  await folder.write("f.toml", `[env]\nCOLOUR = 5\n`);
  const { answer } = await eventually(
    () => listed(server.url, "/f"),
    (listing) => listing?.error !== undefined,
  );
  assertMatch(answer?.error?.message ?? "", /f\.toml.*COLOUR/);
  assertMatch(await answerOf(`${server.url}/f`), /COLOUR=blue/);
  await folder.write("f.toml", `[env]\nCOLOUR = "red"\n`);
  await eventually(() => answerOf(`${server.url}/f`), (text) => text.includes("COLOUR=red"));
});

Deno.test("A burst of a thousand files is served, every one of them", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  const module = await printer("one of many\n")();
  const names = Array.from({ length: 1000 }, (_, i) => `burst/f${i}`);
  await Promise.all(names.map((name) => folder.write(`${name}.wasm`, module)));
  const count = async () => {
    const { functions }: Listing = await (await fetch(`${server.url}/_/functions`)).json();
    return functions.length;
  };
  await eventually(count, (answer) => answer === names.length);
  const answers = await Promise.all(names.map((name) => answerOf(`${server.url}/${name}`)));
  assertEquals(new Set(answers), new Set(["200 one of many\n"]));
});

const C_SOURCE = `#include <stdio.h>
int main(void) { printf("from C\\n"); }
`;

Deno.test("Dropped sources are built and served, and a prebuilt module comes before its source", async () => {
  await using folder = await temporaryFolder();
  await using server = await startServer(folder.path);
  await folder.write("c.c", C_SOURCE);
  await folder.write("text.wat", writingWat("from WAT"));
  await folder.write("page.html", "<p>from HTML");
  const url = (name: string) => `${server.url}/${name}`;
  const becomes = async (name: string, wanted: string) => {
    await eventually(() => answerOf(url(name)), (answer) => answer === wanted, TOOLCHAIN_MS);
  };
  await becomes("page", "200 <p>from HTML");
  await becomes("text", "200 from WAT\n");
  await becomes("c", "200 from C\n");
  const page = await fetch(url("page"), { method: "HEAD" });
  assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals((await fetch(url("page"), { method: "POST" })).status, 405);

  await folder.write("c.c", C_SOURCE.replace("from C", "from a new C"));
  await becomes("c", "200 from a new C\n");
  await folder.write("c.c", "int main(void) { return nothing; }");
  const { answer } = await eventually(
    () => listed(server.url, "/c"),
    (c) => c?.error !== undefined,
  );
  assertEquals(answer?.error?.code, "build_failed");
  assertMatch(answer?.error?.message ?? "", /c\.c.*nothing/);
  assertEquals(await answerOf(url("c")), "200 from a new C\n");
  await folder.write("c.wasm", await printer("prebuilt\n")());
  await becomes("c", "200 prebuilt\n");
  await folder.write("c.c", C_SOURCE);
  await rm(join(folder.path, "c.wasm"));
  await becomes("c", "200 from C\n");
});

Deno.test("Routes follow the folder: index, parameters, catch-all, public files, hidden folders", async () => {
  const environment = await GUESTS.dumpEnvironment();
  await using folder = await temporaryFolder({
    "index.wasm": await printer("root\n")(),
    "api/index.wasm": await printer("api\n")(),
    "api/users/[id].wasm": environment,
    "api/users/me.wasm": await printer("me\n")(),
    "files/[...rest].wasm": environment,
    "_hidden/x.wasm": environment,
    "public/note.txt": "a note",
    "public/api/users/42": "a public file",
  });
  await using server = await startServer(folder.path);
  assertEquals(await answerOf(`${server.url}/`), "200 root\n");
  assertEquals(await answerOf(`${server.url}/api`), "200 api\n");
  assertEquals(await answerOf(`${server.url}/api/users/me`), "200 me\n");
  assertMatch(await answerOf(`${server.url}/api/users/j%C3%B6rg`), /PARAM_ID=jörg/);
  assertMatch(await answerOf(`${server.url}/files/a/b%20c`), /PATH_INFO=\/a\/b c/);
  assertEquals(await answerOf(`${server.url}/api/users/42`), "200 a public file");
  assertEquals(await answerOf(`${server.url}/note.txt`), "200 a note");
  assertEquals(await codeOf(`${server.url}/_hidden/x`), "404 function_not_found");
});

Deno.test("Public files have types, ranges, validators and no way out", async () => {
  await using folder = await temporaryFolder({
    "public/page.html": "<p>hello</p>",
    "public/dir/index.html": "index",
  });
  await using server = await startServer(folder.path);
  const page = await fetch(`${server.url}/page.html`);
  assertMatch(page.headers.get("content-type") ?? "", /^text\/html/);
  assertEquals(await page.text(), "<p>hello</p>");
  const etag = page.headers.get("etag")!;
  const cached = await fetch(`${server.url}/page.html`, { headers: { "if-none-match": etag } });
  assertEquals([cached.status, await cached.text()], [304, ""]);
  const part = await fetch(`${server.url}/page.html`, { headers: { range: "bytes=3-7" } });
  assertEquals([part.status, await part.text()], [206, "hello"]);
  assertEquals(part.headers.get("content-range"), "bytes 3-7/12");
  const beyond = await fetch(`${server.url}/page.html`, { headers: { range: "bytes=50-" } });
  assertEquals([beyond.status, (await beyond.json()).code], [416, "range_not_satisfiable"]);
  assertEquals(await answerOf(`${server.url}/dir/`), "200 index");
});
