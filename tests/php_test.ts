/** PHP pages over HTTP: from source on Deno, and the bundle on Node. */
import { assertEquals, assertMatch } from "@std/assert";
import { PHP_PACKAGE } from "../runtime/build/php/program.ts";
import { eventually } from "./support/eventually.ts";
import { temporaryFolder } from "./support/folder.ts";
import { linkPackage } from "./support/link_package.ts";
import { allRuntimes, buildBundle } from "./support/runtimes.ts";
import { startServer } from "./support/server.ts";

const PAGES = {
  "hello.php": `<h1><?php echo "Hello ", $_GET["name"] ?? "nobody"; ?></h1>\n`,
  "form.php": `<?php
header("X-Path: " . $_SERVER["REQUEST_URI"]);
http_response_code(201);
echo $_POST["a"], "|", file_get_contents("php://input"), "|", $_SERVER["REQUEST_METHOD"];
`,
  "move.php": `<?php header("Location: /hello"); setcookie("seen", "1"); exit(1);`,
  "boom.php": `<?php\necho "half";\nnope(1);\n`,
  "loop.php": `<?php while (true) {}`,
  "loop.toml": `[limits]\nfuel = 100_000_000\n`,
  "files.php": `<?php
file_put_contents("/data/count", 1 + (int) @file_get_contents("/data/count"));
echo file_get_contents("/data/count"), file_exists("/etc/passwd") ? "host" : "", __FILE__;
`,
  "files.toml": `[[mounts]]\nguest = "/data"\nhost = "_kept"\nread_only = false\n`,
  "_kept/.keep": "",
  "broken.php": `<?php\n\necho "a" "b";\n`,
};

async function answerOf(url: string, init?: RequestInit): Promise<string> {
  const response = await fetch(url, { redirect: "manual", ...init });
  return `${response.status} ${await response.text()}`;
}

Deno.test("PHP pages answer over HTTP, with the request, status and headers", async () => {
  await using folder = await temporaryFolder(PAGES);
  await using server = await startServer(folder.path);
  assertEquals(await answerOf(`${server.url}/hello?name=Ada`), "200 <h1>Hello Ada</h1>\n");
  const body = new URLSearchParams({ a: "1" });
  const posted = await fetch(`${server.url}/form?y=%20`, { method: "POST", body });
  assertEquals([posted.status, await posted.text()], [201, "1|a=1|POST"]);
  assertEquals(posted.headers.get("x-path"), "/form?y=%20");
  assertEquals(posted.headers.get("content-type"), "text/html; charset=UTF-8");
  const moved = await fetch(`${server.url}/move`, { redirect: "manual" });
  assertEquals([moved.status, moved.headers.get("location")], [302, "/hello"]);
  assertEquals([moved.headers.get("set-cookie"), await moved.text()], ["seen=1", ""]);
  assertEquals(await answerOf(`${server.url}/files`), "200 1/app/files.php");
  assertEquals(await answerOf(`${server.url}/files`), "200 2/app/files.php");
});

Deno.test("Sessions, uploads and includes work where directories are mounted", async () => {
  await using folder = await temporaryFolder({
    "page.php": `<?php session_start(); $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;
echo $_SESSION["n"], include "/lib/text.php", isset($_FILES["f"]) ? file_get_contents($_FILES["f"]["tmp_name"]) : "";`,
    "page.toml": `[[mounts]]\nguest = "/tmp"\nhost = "_tmp"\nread_only = false\n
[[mounts]]\nguest = "/lib"\nhost = "_lib"\n`,
    "_tmp/.keep": "",
    "_lib/text.php": `<?php return " included ";`,
  });
  await using server = await startServer(folder.path);
  const first = await fetch(`${server.url}/page`);
  assertEquals([first.status, await first.text()], [200, "1 included "]);
  const cookie = first.headers.get("set-cookie")!.split(";")[0]!;
  const body = new FormData();
  body.set("f", new File(["uploaded"], "f.txt"));
  const second = await answerOf(`${server.url}/page`, {
    method: "POST",
    headers: { cookie },
    body,
  });
  assertEquals(second, "200 2 included uploaded");
});

Deno.test("What goes wrong in a page is a 500 without internals, and its place is in the log", async () => {
  await using folder = await temporaryFolder(PAGES);
  await using server = await startServer(folder.path);
  const answer = await answerOf(`${server.url}/boom`);
  assertMatch(answer, /^500 /);
  assertEquals(/nope|boom\.php|half/.test(answer), false);
  await server.printed("Call to undefined function nope() in /app/boom.php:3");
  assertMatch(await answerOf(`${server.url}/loop`), /fuel_exhausted/);
  const { functions } = await (await fetch(`${server.url}/_/functions`)).json();
  const { error } = functions.find((each: { route: string }) => each.route === "/broken");
  assertEquals(error.code, "build_failed");
  assertMatch(error.message, /^Cannot build broken\.php: PHP Parse error: .* on line 3$/);
});

/** Pages that would go on for ever, with more fuel than their time could burn. */
const ENDLESS: Readonly<Record<string, string>> = {
  loop: `<?php while (true) {}`,
  caught: `<?php set_time_limit(0); ignore_user_abort(true);
    register_shutdown_function(function () { while (true); });
    while (true) try { while (true); } catch (Throwable $any) {}`,
  library: `<?php while (true) hash("sha256", str_repeat("a", 1_000_000));`,
  sleep: `<?php sleep(100); echo "woke";`,
  usleep: `<?php while (true) usleep(1000);`,
};

/** On a busy machine the first one can take longer than it may. */
async function expectQuick(url: string): Promise<void> {
  await eventually(() => answerOf(`${url}?quick`), (answer) => answer === "200 quick");
}

Deno.test("Time ends a page that loops or sleeps, and the next request is answered", async () => {
  const limits = `[limits]\nfuel = 1_000_000_000_000\ntimeout_ms = 2000\n`;
  const pages = Object.entries(ENDLESS).flatMap(([name, page]) => [
    [`${name}.php`, `<?php if (isset($_GET["quick"])) { echo "quick"; exit; } ?>${page}`],
    [`${name}.toml`, limits],
  ]);
  await using folder = await temporaryFolder(Object.fromEntries(pages));
  await using server = await startServer(folder.path, { args: ["--workers", "1"] });
  for (const name of Object.keys(ENDLESS)) {
    const url = `${server.url}/${name}`;
    await expectQuick(url);
    const response = await fetch(url);
    const { code } = await response.json();
    assertEquals([name, response.status, code], [name, 504, "timeout"]);
    await expectQuick(url);
  }
});

Deno.test("PHP pages run from the bundle on Node", async () => {
  await using folder = await temporaryFolder(PAGES);
  await using data = await temporaryFolder();
  await linkPackage(data.path, PHP_PACKAGE);
  const runtime = (await allRuntimes(await buildBundle(data.path))).at(-1)!;
  await using server = await startServer(folder.path, { runtime, data: data.path });
  const url = `${server.url}/hello?name=Ada`;
  await eventually(() => answerOf(url), (answer) => answer === "200 <h1>Hello Ada</h1>\n");
});
