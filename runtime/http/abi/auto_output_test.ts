import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bytes } from "../testing_fakes.ts";
import { autoOutput } from "./auto_output.ts";

const PLAIN = "text/plain; charset=utf-8";

/** The status and type that an output is answered with, or the error's code. */
function read(text: string): string {
  const output = autoOutput(bytes(text));
  return output.ok ? `${output.value.status} ${output.value.contentType}` : output.error.code;
}

const OUTPUTS: Record<string, string> = {
  "hello\n": `200 ${PLAIN}`,
  "": `200 ${PLAIN}`,
  "Content-Type: text/css\n\np {}": "200 text/css",
  "X-A: 1\nStatus: 404\nContent-Type: text/css\n\n": "404 text/css",
  "Note: this is prose\n\nand more": `200 ${PLAIN}`,
  "http://example.com\n": `200 ${PLAIN}`,
  "Content-Type: text/css\nno body": "bad_function_output",
  "content-type : text/css\n\n": "bad_function_output",
  "STATUS: fine\n\n": "bad_function_output",
  "Location: /x\r\nX: a\rb\r\n\r\n": "bad_function_output",
  "X-A: 1\nSet-Cookie: a\rb\nContent-Type: a/b\n\n": `200 ${PLAIN}`,
  '{"data":"x","status":404}': "200 application/json",
};

for (const [text, answer] of Object.entries(OUTPUTS)) {
  Deno.test(`${JSON.stringify(text)} is ${answer}`, () => assertEquals(read(text), answer));
}

Deno.test("a malformed header says how to print plain text instead", () => {
  const output = autoOutput(bytes("Status: fine\n\n"));
  if (output.ok) throw new Error("Expected a fault");
  assertEquals(output.error.message.endsWith('can say so with abi = "text"'), true);
  assertEquals(output.error.details, { byte: 0 });
});

Deno.test("any output is answered or refused as bad_function_output", () => {
  fc.assert(fc.property(fc.uint8Array(), (stdout) => {
    const output = autoOutput(stdout);
    assertEquals(output.ok || output.error.code === "bad_function_output", true);
  }));
});
