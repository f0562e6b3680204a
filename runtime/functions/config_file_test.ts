import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DEFAULT_LIMITS } from "../isolate/limits.ts";
import { DEFAULT_CONFIG, parseFunctionConfig } from "./config_file.ts";
import type { FunctionConfig } from "./function_config.ts";

function read(text: string) {
  const environment = (name: string) => name === "HOME" ? "/home/ann" : undefined;
  return parseFunctionConfig({ file: "api/hello.toml", text, environment });
}

function configOf(text: string): FunctionConfig {
  const result = read(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function errorOf(text: string): string {
  const result = read(text);
  if (result.ok) throw new Error("Expected an error");
  assertEquals(result.error.code, "invalid_config");
  return result.error.message.replace("Cannot read api/hello.toml: ", "");
}

Deno.test("an empty file is the default configuration", () => {
  const { abi, handler, methods, limits, env, mounts, kvNamespace } = configOf("");
  assertEquals({ abi, limits, env, mounts }, { ...DEFAULT_CONFIG });
  assertEquals(configOf("").scheduling, undefined);
  assertEquals([handler, methods, kvNamespace], [undefined, undefined, undefined]);
});

Deno.test("every key is read", () => {
  const config = configOf(`
    abi = "cgi"
    handler = "convert"
    methods = ["get", "POST", "GET"]
    [limits]
    fuel = 5_000
    memory_mb = 64
    timeout_ms = 250
    output_mb = 2
    [env]
    GREETING = "hello"
    HOST_HOME = "$HOME"
    PRICE = "$5"
    [data.kv]
    namespace = "counter"
    [coord]
    locks = ["files", "job-*"]
    [scheduling]
    max_concurrent = 4
    reserved_workers = 1
    share = 0.5
  `);
  assertEquals(config, {
    abi: "cgi",
    handler: "convert",
    methods: ["GET", "POST"],
    limits: {
      fuel: 5_000,
      memoryPages: 1024,
      timeoutMs: 250,
      stdoutBytes: 2 * 1024 * 1024,
      stderrBytes: DEFAULT_LIMITS.stderrBytes,
    },
    env: { GREETING: "hello", HOST_HOME: "/home/ann", PRICE: "$5" },
    kvNamespace: "counter",
    mounts: [],
    coord: { locks: ["files", "job-*"], logs: [] },
    scheduling: { maxConcurrent: 4, reservedWorkers: 1, share: 0.5 },
  });
});

Deno.test("a file written for wasm-workers-server is understood", () => {
  const config = configOf(`
    name = "workerkv"
    version = "1"
    [vars]
    MESSAGE = "hi"
    [data]
    [data.kv]
    namespace = "workerkv"
    [features]
    [features.http_requests]
    allowed_methods = ["GET"]
    allowed_hosts = ["example.com"]
    allow_http = false
  `);
  assertEquals(config.env, { MESSAGE: "hi" });
  assertEquals(config.kvNamespace, "workerkv");
});

Deno.test("a wrong value is an error that names file, key, expectation and value", () => {
  const result = read(`[limits]\nfuel = "lots"`);
  assertEquals(result, {
    ok: false,
    error: {
      code: "invalid_config",
      message: 'Cannot read api/hello.toml: limits.fuel must be a positive integer, found "lots"',
      details: { file: "api/hello.toml", key: "limits.fuel" },
    },
  });
});

const WRONG_VALUES: readonly [string, string][] = [
  [`abi = "fcgi"`, `abi must be one of auto, text, cgi, json, static, found "fcgi"`],
  [`[scheduling]\nshare = 0`, "scheduling.share must be a number above 0 and up to 1000, found 0"],
  [
    `[scheduling]\nmax_concurrent = 0`,
    "scheduling.max_concurrent must be a positive integer, found 0",
  ],
  [
    `[coord]\nlocks = ["a b"]`,
    'coord.locks must be an array of names such as "files", in which * stands for any characters, found an array',
  ],
  [`[coord]\nlog = []`, "coord.log is not a known key, expected one of locks, logs"],
  [`scheduling = 1`, "scheduling must be a table, found 1"],
  [`handler = ""`, `handler must be a non-empty string, found ""`],
  [`handler = 3`, "handler must be a non-empty string, found 3"],
  [`methods = "GET"`, `methods must be a non-empty array of methods such as "GET", found "GET"`],
  [`methods = []`, `methods must be a non-empty array of methods such as "GET", found an array`],
  [
    `methods = ["GET /"]`,
    `methods must be a non-empty array of methods such as "GET", found an array`,
  ],
  [`limits = 3`, "limits must be a table, found 3"],
  [`limits = 2020-01-01`, "limits must be a table, found a date"],
  [`[limits]\nfuel = 0`, "limits.fuel must be a positive integer, found 0"],
  [`[limits]\nfuel = 1.5`, "limits.fuel must be a positive integer, found 1.5"],
  [`[limits]\nfuel = -1`, "limits.fuel must be a positive integer, found -1"],
  [`[limits]\nmemory_mb = 4097`, "limits.memory_mb must be an integer from 1 to 4096, found 4097"],
  [`[limits]\nmemory_mb = 0`, "limits.memory_mb must be an integer from 1 to 4096, found 0"],
  [
    `[limits]\ntimeout_ms = true`,
    "limits.timeout_ms must be an integer from 1 to 3600000, found true",
  ],
  [`[limits]\noutput_mb = {}`, "limits.output_mb must be an integer from 1 to 1024, found a table"],
  [`[env]\nA = 1`, "env.A must be a string without NUL, found 1"],
  [`[env]\n"A=B" = "x"`, "env.A=B cannot name a variable"],
  [`[env]\nA = "x\\u0000"`, `env.A must be a string without NUL, found "x\\u0000"`],
  [`[env]\nA = "$NOPE"`, "env.A needs NOPE, which the server's environment does not have"],
  [`[env]\nA = "x"\n[vars]\nA = "y"`, "env.A is set in both [vars] and [env]"],
  [`[data.kv]\nnamespace = 1`, "data.kv.namespace must be a non-empty string, found 1"],
  [`[data.kv]\nname = "x"`, "data.kv.name is not a known key, expected one of namespace"],
  [`[data]\nredis = 1`, "data.redis is not a known key, expected one of kv"],
  [
    `[limits]\nmemory = 1`,
    "limits.memory is not a known key, expected one of fuel, memory_mb, timeout_ms, output_mb",
  ],
  [
    `[features.http_requests]\nallow_http = "yes"`,
    `features.http_requests.allow_http must be true or false, found "yes"`,
  ],
  [
    `[features.http_requests]\nallowed_hosts = [1]`,
    "features.http_requests.allowed_hosts must be an array of strings, found an array",
  ],
];

Deno.test("each wrong value has its message", () => {
  for (const [text, message] of WRONG_VALUES) assertEquals(errorOf(text), message);
});

Deno.test("an unknown key is an error that lists the known ones", () => {
  assertEquals(
    errorOf(`colour = "red"`),
    "colour is not a known key, expected one of abi, runtime, handler, methods, limits, vars, env, data, " +
      "mounts, folders, coord, scheduling, name, version, features",
  );
});

Deno.test("mounts are read-only unless they say otherwise, folders are not", () => {
  const text = `[[mounts]]
host = "data"
guest = "/data"
[[mounts]]
host = "/srv/cache"
guest = "/cache"
read_only = false
[[folders]]
from = "./lib"
to = "/lib"`;
  const config = read(text);
  assertEquals(config.ok && config.value.mounts, [
    { hostPath: "data", guestPath: "/data", isReadOnly: true },
    { hostPath: "/srv/cache", guestPath: "/cache", isReadOnly: false },
    { hostPath: "./lib", guestPath: "/lib", isReadOnly: false },
  ]);
});

Deno.test("a mount without a host, with a wrong type or an unknown key is an error", () => {
  assertEquals(errorOf(`[[mounts]]\nguest = "/data"`), "mounts.host is missing");
  assertEquals(errorOf(`[[folders]]\nfrom = "a"`), "folders.to is missing");
  assertEquals(
    errorOf(`[[mounts]]\nhost = "a"\nguest = "/a"\nread_only = "no"`),
    'mounts.read_only must be true or false, found "no"',
  );
  assertEquals(
    errorOf(`[[mounts]]\nhost = "a"\nguest = "/a"\nowner = "me"`),
    "mounts.owner is not a known key, expected one of host, guest, read_only",
  );
  assertEquals(errorOf(`mounts = "data"`), 'mounts must be an array of tables, found "data"');
  assertEquals(
    errorOf(`[[mounts]]\nhost = "a\\u0000b"\nguest = "/a"`),
    "mounts.host must not contain NUL",
  );
});

Deno.test("what is not TOML is an error with line and column", () => {
  const result = read(`abi = "cgi"\nhandler = \n`);
  assertEquals(result, {
    ok: false,
    error: {
      code: "invalid_config",
      message: "Cannot parse api/hello.toml: line 2, column 11: invalid value",
      details: { file: "api/hello.toml", line: 2, column: 11 },
    },
  });
});

Deno.test("a long value is cut short in its error", () => {
  assertEquals(errorOf(`abi = "${"x".repeat(1000)}"`).length < 120, true);
});

Deno.test("a variable called __proto__ is a variable like any other", () => {
  const { env } = configOf(`[env]\n"__proto__" = "x"`);
  assertEquals(Object.entries(env), [["__proto__", "x"]]);
});

Deno.test("any text gives a configuration or an error, never an exception", () => {
  const word = fc.constantFrom(
    "abi",
    "limits",
    "env",
    "[",
    "]",
    "=",
    '"',
    "\n",
    "1",
    ".",
    "{",
    "}",
  );
  const text = fc.oneof(fc.string(), fc.array(word).map((words) => words.join(" ")));
  fc.assert(
    fc.property(text, (input) => {
      const result = read(input);
      if (!result.ok) assertEquals(result.error.code, "invalid_config");
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a key of any length is told in one line", () => {
  const result = read(`${"k".repeat(50_000)} = 1`);
  assertEquals(!result.ok && result.error.message.length < 300, true);
});

Deno.test("a native function has the limits that are named, and no others", () => {
  const limits = "[limits]\ntimeout_ms = 7\nmemory_mb = 8\noutput_mb = 1";
  assertEquals(configOf(`runtime = "native"\n${limits}`).native, {
    timeoutMs: 7,
    memoryMb: 8,
    outputBytes: 1024 * 1024,
  });
  assertEquals(configOf('runtime = "native"').native, {
    timeoutMs: undefined,
    memoryMb: undefined,
    outputBytes: undefined,
  });
  assertEquals(configOf('runtime = "wasm"').native, undefined);
  assertEquals(
    errorOf('runtime = "nativ"'),
    'runtime must be one of wasm, native, found "nativ"',
  );
});
