import { assert, assertEquals, assertMatch } from "@std/assert";
import { rm, symlink, truncate } from "node:fs/promises";
import { join as joinPath } from "node:path";
import { makePipe } from "../runtime/functions/testing.ts";
import { GUESTS } from "./guests/guests.ts";
import {
  codeOf,
  emptyBodies,
  EXPORTS,
  FUNCTIONS,
  join,
  moduleOf,
  PREAMBLE,
  repeat,
  section,
  TYPES,
  unsigned,
} from "./support/binary.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { startServer } from "./support/server.ts";

const MAX_U32 = 0xffffffff;
const BLOCK = [0x02, 0x40];
const END = [0x0b];

/** Modules made to hurt, each with the status of its answer. Those that are served do nothing. */
const MODULES: Record<string, { readonly bytes: Uint8Array; readonly status: 200 | 422 }> = {
  "four billion locals": {
    bytes: moduleOf({ code: codeOf([1], unsigned(MAX_U32), [0x7f]) }),
    status: 422,
  },
  "a hundred thousand functions": {
    bytes: moduleOf({
      functions: section(3, unsigned(100_000), repeat([0], 100_000)),
      code: emptyBodies(100_000),
    }),
    status: 200,
  },
  "a branch table of sixty thousand": {
    bytes: moduleOf({
      code: codeOf([0], BLOCK, [0x41, 0, 0x0e], unsigned(60_000), repeat([0], 60_001), END),
    }),
    status: 200,
  },
  "a hundred thousand nested blocks": {
    bytes: moduleOf({ code: codeOf([0], repeat(BLOCK, 100_000), repeat(END, 100_000)) }),
    status: 200,
  },
  "a body of seven megabytes": {
    bytes: moduleOf({ code: codeOf([0], repeat([0x01], 7_000_000)) }),
    status: 200,
  },
  "a body that is longer than engines allow": {
    bytes: moduleOf({ code: codeOf([0], repeat([0x41, 0, 0x1a], 2_700_000)) }),
    status: 422,
  },
  "a name section that is not UTF-8": {
    bytes: moduleOf({
      end: section(
        0,
        [4, 0x6e, 0x61, 0x6d, 0x65, 1],
        unsigned(1_000_000),
        repeat([0xff], 1_000_000),
      ),
    }),
    status: 200,
  },
  "a million empty custom sections": {
    bytes: moduleOf({ end: repeat([0, 1, 0], 1_000_000) }),
    status: 200,
  },
  "a hundred thousand exports": {
    bytes: moduleOf({
      exports: section(7, unsigned(100_000), repeat([1, 0x65, 0, 0], 100_000)),
    }),
    status: 422,
  },
  "a table of four billion": {
    bytes: moduleOf({ middle: section(4, [1, 0x70, 0], unsigned(MAX_U32)) }),
    status: 422,
  },
  "sixty-four thousand tables": {
    bytes: moduleOf({ middle: section(4, unsigned(65_536), repeat([0x70, 0, 0], 65_536)) }),
    status: 422,
  },
  "64-bit memory of 2^40 pages": {
    bytes: moduleOf({ middle: section(5, [1, 4], unsigned(2 ** 40)) }),
    status: 422,
  },
  "a data segment beyond the memory": {
    bytes: moduleOf({
      middle: section(5, [1, 0, 1]),
      end: section(11, [1, 0, 0x41, 0xff, 0xff, 0x03, 0x0b, 4, 1, 2, 3, 4]),
    }),
    status: 422,
  },
  "a chain of two thousand subtypes": {
    bytes: moduleOf({
      types: section(
        1,
        unsigned(2001),
        [0x60, 0, 0, 0x50, 0, 0x5f, 0],
        ...Array.from({ length: 1999 }, (_, i) => [0x50, 1, ...unsigned(i + 1), 0x5f, 0]),
      ),
    }),
    status: 422,
  },
  "a type that contains itself": {
    bytes: moduleOf({ types: section(1, [2, 0x60, 0, 0, 0x4e, 1, 0x5f, 1, 0x63, 1, 1]) }),
    status: 200,
  },
  "more parameters than engines allow": {
    bytes: moduleOf({
      types: section(1, [2, 0x60, 0, 0, 0x60], unsigned(100_000), repeat([0x7f], 100_000), [0]),
    }),
    status: 422,
  },
  "a count without its items": {
    bytes: join(PREAMBLE, [1, 5, 255, 255, 255, 255, 15]),
    status: 422,
  },
  "a body without its bytes": {
    bytes: join(PREAMBLE, TYPES, FUNCTIONS, EXPORTS, section(10, [1], unsigned(MAX_U32), [0])),
    status: 422,
  },
  "a section twice": { bytes: join(PREAMBLE, TYPES, TYPES), status: 422 },
  "a ZIP archive": { bytes: join([0x50, 0x4b, 3, 4], repeat([0], 100)), status: 422 },
};

Deno.test("Modules made to hurt are served or refused, and a function beside them stays quick", async () => {
  await using folder = await temporaryFolder({ "hello.wasm": await GUESTS.exit0() });
  const routes = Object.entries(MODULES).map(([name, { status }], i) => ({ name, status, i }));
  for (const [i, { bytes }] of Object.values(MODULES).entries()) {
    await folder.write(`m${i}.wasm`, bytes);
  }
  await using server = await startServer(folder.path);
  let isDone = false;
  let slowestMs = 0;
  const beside = (async () => {
    while (!isDone) {
      const startMs = performance.now();
      assertEquals(await (await fetch(`${server.url}/hello`)).text(), "before\n");
      slowestMs = Math.max(slowestMs, performance.now() - startMs);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  for (const { name, status, i } of routes) {
    const response = await fetch(`${server.url}/m${i}`);
    const text = await response.text();
    assertEquals([name, response.status], [name, status], text);
    if (status === 422) assertEquals(JSON.parse(text).code, "invalid_module");
  }
  isDone = true;
  await beside;
  // On a machine that runs other tests too; a blocked server would take longer.
  assert(slowestMs < 5000, `${slowestMs} ms`);
});

Deno.test("What is named like a module and is none is passed over, and said so", async () => {
  await using folder = await temporaryFolder({
    "hello.wasm": await GUESTS.exit0(),
    "folder.wasm/inner.wasm": await GUESTS.exit0(),
    "public/page.txt": "a page",
  });
  const path = (name: string) => joinPath(folder.path, name);
  await Promise.all([
    makePipe(path("pipe.wasm")),
    makePipe(path("hello.toml")),
    makePipe(path("public/pipe.txt")),
    symlink("/dev/zero", path("zero.wasm")),
    symlink("/etc/passwd", path("public/passwd")),
    symlink("loop.wasm", path("loop.wasm")),
    symlink(".", path("again")),
  ]);
  await using server = await startServer(folder.path);
  const statusOf = async (route: string) => {
    const response = await fetch(server.url + route, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await statusOf("/hello"), 200);
  assertEquals(await statusOf("/folder.wasm/inner"), 200);
  for (const route of ["/pipe", "/pipe.txt", "/zero", "/passwd", "/loop", "/again/hello"]) {
    assertEquals([route, await statusOf(route)], [route, 404]);
  }
  assertMatch(server.output(), /pipe\.wasm is not a regular file/);
  assertMatch(server.output(), /hello\.toml is not a regular file/);
  assertMatch(server.output(), /loop\.wasm cannot be read \(ELOOP\)/);
});

Deno.test("A pipe made while serving stops neither the server nor its following of the folder", async () => {
  await using folder = await temporaryFolder({ "hello.wasm": await GUESTS.exit0() });
  await using server = await startServer(folder.path);
  const statusOf = async (route: string) => {
    const response = await fetch(server.url + route, { signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return response.status;
  };
  await makePipe(joinPath(folder.path, "pipe.wasm"));
  await makePipe(joinPath(folder.path, "any name"));
  await folder.write("sub/new.wasm", await GUESTS.exit0());
  await eventually(() => statusOf("/sub/new"), (status) => status === 200);
  await rm(joinPath(folder.path, "sub"), { recursive: true });
  await eventually(() => statusOf("/sub/new"), (status) => status === 404);
  assertEquals(await statusOf("/hello"), 200);
});

Deno.test("A module of three gigabytes is refused without being read", async () => {
  await using folder = await temporaryFolder({ "huge.wasm": new Uint8Array(PREAMBLE) });
  await truncate(joinPath(folder.path, "huge.wasm"), 3 * 2 ** 30);
  await using server = await startServer(folder.path);
  const response = await fetch(`${server.url}/huge`);
  const { code, detail } = await response.json();
  assertEquals([response.status, code], [422, "invalid_module"]);
  assertEquals(
    detail,
    "Cannot read huge.wasm: it has 3221225472 bytes, and the limit is 134217728",
  );
});

const CONFIGURATIONS: Record<string, { readonly toml: string; readonly detail: RegExp }> = {
  "of a megabyte": { toml: "#".repeat(2 ** 20), detail: /1048576 bytes, and the limit is 65536/ },
  "nested without end": { toml: `a = ${"[".repeat(60_000)}`, detail: /line 1, column \d+/ },
  "nested by dots": { toml: `a${".a".repeat(30_000)} = 1`, detail: /a is not a known key/ },
  "with a prototype": { toml: "[__proto__]\nfuel = 1", detail: /__proto__ is not a known key/ },
  "with a date": { toml: "[limits]\nfuel = 1979-05-27", detail: /found a date/ },
  "with infinity": { toml: "[limits]\nfuel = inf", detail: /limits\.fuel must be/ },
  "with a huge number": { toml: `[limits]\nfuel = ${"9".repeat(60_000)}`, detail: /line 2/ },
  "with a NUL": { toml: 'handler = "\0"', detail: /line 1/ },
  "with a very long key": {
    toml: `${"k".repeat(60_000)} = 1`,
    detail: /^.{0,100}k… is not a known key, /,
  },
};

Deno.test("Configurations made to hurt are refused by name and place", async () => {
  await using folder = await temporaryFolder();
  for (const [i, { toml }] of Object.values(CONFIGURATIONS).entries()) {
    await folder.write(`c${i}.wasm`, await GUESTS.exit0());
    await folder.write(`c${i}.toml`, toml);
  }
  await using server = await startServer(folder.path);
  for (const [i, [what, { detail }]] of Object.entries(CONFIGURATIONS).entries()) {
    const response = await fetch(`${server.url}/c${i}`);
    const problem = await response.json();
    assertEquals([what, response.status, problem.code], [what, 500, "invalid_config"]);
    assertMatch(problem.detail, detail);
    assertMatch(problem.detail, new RegExp(`c${i}\\.toml`));
  }
});
