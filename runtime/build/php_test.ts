import { Buffer } from "node:buffer";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { valueOf } from "../../tests/support/results.ts";
import { loadPhpModule } from "./php/engine.ts";
import { pageOf, PHP } from "./php/testing.ts";

const OK = { kind: "ok" } as const;
const HTML = "Content-type: text/html; charset=UTF-8";

Deno.test("A page is HTML with PHP in between", async () => {
  const page = await pageOf(`<h1><?php echo "Hello ", $_GET["name"] ?? "nobody"; ?></h1>\nbye\n`);
  const { outcome, headers, body } = page.call({ environ: { QUERY_STRING: "name=Ada%20L&x=1" } });
  assertEquals([outcome, headers, body], [OK, [HTML], "<h1>Hello Ada L</h1>\nbye\n"]);
  assertEquals(page.call().body, "<h1>Hello nobody</h1>\nbye\n");
});

Deno.test("A page sees the request: method, headers, cookies, form, raw body, path and variables", async () => {
  const page = await pageOf(`<?php echo json_encode([
    $_SERVER["REQUEST_METHOD"], $_SERVER["HTTP_X_TOKEN"], $_COOKIE, $_POST, $_SERVER["PATH_INFO"],
    file_get_contents("php://input"), getenv("GREETING"), $_ENV["GREETING"], __FILE__, $_SERVER["SCRIPT_NAME"],
  ], JSON_UNESCAPED_SLASHES);`);
  const { body } = page.call({
    environ: {
      REQUEST_METHOD: "POST",
      HTTP_X_TOKEN: "t",
      HTTP_COOKIE: "a=1; b=2",
      CONTENT_TYPE: "application/x-www-form-urlencoded",
      SCRIPT_NAME: "/page",
      PATH_INFO: "/more",
      PATH_TRANSLATED: "/more",
      GREETING: "grüezi",
    },
    body: "x=1&y[]=2&y[]=%C3%A9",
  });
  assertEquals(JSON.parse(body), [
    "POST",
    "t",
    { a: "1", b: "2" },
    { x: "1", y: ["2", "é"] },
    "/more",
    "x=1&y[]=2&y[]=%C3%A9",
    "grüezi",
    "grüezi",
    "/app/page.php",
    "/page",
  ]);
});

Deno.test("A page sets its status, headers and cookies, also after it has begun to print", async () => {
  const page = await pageOf(`<p>early</p><?php
    http_response_code(404); header("X-A: b"); header("Content-Type: text/plain"); setcookie("c", "1");`);
  const { outcome, headers, body } = page.call();
  assertEquals([outcome, body], [OK, "<p>early</p>"]);
  assertEquals(headers, [
    "Content-type: text/plain;charset=UTF-8",
    "Set-Cookie: c=1",
    "Status: 404 Not Found",
    "X-A: b",
  ]);
});

Deno.test("What a query holds is never an option of PHP's", async () => {
  const page = await pageOf(`<?php echo $_SERVER["QUERY_STRING"]; /* the source */`);
  for (const query of ["-s", "-s&a=1", "-d+auto_prepend_file%3Dphp://input", "-i", "--"]) {
    const args = query.split("&").map((part) => decodeURIComponent(part.replaceAll("+", " ")));
    const { outcome, body } = page.call({ environ: { QUERY_STRING: query }, args });
    assertEquals([outcome, body], [OK, query]);
  }
});

Deno.test("An uncaught error is a 500 that tells the client nothing and the log where it was", async () => {
  const page = await pageOf(`<?php\n\nthrow new LogicException("secret");\n`, "shop/cart.php");
  const { outcome, headers, body, stderr } = page.call();
  assertEquals(outcome, { kind: "exited", exitCode: 255 });
  assertEquals([headers, body], [[HTML, "Status: 500 Internal Server Error"], ""]);
  assertMatch(
    stderr,
    /^PHP Fatal error: {2}Uncaught LogicException: secret in \/app\/shop\/cart\.php:3/,
  );
});

Deno.test("What a page passes to exit is no failure", async () => {
  const page = await pageOf(
    `<?php register_shutdown_function(fn () => print("!")); echo "moved"; exit(3);`,
  );
  const { outcome, headers, body } = page.call();
  assertEquals([outcome, headers, body], [OK, [HTML], "moved!"]);
});

Deno.test("Requests start from PHP as it has started, in the same memory", async () => {
  const { isolate, call } = await pageOf(`<?php echo "hello";`);
  const fuels = [1, 2, 3].map(() => call().fuel);
  assertEquals(isolate.instancesCreated, 1);
  assertEquals(Math.max(...fuels) < 1_000_000, true, `${fuels}`);
});

Deno.test("PHP is byte for byte the same each time it is started", async () => {
  const [one, other] = [valueOf(await loadPhpModule({})), valueOf(await loadPhpModule({}))];
  assertEquals(Buffer.compare(one, other), 0);
});

Deno.test("A warning is logged, not printed", async () => {
  const { body, stderr } = (await pageOf(`<?php echo $missing, "on";`)).call();
  assertEquals(body, "on");
  assertEquals(
    stderr,
    "PHP Warning:  Undefined variable $missing in /app/page.php on line 1\n",
  );
});

Deno.test("No request sees what another left", async () => {
  const page = await pageOf(`<?php
    function counted() { static $count = 0; return ++$count; }
    echo counted(), isset($GLOBALS["left"]) ? "left" : "", getenv("LEFT");
    $left = 1; putenv("LEFT=1"); ini_set("memory_limit", "64M");`);
  assertEquals([1, 2, 3].map(() => page.call().body), ["1", "1", "1"]);
});

Deno.test("Fuel and memory bound a page", async () => {
  const endless = await pageOf(`<?php while (true) {}`);
  assertEquals(endless.call({ fuel: 500_000_000 }).outcome, { kind: "fuel_exhausted" });
  const greedy = await pageOf(`<?php $a = []; while (true) $a[] = str_repeat("x", 1 << 20);`);
  assertEquals(greedy.call().outcome, { kind: "memory_exceeded" });
  const deep = await pageOf(`<?php function f($n) { return f($n + 1); } f(1);`);
  assertEquals(deep.call().outcome, { kind: "memory_exceeded" });
});

Deno.test("No file of the host can be read, and no program started", async () => {
  const page = await pageOf(`<?php
    foreach (["/etc/passwd", "/app/../etc/passwd", "php.ini", "/"] as $path) var_dump(@file_get_contents($path));
    var_dump(@scandir("/"), @include "/etc/passwd", function_exists("exec") && @exec("id"));`);
  assertEquals(page.call().body, "bool(false)\n".repeat(7));
});

Deno.test("Libraries that pages count on are there", async () => {
  const page = await pageOf(`<?php
    $db = new PDO("sqlite::memory:");
    echo $db->query("select 1 + 1")->fetchColumn(), preg_replace("/(b+)/u", "[$1]", "abbc"), mb_strtoupper("é"),
      json_encode(["a" => 1.5]), strlen(random_bytes(8)), hash("sha256", "") === sha256() ? "=" : "!",
      simplexml_load_string("<a><b>c</b></a>")->b, date("Y", 0);
    function sha256() { return "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; }`);
  const { body, stderr } = page.call();
  assertEquals([body, stderr], [`2a[bb]cÉ{"a":1.5}8=c1970`, ""]);
});

Deno.test("A syntax error has its file, line and PHP's own words", async () => {
  const error = await PHP.refusalOf(`<p>\n<?php\necho "a" "b";\n`, "shop/a b.php");
  assertEquals(error.code, "build_failed");
  assertStringIncludes(error.message, "Cannot build shop/a b.php: PHP Parse error:");
  assertEquals(error.details?.diagnostics, [{
    severity: "error",
    message: `syntax error, unexpected double-quoted string "b", expecting "," or ";"`,
    file: "shop/a b.php",
    line: 3,
  }]);
});

Deno.test("An error that PHP only sees when it compiles is a build's, too", async () => {
  const error = await PHP.refusalOf(`<?php\nclass A {\n  function f();\n}\n`);
  assertEquals(error.details?.diagnostics, [{
    severity: "error",
    message: "Non-abstract method A::f() must contain body",
    file: "page.php",
    line: 3,
  }]);
});

Deno.test("A source that compiles with a warning is built, and the warning kept", async () => {
  const { artifact } = await pageOf(`<?php\nfunction f($a = 1, $b) {}\n`);
  assertEquals(artifact.diagnostics?.map(({ severity, line }) => [severity, line]), [
    ["warning", 2],
  ]);
});

Deno.test("Building a page does not run it", async () => {
  await pageOf(`<?php while (true) {}`);
  assertEquals((await pageOf("")).call().body, "");
});
