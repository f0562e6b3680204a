import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { PYTHON } from "./python/testing.ts";

const OK = { kind: "ok" } as const;
const FAILED = { kind: "exited", exitCode: 1 } as const;

Deno.test("A script's output is the answer, and it runs as __main__ with the request around it", async () => {
  const script = await PYTHON.functionOf(
    `import os, sys
print(__name__, sys.argv, os.environ["REQUEST_METHOD"], len(os.environ), sys.stdin.read())`,
  );
  const environ = { REQUEST_METHOD: "POST" };
  const { outcome, stdout } = script.call({ environ, body: "grüezi" });
  assertEquals([outcome, stdout], [OK, "__main__ ['main.py'] POST 1 grüezi\n"]);
});

Deno.test("A script's exit code is the function's, whatever way it exits", async () => {
  const script = await PYTHON.functionOf(
    `import sys, os\nprint("before")\neval(os.environ["HOW"])`,
  );
  const exit = (how: string) => {
    const { outcome, stdout } = script.call({ environ: { HOW: how } });
    return [outcome.kind === "exited" ? outcome.exitCode : 0, stdout];
  };
  assertEquals(exit("sys.exit()"), [0, "before\n"]);
  assertEquals(exit("sys.exit(3)"), [3, "before\n"]);
  assertEquals(exit("exit('sorry')"), [1, "before\n"]);
  assertEquals(exit("os._exit(4)"), [4, ""]);
});

Deno.test("A handler is given the request", async () => {
  const { call } = await PYTHON.functionOf(`
def handler(request):
    return [
        request.method, request.url, request.path, request.query, request.query_list,
        request.headers["x-ToKeN"], request.headers.get("nope", "none"), "content-type" in request.headers,
        request.params["user-id"], request.body.hex(), request.text(), request.json(), request.env["A"],
    ]
`);
  const { stdout } = call({
    environ: {
      REQUEST_METHOD: "PUT",
      X_FULL_URL: "http://h/f/7?a=1&b=%20&a=2",
      SCRIPT_NAME: "/f/7",
      QUERY_STRING: "a=1&b=%20&a=2",
      HTTP_X_TOKEN: "t",
      CONTENT_TYPE: "application/json",
      PARAM_USER_ID: "7",
      A: "ä=b",
    },
    body: "[1]",
  });
  assertEquals(JSON.parse(stdout.split("\n\n")[1]!), [
    "PUT",
    "http://h/f/7?a=1&b=%20&a=2",
    "/f/7",
    { a: "2", b: " " },
    [["a", "1"], ["b", " "], ["a", "2"]],
    "t",
    "none",
    true,
    "7",
    "5b315d",
    "[1]",
    [1],
    "ä=b",
  ]);
});

for (
  const [returned, header, body] of [
    [`"text"`, "Status: 200\nContent-Type: text/plain; charset=utf-8", "text"],
    [`b"\\x41"`, "Status: 200\nContent-Type: application/octet-stream", "A"],
    [
      `{"a": [1, None, "ü"]}`,
      "Status: 200\nContent-Type: application/json",
      `{"a": [1, null, "ü"]}`,
    ],
    [
      `201, {"X-A": "b", "Set-Cookie": ["c", "d"]}, [1]`,
      "Status: 201\nX-A: b\nSet-Cookie: c\nSet-Cookie: d\nContent-Type: application/json",
      "[1]",
    ],
    [`404, [("content-type", "text/html")], "<p>"`, "Status: 404\nContent-Type: text/html", "<p>"],
    [`204, None, None`, "Status: 204\nContent-Type: application/octet-stream", ""],
  ] as const
) {
  Deno.test(`A handler may return ${returned}`, async () => {
    const { call } = await PYTHON.functionOf(`def handler(request): return ${returned}`);
    assertEquals(call(), { outcome: OK, stdout: `${header}\n\n${body}`, stderr: "" });
  });
}

for (
  const [returned, message] of [
    ["5", "TypeError: handler returned int; expected str, bytes, dict, list or"],
    ["None", "TypeError: handler returned NoneType; expected"],
    [`(200, "x")`, "TypeError: handler returned a tuple of 2; expected"],
    [`(99, {}, "x")`, "ValueError: handler returned status 99; expected an int from 200 to 599"],
    [`(200, {"A b": "c"}, "x")`, "ValueError: handler returned a header named 'A b'"],
    [
      `(200, {"A": "b\\nC: d"}, "x")`,
      "ValueError: handler returned header A with a control character",
    ],
    [`(200, {"Status": "500"}, "x")`, "ValueError: handler returned a Status header"],
    [`{"a": float("nan")}`, "ValueError: Out of range float values are not JSON compliant"],
    [`{"a": object()}`, "TypeError: Object of type object is not JSON serializable"],
  ] as const
) {
  Deno.test(`A handler that returns ${returned} fails with a clear message in the log`, async () => {
    const { call } = await PYTHON.functionOf(`def handler(request): return ${returned}`);
    const { outcome, stdout, stderr } = call();
    assertEquals([outcome, stdout], [FAILED, ""]);
    assertStringIncludes(stderr, message);
  });
}

Deno.test("A handler may be a coroutine function, as long as it does not have to wait", async () => {
  const { call } = await PYTHON.functionOf(`
async def inner(): return "x"
async def handler(request): return await inner() + "y"`);
  assertMatch(call().stdout, /\n\nxy$/);
  const waiting = await PYTHON.functionOf(`
class Forever:
    def __await__(self): yield
async def handler(request): await Forever()`);
  assertStringIncludes(waiting.call().stderr, "needs an event loop, which there is not");
});

Deno.test("What a handler prints goes to its log", async () => {
  const { call } = await PYTHON.functionOf(
    `def handler(request):\n    print("seen")\n    return "x"`,
  );
  const { stdout, stderr } = call();
  assertEquals([stdout.endsWith("\n\nx"), stderr], [true, "seen\n"]);
});

Deno.test("An uncaught exception is shown with the function's own line, and nothing of Skerry's", async () => {
  const { call } = await PYTHON.functionOf(
    `def inner():\n    return {}["nope"]\n\ndef handler(request):\n    return inner()\n`,
    "shop.py",
  );
  const { outcome, stdout, stderr } = call();
  assertEquals([outcome, stdout], [FAILED, ""]);
  assertEquals(
    stderr,
    `Traceback (most recent call last):
  File "shop.py", line 5, in handler
    return inner()
           ^^^^^^^
  File "shop.py", line 2, in inner
    return {}["nope"]
           ~~^^^^^^^^
KeyError: 'nope'
`,
  );
});

Deno.test("No request sees what an earlier one did", async () => {
  const { call, isolate } = await PYTHON.functionOf(`
import os, sys
seen = []
def handler(request):
    seen.append(1)
    os.environ["X"] = "y"
    sys.modules["json"].left = getattr(sys.modules["json"], "left", 0) + 1
    return [len(seen), sorted(os.environ), sys.modules["json"].left]
`);
  const answers = [1, 2, 3].map(() => call({ environ: { A: "b" } }).stdout.split("\n\n")[1]);
  assertEquals(answers, new Array(3).fill(`[1, ["A", "X"], 1]`));
  assertEquals(isolate.instancesCreated, 1);
});

Deno.test("Each request draws its own random numbers", async () => {
  const { call } = await PYTHON.functionOf(
    `import random, uuid\nprint(random.random(), uuid.uuid4())`,
  );
  const [one, other] = [call().stdout.split(" "), call().stdout.split(" ")];
  assertNotEquals(one[0], other[0]);
  assertNotEquals(one[1], other[1]);
});

Deno.test("A module is loaded once, when it is built, unless it reads the environment meanwhile", async () => {
  const early = await PYTHON.functionOf(`
import time
LOADED = time.monotonic_ns()
def handler(request): return str(LOADED)`);
  assertEquals(early.call().stdout, early.call().stdout);
  const late = await PYTHON.functionOf(`
import os
GREETING = os.environ.get("GREETING", "none")
def handler(request): return GREETING`);
  assertMatch(late.call({ environ: { GREETING: "hello" } }).stdout, /\n\nhello$/);
  assertMatch(late.call().stdout, /\n\nnone$/);
});

Deno.test("An environment of any size arrives whole", async () => {
  const { call } = await PYTHON.functionOf(
    `import os\nprint(len(os.environ), len(os.environ["V0"]))`,
  );
  for (const [count, length] of [[1, 10], [200, 300], [2, 60_000], [1000, 1000]] as const) {
    const names = Array.from({ length: count }, (_, index) => [`V${index}`, "x".repeat(length)]);
    assertEquals(call({ environ: Object.fromEntries(names) }).stdout, `${count} ${length}\n`);
  }
});

Deno.test("A syntax error is a diagnostic with line and column", async () => {
  const { code, message, details } = await PYTHON.refusalOf(
    `x = 1\ndef handler(request):\n    return (1\n`,
    "a.py",
  );
  assertEquals(code, "build_failed");
  assertEquals(message, "Cannot build a.py: a.py:3:12: SyntaxError: '(' was never closed");
  const found = { severity: "error", message: "SyntaxError: '(' was never closed", file: "a.py" };
  assertEquals(details?.diagnostics, [{ ...found, line: 3, column: 12 }]);
});

for (
  const [what, code, message] of [
    [
      "imports what Python does not bring",
      "import numpy\ndef handler(r): pass",
      /main.py:1:1: ModuleNotFoundError: No module named 'numpy'/,
    ],
    ["raises", "def f():\n  1/0\nf()\ndef handler(r): pass", /main.py:2:3: ZeroDivisionError/],
    [
      "exits",
      "import sys\nsys.exit(0)\ndef handler(r): pass",
      /main.py:2:1: The function exits while it is loaded/,
    ],
    [
      "ends the process",
      "import os\nos._exit(0)\ndef handler(r): pass",
      /ends Python while it is loaded/,
    ],
    ["waits", "import time\ntime.sleep(1)\ndef handler(r): pass", /waits while it is loaded/],
    [
      "forges its report",
      `import os\nos.write(1, b'\\n{"callable": 4294967295}')\nos._exit(0)\ndef handler(r): pass`,
      /ends Python while/,
    ],
    ["has a handler that is none", "handler = 5", /TypeError: handler is int, not a function/],
  ] as const
) {
  Deno.test(`A module that ${what} while it is loaded is refused`, async () => {
    assertMatch((await PYTHON.refusalOf(code)).message, message);
  });
}

for (
  const [what, code] of [
    ["a NUL", "x = 1\0"],
    ["no UTF-8", "# coding: nonsense\nx = 1"],
    ["nesting without end", "x = " + "(".repeat(100_000)],
    ["nesting that fits the parser only", "x = " + "-".repeat(50_000) + "1"],
  ] as const
) {
  Deno.test(`A source with ${what} is refused, and the next one builds`, async () => {
    assertEquals((await PYTHON.refusalOf(code)).code, "build_failed");
    assertEquals((await PYTHON.functionOf("print(1)")).call().stdout, "1\n");
  });
}

Deno.test("An empty source is a script that says nothing", async () => {
  assertEquals((await PYTHON.functionOf("")).call(), { outcome: OK, stdout: "", stderr: "" });
});

Deno.test("A file named like a module of Python's does not replace it", async () => {
  const { call } = await PYTHON.functionOf(
    `import json\ndef handler(request): return json.dumps([__name__])`,
    "json.py",
  );
  assertMatch(call().stdout, /\n\n\["function"\]$/);
});

for (
  const [what, code, error] of [
    ["read a file of the host", `open("/etc/passwd")`, "FileNotFoundError"],
    ["write a file", `open("/x", "w")`, "FileNotFoundError"],
    ["open a socket", `import socket\nsocket.socket()`, "Error"],
    ["start a process", `import os\nos.system("ls")`, "AttributeError"],
    ["start a thread", `import threading\nthreading.Thread(target=print).start()`, "Error"],
  ] as const
) {
  Deno.test(`There is no way to ${what}`, async () => {
    const { outcome, stderr } = (await PYTHON.functionOf(code)).call();
    assertEquals(outcome, FAILED);
    assertStringIncludes(stderr, error);
  });
}

for (
  const [what, code, outcome] of [
    ["An endless loop", "while True: pass", { kind: "fuel_exhausted" }],
    ["A number without end", "x = 7\nwhile True: x *= x", { kind: "fuel_exhausted" }],
    ["Endless recursion", "def f(): return f()\nf()", FAILED],
    ["A memory bomb", `x = []\nwhile True: x.append(bytes(1 << 20))`, { kind: "memory_exceeded" }],
    ["One huge allocation", `bytes(1 << 30)`, { kind: "memory_exceeded" }],
    ["Huge output", `print("x" * 1_000_000)`, { kind: "output_too_large" }],
    ["A caught MemoryError", `try: bytes(1 << 30)\nexcept MemoryError: print("caught")`, OK],
  ] as const
) {
  Deno.test(`${what} ends as ${outcome.kind}, and the next request is served`, async () => {
    const { call } = await PYTHON.functionOf(
      `import os\nif "BAD" in os.environ:\n    exec(${
        JSON.stringify(code)
      })\nelse:\n    print("well")`,
    );
    assertEquals(call({ environ: { BAD: "1" } }).outcome, outcome);
    assertEquals(call().stdout, "well\n");
  });
}

Deno.test("C recursion past the stack traps, and the next request is served", async () => {
  const { call } = await PYTHON.functionOf(`
import os, sys
class A:
    def __repr__(self): return repr(self)
if "BAD" in os.environ:
    sys.setrecursionlimit(10**9)
    repr(A())
print("well")`);
  const { outcome } = call({ environ: { BAD: "1" } });
  assertEquals(outcome.kind, "trapped");
  assertEquals(call().stdout, "well\n");
});
