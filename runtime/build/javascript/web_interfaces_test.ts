/** The prelude's interfaces against Deno's: the same expressions, evaluated by both. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { TestFunction } from "../testing.ts";
import { TYPESCRIPT } from "./testing.ts";

/** Expressions with `input`; they may await. */
type Expression = string;

/** An expression as a function on both sides, which answers with JSON, or with the name of an error. */
function wrapped(expression: Expression): string {
  return `async (input) => {
    try { return JSON.stringify(await (${expression})); } catch (error) { return error.name; }
  }`;
}

async function inSkerry(expression: Expression): Promise<(input: unknown) => string> {
  const made: TestFunction = await TYPESCRIPT.functionOf(
    `const run = ${wrapped(expression)};
export default async (request) => new Response(await run(await request.json()));`,
  );
  return (input) => {
    const environ = { REQUEST_METHOD: "POST" };
    const { stdout, stderr } = made.call({ environ, body: JSON.stringify(input) });
    return stdout.split("\n\n").slice(1).join("\n\n") || stderr;
  };
}

function inDeno(expression: Expression): (input: unknown) => Promise<string> {
  return new Function(`return ${wrapped(expression)}`)();
}

const EXPRESSIONS: readonly Expression[] = [
  `[...new Headers([["B", " 2 "], ["a", "1"], ["b", "3"]])]`,
  `new Headers({ "x": "a\\nb" })`,
  `new Headers({ "a b": "x" })`,
  `new Headers([["a"]])`,
  `(() => { const h = new Headers({ a: "1" }); h.append("A", "2"); h.delete("b"); return [h.get("a"), h.has("A"), h.get("c")]; })()`,
  `(() => { const h = new Headers(); h.append("Set-Cookie", "a"); h.append("set-cookie", "b"); return [[...h], h.getSetCookie()]; })()`,
  `new Response("é").bytes().then((bytes) => [...bytes])`,
  `new Response(null, { status: 204 }).text()`,
  `new Response("x", { status: 204 })`,
  `new Response("x", { status: 99 })`,
  `Response.json({ a: [1] }).headers.get("content-type")`,
  `Response.redirect("http://h/a b").headers.get("location")`,
  `(async () => { const r = new Response("a"); const c = r.clone(); return [await r.text(), await c.text(), r.bodyUsed]; })()`,
  `(async () => { const r = new Response("a"); await r.text(); return await r.text(); })()`,
  `(async () => { const r = new Response(new URLSearchParams({ a: "b c" })); return [r.headers.get("content-type"), await r.text()]; })()`,
  `(async () => { const r = new Request("http://h/x", { method: "post", body: "b" }); return [r.method, r.url, await r.text(), r.headers.get("content-type")]; })()`,
  `new Request("http://h/x", { method: "GET", body: "b" })`,
  `new Request("/relative-only", { method: "a b" })`,
  `(async () => { const f = await new Response("a=1&b=%20&a=2", { headers: { "content-type": "application/x-www-form-urlencoded" } }).formData(); return [f.getAll("a"), f.get("b"), f.get("c")]; })()`,
  `(async () => { const body = ["--x", 'content-disposition: form-data; name="a"', "", "é\\r\\n1", "--x--", ""].join("\\r\\n"); const f = await new Response(body, { headers: { "content-type": "multipart/form-data; boundary=x" } }).formData(); return [...f]; })()`,
  `(async () => { let text = ""; for await (const chunk of ReadableStream.from(["a", "b"])) text += chunk; return text; })()`,
  `(async () => { const [a, b] = ReadableStream.from([1, 2]).tee(); const all = async (s) => { const l = []; for await (const c of s) l.push(c); return l; }; return [await all(a), await all(b)]; })()`,
  `(async () => { const s = new ReadableStream({ start(c) { c.enqueue(1); c.close(); } }); const r = s.getReader(); return [await r.read(), await r.read(), s.locked]; })()`,
  `(async () => { const s = new ReadableStream({ pull() { throw new RangeError("x"); } }); return await s.getReader().read(); })()`,
  `(async () => { let why; const s = new ReadableStream({ cancel(reason) { why = reason; } }); await s.cancel("enough"); return why; })()`,
  `new ReadableStream().getReader().constructor.name.length > 0 && (() => { const s = new ReadableStream(); s.getReader(); return s.getReader(); })()`,
  `(() => { const v = { d: new Date(5), m: new Map([[1, { a: 1 }]]), s: new Set([1]), b: new Uint8Array([1, 2]), n: null }; v.self = v; const c = structuredClone(v); return [c.d.getTime(), c.m.get(1), [...c.s], [...c.b], c.self === c, c !== v]; })()`,
  `structuredClone(() => 1)`,
  `[new TextEncoder().encode("a\\ud800é")].map((b) => [...b])`,
  `new TextEncoder().encodeInto("aé€", new Uint8Array(4))`,
  `new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.of(0xff))`,
  `(() => { const d = new TextDecoder(); return [d.decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xe2), { stream: true }), d.decode(Uint8Array.of(0x82, 0xac)), d.decode(Uint8Array.of(0x62))]; })()`,
  `new TextDecoder("no-such")`,
  `[atob("aGk="), btoa("hi")]`,
  `[crypto.randomUUID().length, crypto.getRandomValues(new Uint8Array(3)).length]`,
  `crypto.getRandomValues(new Uint8Array(65537))`,
  `(() => { const p = new URLSearchParams("?a=1&b=2&a=3"); p.set("a", "x"); p.append("c", "é &"); p.delete("b"); p.sort(); return [p.toString(), p.size, [...p.keys()], p.has("a", "y")]; })()`,
  `(() => { const u = new URL("http://h/a?b=1#c"); u.searchParams.append("d", "2 3"); u.pathname = "/x y"; u.hash = "z"; u.port = "8080"; u.host = "o:81"; u.hostname = "p"; u.protocol = "https"; u.username = "u@"; u.search = "?q"; return [u.href, [...u.searchParams], u.toJSON()]; })()`,
  `[URL.canParse("x"), URL.canParse("x", "http://h"), URL.parse("nope")]`,
  `new Promise((resolve) => { const order = []; setTimeout((x) => order.push(x), 0, 1); setTimeout(() => { order.push(2); resolve(order); }, 0); clearTimeout(setTimeout(() => order.push(3), 0)); queueMicrotask(() => order.push(0)); })`,
];

for (const expression of EXPRESSIONS) {
  Deno.test(`Is as in Deno: ${expression.slice(0, 90)}`, async () => {
    const [ours, theirs] = [await inSkerry(expression), inDeno(expression)];
    assertEquals(ours(null), await theirs(null));
  });
}

/** URLs and their bases. */
const URLS: readonly (readonly [url: string, base?: string])[] = [
  ["http://a.b/c?d#e"],
  ["HTTP://EXAMPLE.com:80/a/../b/./c"],
  ["http://u:p@h:8080/"],
  ["//x/y", "https://a/b"],
  ["../c?x", "http://h/a/b/d"],
  ["?q", "http://h/a?b#c"],
  ["#f", "http://h/a?b#c"],
  ["", "http://h/a?b#c"],
  ["..", "http://h/a/b/"],
  [".", "http://h/a/b"],
  ["https:foo", "https://h/a/b"],
  ["https:/foo", "https://h/a/b"],
  ["https:/foo", "http://h/a/b"],
  ["/x y/ä?ü=1 2#z z", "http://h/"],
  ["http://[::1]:3000/"],
  ["http://[2001:db8:0:0:1:0:0:1]/"],
  ["http://[::ffff:1.2.3.4]/"],
  ["http://[1:2]/"],
  ["http://[::1"],
  ["http://0x7f.1/"],
  ["http://256.1.1.1/"],
  ["http://1.2.3/"],
  ["http://1.2.3.4.5/"],
  ["mailto:a@b.c"],
  ["data:text/plain,hi there"],
  ["file:///etc/passwd"],
  ["file:/a/../b"],
  ["file:x", "file:///a/b"],
  ["file://localhost/x"],
  ["http://exämple.com/"],
  ["http://日本語.jp"],
  ["http:\\\\a\\b"],
  ["http://a b/"],
  ["http://"],
  ["x"],
  ["http://h:99999/"],
  ["http://h:/"],
  ["http://:80/"],
  ["http://h/%2e%2e/a/%41"],
  ["http://h/a'b?c'd"],
  ["ws://h:80/"],
  ["foo://h:80/a/../b?x"],
  ["foo:/a"],
  ["foo:a/b?c#d"],
  ["http://a@b@c/"],
  ["http://%41.com/"],
  ["http://h/\ta\n"],
  ["  http://h/  "],
  ["http://h//a//b"],
  ["http://h/?a=%zz&b=%c3%a9"],
];

const PARTS = `(() => {
  const url = new URL(input[0], input[1] ?? undefined);
  const { href, origin, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  return [href, origin, protocol, username, password, host, hostname, port, pathname, search, hash, [...url.searchParams]];
})()`;

Deno.test("URLs have the parts they have in Deno", async () => {
  const [ours, theirs] = [await inSkerry(PARTS), inDeno(PARTS)];
  for (const input of URLS) assertEquals([input, ours(input)], [input, await theirs(input)]);
});

Deno.test("Any query reads and writes as in Deno", async () => {
  const expression = `[[...new URLSearchParams(input)], new URLSearchParams(input).toString()]`;
  const [ours, theirs] = [await inSkerry(expression), inDeno(expression)];
  const query = fc.string({ unit: fc.constantFrom(..."ab&=+%20c3a9 é€\u{1f600}") });
  await fc.assert(
    fc.asyncProperty(query, async (input) => assertEquals(ours(input), await theirs(input))),
    { numRuns: 300 },
  );
});

Deno.test("Any bytes decode as in Deno", async () => {
  const expression = `[false, true].map((fatal) => {
    try { return new TextDecoder("utf-8", { fatal }).decode(Uint8Array.from(input)); } catch (error) { return error.name; }
  })`;
  const [ours, theirs] = [await inSkerry(expression), inDeno(expression)];
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(
      0x41,
      0xc3,
      0xa9,
      0xe2,
      0x82,
      0xac,
      0xed,
      0xa0,
      0x80,
      0xf0,
      0x9f,
      0xef,
      0xbb,
      0xbf,
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(byte, { maxLength: 12 }),
      async (input) => assertEquals(ours(input), await theirs(input)),
    ),
    { numRuns: 500 },
  );
});
