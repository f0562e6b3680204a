import { assertEquals } from "@std/assert";
import { isNotModified, isRangeCurrent, validatorsOf } from "./validators.ts";

const VALIDATORS = validatorsOf({ sizeBytes: 255, modifiedMs: 1_000_000_000_123.9 });
const { etag, lastModified } = VALIDATORS;

function notModified(headers: Record<string, string>): boolean {
  return isNotModified(new Headers(headers), VALIDATORS);
}

Deno.test("validators are made of size and time", () => {
  assertEquals(VALIDATORS, {
    etag: '"ff-e8d4a5107b"',
    lastModified: "Sun, 09 Sep 2001 01:46:40 GMT",
  });
});

Deno.test("without conditions everything is modified", () => {
  assertEquals(notModified({}), false);
});

Deno.test("tags are compared weakly, in lists, and * is any", () => {
  for (const tags of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    assertEquals(notModified({ "if-none-match": tags }), true);
  }
  assertEquals(notModified({ "if-none-match": '"x"' }), false);
});

Deno.test("dates are compared to the second, and only without a tag", () => {
  assertEquals(notModified({ "if-modified-since": lastModified }), true);
  assertEquals(notModified({ "if-modified-since": "Sun, 09 Sep 2001 01:46:39 GMT" }), false);
  assertEquals(notModified({ "if-modified-since": "soon" }), false);
  assertEquals(notModified({ "if-modified-since": lastModified, "if-none-match": '"x"' }), false);
});

Deno.test("a range is sent if nothing else was asked for or this very version was", () => {
  assertEquals(isRangeCurrent(new Headers(), VALIDATORS), true);
  for (const condition of [etag, lastModified]) {
    assertEquals(isRangeCurrent(new Headers({ "if-range": condition }), VALIDATORS), true);
  }
  for (const condition of ['"x"', `W/${etag}`, "Sun, 09 Sep 2001 01:46:41 GMT"]) {
    assertEquals(isRangeCurrent(new Headers({ "if-range": condition }), VALIDATORS), false);
  }
});
