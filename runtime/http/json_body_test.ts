import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isBase64, readMembers } from "./json_body.ts";

const LIMITS = { requestBytes: 100, bodyTimeoutMs: 1000 };

async function membersOf(body: BodyInit | null) {
  const request = new Request("http://localhost/", { method: "POST", body });
  const members = await readMembers(request, LIMITS);
  return members.ok ? members.value : members.error.code;
}

Deno.test("a JSON object is read, and no body is an empty one", async () => {
  assertEquals(await membersOf('{"a":1}'), { a: 1 });
  assertEquals(await membersOf(null), {});
  assertEquals(await membersOf(""), {});
});

for (const body of ["[]", "null", "1", '"a"', "{", Uint8Array.of(0x7b, 0xff, 0x7d)]) {
  Deno.test(`${body} is no JSON object`, async () => {
    assertEquals(await membersOf(body), "bad_request");
  });
}

Deno.test("a body over the limit is not read", async () => {
  assertEquals(await membersOf(`{"a":"${"x".repeat(100)}"}`), "request_too_large");
});

Deno.test("what is encoded in base64 is base64, with or without its padding", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
    const text = btoa(String.fromCharCode(...bytes));
    assertEquals([isBase64(text), isBase64(text.replace(/=+$/, ""))], [true, true]);
  }));
});

Deno.test("what a decoder would have to guess at is not base64", () => {
  for (
    const text of [
      "a",
      "aaaaa",
      "a=",
      "ab=",
      "abc==",
      "abcd=",
      "ab==cd==",
      "ab cd",
      "a-_b",
      "=",
      "é",
    ]
  ) {
    assertEquals([text, isBase64(text)], [text, false]);
  }
});

Deno.test("32 million characters of base64 are looked at without running out of stack", () => {
  assertEquals(isBase64("A".repeat(32_000_000)), true);
});
