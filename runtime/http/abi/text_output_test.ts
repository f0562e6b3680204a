import { assertEquals } from "@std/assert";
import { bytes } from "../testing_fakes.ts";
import { MAX_SNIFFED_JSON_BYTES, textOutput } from "./text_output.ts";

const TYPES: Record<string, string> = {
  "hello\n": "text/plain; charset=utf-8",
  "": "text/plain; charset=utf-8",
  " \n\t": "text/plain; charset=utf-8",
  '{"a":1}': "application/json",
  " [1, 2]\n": "application/json",
  "{not json}": "text/plain; charset=utf-8",
  "[1] and more": "text/plain; charset=utf-8",
  "<!DOCTYPE html><p>": "text/html; charset=utf-8",
  "\n<HTML lang=en>": "text/html; charset=utf-8",
  "<p>not a page</p>": "text/plain; charset=utf-8",
  "123": "text/plain; charset=utf-8",
};

for (const [text, type] of Object.entries(TYPES)) {
  Deno.test(`${JSON.stringify(text)} is ${type}`, () => {
    assertEquals(textOutput(bytes(text)), {
      status: 200,
      contentType: type,
      headers: [],
      body: bytes(text),
    });
  });
}

Deno.test("bytes that are not UTF-8 are no JSON", () => {
  const body = Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d);
  assertEquals(textOutput(body).contentType, "text/plain; charset=utf-8");
});

Deno.test("JSON is recognised up to its bound and not beyond", () => {
  const longest = "[" + " ".repeat(MAX_SNIFFED_JSON_BYTES - 2) + "]";
  assertEquals(textOutput(bytes(longest)).contentType, "application/json");
  assertEquals(textOutput(bytes(longest + " ")).contentType, "text/plain; charset=utf-8");
});
