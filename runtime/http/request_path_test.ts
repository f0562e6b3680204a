import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  authorityOf,
  decodePath,
  hostFault,
  isOwnPath,
  MAX_URL_CHARACTERS,
  pathFault,
  pathOf,
  queryOf,
  withoutDotSegments,
} from "./request_path.ts";

const DOTTED = 'the path has a "." or ".." segment';
const NOT_UTF8 = "the path has percent escapes that are not UTF-8";

function faultOf(path: string): string | undefined {
  return pathFault("http://h" + path, path);
}

Deno.test("path, query and authority are cut out of a URL", () => {
  const url = "http://h:80/a/b?c=d?e/f#g?h";
  assertEquals(pathOf(url), "/a/b");
  assertEquals(queryOf(url), "c=d?e/f");
  assertEquals(authorityOf(url), "h:80");
  assertEquals(pathOf("https://h/#a?b"), "/");
  assertEquals(queryOf("https://h/#a?b"), "");
});

Deno.test("a URL without a path has an empty one, which is refused", () => {
  assertEquals(pathOf("http://h"), "");
  assertEquals(queryOf("http://h"), "");
  assertEquals(authorityOf("http://h"), "h");
  assertEquals(pathFault("http://h", ""), "the request target has no path");
});

Deno.test("cutting agrees with the URL standard for every URL", () => {
  fc.assert(fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
    const url = new URL(text);
    assertEquals(pathOf(url.href), url.pathname);
    assertEquals(queryOf(url.href), url.search.slice(1));
    assertEquals(authorityOf(url.href), url.host);
  }));
});

Deno.test("Skerry's own paths are told from all others", () => {
  for (
    const own of [
      "/_/",
      "/_/x",
      "/deploy",
      "/deploy?name=a",
      "/invoke#x",
      "/function",
      "/function/a",
    ]
  ) {
    assertEquals([own, isOwnPath(`http://h${own}`)], [own, true]);
  }
  const others = [
    "",
    "/",
    "/_",
    "/a/_/x",
    "/?/_/x",
    "/deploys",
    "/deploy/",
    "/deploy/x",
    "/functions",
    "/i",
  ];
  for (const other of others) {
    assertEquals([other, isOwnPath(`http://h${other}`)], [other, false]);
  }
});

Deno.test("dot segments are resolved as the URL standard has it", () => {
  assertEquals(withoutDotSegments("http://h/a/../b?q#f"), "http://h/b?q#f");
  assertEquals(withoutDotSegments("http://h/a/%2E./b/."), "http://h/b/");
  assertEquals(withoutDotSegments("http://h/a..b/c"), "http://h/a..b/c");
  assertEquals(withoutDotSegments("http://h/%41/..%2fb"), "http://h/%41/..%2fb");
});

const PATHS: Record<string, string | undefined> = {
  "/": undefined,
  "/a/b.c": undefined,
  "/caf%C3%A9": undefined,
  "/a..b/...": undefined,
  "/a%2Fb": undefined,
  "/..": DOTTED,
  "/a/./b": DOTTED,
  "/a/%2e%2E/b": DOTTED,
  "/a/..%2fb": DOTTED,
  "/a/..%5cb": DOTTED,
  "/a\\..\\b": DOTTED,
  "/a%00": "the path holds a NUL",
  "/a%ff": NOT_UTF8,
  "/a%": NOT_UTF8,
  "/a%zz": NOT_UTF8,
  "/%c0%ae%c0%ae/a": NOT_UTF8,
};

for (const [path, fault] of Object.entries(PATHS)) {
  Deno.test(`${path} is ${fault === undefined ? "accepted" : "refused"}`, () => {
    assertEquals(faultOf(path), fault);
  });
}

Deno.test("a URL may be as long as the limit and no longer", () => {
  const longest = "http://h/" + "a".repeat(MAX_URL_CHARACTERS - 9);
  assertEquals(pathFault(longest, pathOf(longest)), undefined);
  assertEquals(
    pathFault(longest + "a", pathOf(longest + "a")),
    "the URL has 8193 characters, and the limit is 8192",
  );
});

Deno.test("an accepted path decodes, without NUL and without a way up", () => {
  const part = fc.constantFrom("/", "..", ".", "%2e", "%2F", "%5c", "\\", "%00", "%ff", "a", "é");
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const path = "/" + parts.join("");
      if (faultOf(path) !== undefined) return;
      const decoded = decodePath(path);
      assertEquals(decoded?.includes("\0"), false);
      assertEquals(decoded?.split(/[/\\]/).includes(".."), false);
    }),
    { numRuns: 2000 },
  );
});

for (const host of ["", "localhost", "a.b:8080", "[::1]:80", "xn--caf-dma.example", "a_b"]) {
  Deno.test(`"${host}" is a host`, () => assertEquals(hostFault(host), undefined));
}

for (const host of ["localhost/_", "a?b", "a#b", "a b", "u@h", "a\\b", "<a>", "caf\xe9"]) {
  Deno.test(`"${host}" is no host`, () => assertEquals(hostFault(host), "the host is malformed"));
}
