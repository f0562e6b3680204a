import { readFile } from "node:fs/promises";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  instantiateReference,
  type ReferenceInput,
  referenceText,
} from "../support/reference_run.ts";

async function sample(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = `../../functions/${encodeURIComponent(name).replaceAll("%2F", "/")}.wasm`;
  return new Uint8Array(await readFile(new URL(path, import.meta.url)));
}

async function answer(name: string, input?: ReferenceInput): Promise<string> {
  return await referenceText(await sample(name), input);
}

Deno.test("hello greets", async () => {
  assertEquals(await answer("hello"), "Hello from Skerry!\n");
});

Deno.test("visits counts from nothing in each instance", async () => {
  assertEquals(await answer("visits"), "This instance has been visited 1 time.\n");
});

Deno.test("echo shows method, path, query, headers and body", async () => {
  const env = [
    "REQUEST_METHOD=POST",
    "SCRIPT_NAME=/echo",
    "QUERY_STRING=a=1",
    "HTTP_CONTENT_TYPE=text/plain",
    "CONTENT_LENGTH=",
    "HTTP_USER_AGENT=curl=8",
    "SERVER_NAME=localhost",
  ];
  assertEquals(
    await answer("echo", { env, stdin: "body" }),
    "Content-Type: text/plain; charset=utf-8\nX-Content-Type-Options: nosniff\n\n" +
      "method: POST\npath:   /echo\nrest:   \nquery:  a=1\n\n" +
      "[headers]\ncontent-type: text/plain\nuser-agent: curl=8\n\n[body]\nbody",
  );
});

Deno.test("primes counts up to the number asked for", async () => {
  const cases = { "n=0": 0, "n=1": 0, "n=2": 1, "n=3": 2, "n=100": 25, "n=10000": 1229 };
  for (const [arg, count] of Object.entries(cases)) {
    const args = ["primes", "other=1", arg];
    assertEquals(await answer("primes", { args }), `${count} primes up to ${arg.slice(2)}\n`);
  }
  assertEquals(await answer("primes", { args: ["primes"] }), "9592 primes up to 100000\n");
});

Deno.test("primes refuses what is no number or too large", async () => {
  for (const arg of ["n=", "n=-1", "n=1e3", "n=5000001", "n=99999999999999999999"]) {
    assertStringIncludes(await answer("primes", { args: ["primes", arg] }), "Status: 400 ");
  }
});

Deno.test("greet escapes the name it puts on a page", async () => {
  const page = await answer("greet/[name]", { env: [`PARAM_NAME=<b title="x">A & 'B'`] });
  assertStringIncludes(
    page,
    "<h1>Hello, &lt;b title=&quot;x&quot;&gt;A &amp; &#39;B&#39;!</h1>",
  );
});

Deno.test("json answers with the method and the URL, whatever they hold", async () => {
  const request = {
    headers: { method: "not this", list: ["}", { url: "nor this" }] },
    body: 'x"\\'.repeat(5000),
    method: "GET",
    url: 'http://localhost/"quoted\\"?é\n',
  };
  const output = JSON.parse(await answer("json", { stdin: JSON.stringify(request, null, 1) }));
  assertEquals(output.status, 200);
  assertEquals(JSON.parse(output.data), { method: request.method, url: request.url });
});

Deno.test("json fails on input that is no request", async () => {
  for (const stdin of ["", "[]", '{"method":"GET"}', '{"method":"GET","url":3}']) {
    assertEquals((await instantiateReference(await sample("json"), { stdin })).run().exitCode, 1);
  }
});

Deno.test("the start page loads nothing from elsewhere and links to samples that exist", async () => {
  const page = await readFile(
    new URL("../../functions/public/index.html", import.meta.url),
    "utf8",
  );
  const targets = [...page.matchAll(/(?:href|action|src)="([^"]*)"/g)].map(([, url]) => url ?? "");
  assertEquals(targets.filter((url) => !/^(?:\/[^/]|data:)/.test(url)), []);
  for (const url of targets.filter((url) => url.startsWith("/") && !url.startsWith("/_/"))) {
    const name = url.slice(1).replace(/\?.*/, "").replace(/^greet\/.*/, "greet/[name]");
    assert(WebAssembly.validate(await sample(name)), url);
  }
});
