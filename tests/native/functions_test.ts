import { assert, assertEquals, assertMatch } from "@std/assert";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { temporaryFolder } from "../support/folder.ts";
import { run } from "../support/runtimes.ts";
import { ROOT, startServer } from "../support/server.ts";
import { buildLibraries } from "./gcc.ts";

const SOURCES = join(ROOT, "tests/native/libraries");

/** Function files: which library of `libraries/`, and its configuration. */
type Functions = Readonly<Record<string, readonly [library: string, toml: string]>>;

const NATIVE = 'runtime = "native"\n';

/** A server with libraries in its functions folder, called natively unless `args` says otherwise. */
async function startFunctions(functions: Functions, args?: readonly string[]) {
  const temporary = await temporaryFolder({ "built/_": "", "functions/_": "" });
  const folder = join(temporary.path, "functions");
  await buildLibraries(join(temporary.path, "built"));
  for (const [name, [library, toml]] of Object.entries(functions)) {
    await copyFile(join(temporary.path, `built/lib${library}.so`), join(folder, `${name}.so`));
    if (toml !== "") await writeFile(join(folder, `${name}.toml`), toml);
  }
  const server = await startServer(folder, {
    data: join(temporary.path, "data"),
    args: args ?? ["--native", folder, "--stats-headers", "--native-timeout-ms", "1000"],
  });
  return {
    server,
    folder,
    data: join(temporary.path, "data"),
    get: (path: string, init?: RequestInit) => fetch(server.url + path, init),
    async problem(path: string) {
      const response = await fetch(server.url + path);
      return await response.json() as Record<string, unknown>;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

Deno.test("A library's function answers HTTP like any other function", async (t) => {
  await using native = await startFunctions({
    shout: ["web", `${NATIVE}handler = "shout"\n`],
    run: ["basic", NATIVE],
    teapot: ["web", `${NATIVE}handler = "teapot"\nmethods = ["GET"]\n`],
    json: ["web", `${NATIVE}handler = "echo_json"\nabi = "json"\n`],
    count: ["basic", `${NATIVE}handler = "count"\n`],
  });
  const { get, server } = native;
  await t.step("the body is in a file, the answer is what was printed", async () => {
    const response = await get("/shout", { method: "POST", body: "is anyone there?" });
    assertEquals(await response.text(), "IS ANYONE THERE?");
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assertEquals(response.headers.get("x-skerry-path"), "native");
    assertEquals(response.headers.get("x-skerry-fuel"), null);
    assertMatch(response.headers.get("server-timing")!, /^run;dur=/);
    assertMatch(response.headers.get("x-request-id")!, /./);
  });
  await t.step("a megabyte of every byte arrives whole", async () => {
    const body = Uint8Array.from({ length: 2 ** 20 }, (_, i) => i % 97);
    const answer = await (await get("/shout", { method: "POST", body })).bytes();
    assertEquals(answer.length, body.length);
    assertEquals(answer.subarray(60, 70), body.subarray(60, 70));
  });
  await t.step("run is the function where none is named", async () => {
    assertEquals(await (await get("/run")).text(), "run\n");
  });
  await t.step("HEAD gets the headers", async () => {
    const response = await get("/run", { method: "HEAD" });
    assertEquals([response.status, response.headers.get("content-length")], [200, "4"]);
  });
  await t.step("it may answer as a CGI program", async () => {
    const response = await get("/teapot");
    assertEquals([response.status, response.headers.get("x-pot")], [418, "yes"]);
    assertEquals(await response.text(), "tipped");
    await server.printed("brewing");
  });
  await t.step("its methods hold", async () => {
    const response = await get("/teapot", { method: "POST", body: "x" });
    assertEquals([response.status, (await response.json()).code], [405, "method_not_allowed"]);
  });
  await t.step("with the JSON ABI it gets the request as an object", async () => {
    const response = await get("/json", { method: "PUT", body: "x" });
    assertEquals([response.status, await response.text()], [201, "it was PUT"]);
  });
  await t.step("every request sees the library as if freshly loaded", async () => {
    const answers = Array.from({ length: 20 }, async () => await (await get("/count")).text());
    assertEquals(new Set(await Promise.all(answers)), new Set(["call 1\n"]));
  });
  await t.step("it is listed, and counted", async () => {
    const { functions } = await (await get("/_/functions")).json();
    const shout = functions.find(({ route }: { route: string }) => route === "/shout");
    assertEquals([shout.file, shout.state], ["shout.so", "ready"]);
    const { native: stats } = await (await get("/_/stats")).json();
    assertEquals([stats.running, stats.waiting, stats.clients], [0, 0, 0]);
    assert(stats.calls.ok >= 25);
  });
  await t.step("no file of a request is left", async () => {
    assertEquals(await readdir(join(native.data, "output")), []);
  });
});

/** Function, and what its problem document says. */
const FAILURES: Functions & Readonly<Record<string, unknown>> = {
  segfault: ["hostile", ""],
  aborts: ["hostile", ""],
  exits_3: ["hostile", ""],
  spins: ["hostile", ""],
  nothing: ["hostile", ""],
  writes_10_gb: ["hostile", ""],
  swaps_output: ["hostile", ""],
  swaps_and_aborts: ["hostile", ""],
};

const EXPECTED: Readonly<Record<string, readonly [number, Readonly<Record<string, unknown>>]>> = {
  segfault: [500, { code: "function_trapped", trap: "signal", signal: "SIGSEGV" }],
  aborts: [500, { code: "function_trapped", trap: "signal", signal: "SIGABRT" }],
  exits_3: [500, { code: "function_exited", exit_code: 3 }],
  spins: [504, { code: "timeout", timeout_ms: 300 }],
  nothing: [422, { code: "invalid_module" }],
  writes_10_gb: [502, { code: "bad_function_output", limit: 2 ** 20 }],
  swaps_output: [503, { code: "native_unavailable" }],
  swaps_and_aborts: [500, { code: "function_trapped", signal: "SIGABRT" }],
};

Deno.test("What a library does wrong becomes a problem document, and harms no one else", async (t) => {
  const functions = Object.entries(FAILURES).map(([name, [library]]) =>
    [name, [
      library,
      `${NATIVE}handler = "${name}"\n[limits]\ntimeout_ms = 300\noutput_mb = 1\n`,
    ]] as const
  );
  await using native = await startFunctions({
    ...Object.fromEntries(functions),
    constructor_crashes: ["constructor_crashes", NATIVE],
    fine: ["basic", NATIVE],
  });
  for (const [name, [status, members]] of Object.entries(EXPECTED)) {
    await t.step(name, async () => {
      const problem = await native.problem(`/${name}`);
      const { code, trap, signal, exit_code, timeout_ms, limit } = problem;
      assertEquals(problem.status, status);
      const found = { code, trap, signal, exit_code, timeout_ms, limit };
      for (const [key, value] of Object.entries(members)) {
        assertEquals(found[key as keyof typeof found], value, key);
      }
      assertEquals([problem.function, typeof problem.request_id], [`/${name}`, "string"]);
      assert(!JSON.stringify(problem).includes(native.folder), "it names a path of the host");
    });
  }
  await t.step("while loading", async () => {
    const { code, signal, detail } = await native.problem("/constructor_crashes");
    assertEquals([code, signal], ["function_trapped", "SIGABRT"]);
    assertMatch(String(detail), /while it was loaded$/);
  });
  await t.step("the log says what the client is not told", async () => {
    await native.server.printed("undefined symbol: nothing");
  });
  await t.step("the others are served", async () => {
    assertEquals(await (await native.get("/fine")).text(), "run\n");
  });
});

Deno.test("A library is not called unless everything says so", async (t) => {
  const reasonOf = async (path: string, functions: Functions, args?: readonly string[]) => {
    await using native = await startFunctions(functions, args);
    const { status, code, detail } = await native.problem(path);
    assertEquals([status, code], [500, "invalid_config"]);
    assert(!String(detail).includes(native.folder), "it names a path of the host");
    return String(detail);
  };
  await t.step("the server", async () => {
    assertMatch(
      await reasonOf("/run", { run: ["basic", NATIVE] }, []),
      /^Cannot serve run\.so: native libraries are off; start the server with --native/,
    );
  });
  await t.step("the folders", async () => {
    await using elsewhere = await temporaryFolder();
    assertMatch(
      await reasonOf("/run", { run: ["basic", NATIVE] }, ["--native", elsewhere.path]),
      /^Cannot serve run\.so: the library is in none of the allowed folders$/,
    );
  });
  await t.step("the function's configuration", async () => {
    assertMatch(
      await reasonOf("/run", { run: ["basic", ""] }, []),
      /^Cannot serve run\.so: a library is only called where its \.toml says runtime = "native"$/,
    );
  });
  await t.step("the name of the function, which must be one for the loader", async () => {
    const functions = { run: ["basic", `${NATIVE}handler = "run\\u0000way"\n`] } as const;
    assertMatch(
      await reasonOf("/run", functions),
      /^Cannot serve run\.so: handler holds a NUL character$/,
    );
  });
});

Deno.test("A configuration for modules is refused for a library, key by key", async (t) => {
  const keys = {
    abi: 'abi = "static"\n',
    "limits.fuel": "[limits]\nfuel = 5\n",
    env: '[env]\nA = "b"\n',
    mounts: '[[mounts]]\nhost = "."\nguest = "/x"\n',
  };
  const files = Object.values(keys).map((toml, i) => [`f${i}`, ["basic", NATIVE + toml]] as const);
  await using native = await startFunctions(Object.fromEntries(files));
  for (const [i, key] of Object.keys(keys).entries()) {
    await t.step(key, async () => {
      const { code, detail } = await native.problem(`/f${i}`);
      assertEquals(code, "invalid_config");
      assertEquals(
        detail,
        `Cannot read f${i}.toml: ${key} has no meaning for a native library; leave it out`,
      );
    });
  }
});

Deno.test("A library is replaced while it serves, without a failed request and without a trace", async () => {
  await using native = await startFunctions({ version: ["web", `${NATIVE}handler = "version"\n`] });
  const { folder, get, server } = native;
  const library = join(folder, "version.so");
  const build = (output: string, version: string) =>
    run("gcc", [
      "-fPIC",
      "-shared",
      `-DVERSION="${version}"`,
      "-o",
      output,
      join(SOURCES, "web.c"),
    ]);
  await mkdir(join(folder, "_built"));
  for (const version of ["two", "three"]) await build(join(folder, "_built", version), version);
  const answers = new Set<string>();
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      const response = await get("/version");
      answers.add(`${response.status} ${await response.text()}`);
    }
  };
  const clients = [client(), client()];
  for (const version of ["two", "three"]) {
    // Written over in place, as `cp` does it.
    await copyFile(join(folder, "_built", version), library);
    await eventually(() => get("/version").then((r) => r.text()), (text) => text === version);
  }
  isOver = true;
  await Promise.all(clients);
  assertEquals([...answers].sort(), ["200 one", "200 three", "200 two"]);
  await eventually(() => readdir(join(native.data, "native")), (copies) => copies.length === 1);
  assert(server.output().includes("Serving a new version of /version"));
});
