import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bytes } from "../testing_fakes.ts";
import { jsonOutput } from "./json_output.ts";

function faultOf(text: string): string {
  const output = jsonOutput(bytes(text));
  if (output.ok) throw new Error(`Expected a fault in ${text}`);
  assertEquals(output.error.code, "bad_function_output");
  return output.error.message.replace("Cannot read the JSON output: ", "");
}

Deno.test("every member is used", () => {
  const output = jsonOutput(bytes(JSON.stringify({
    data: "héllo",
    headers: { "Content-Type": "text/css", "x-a": "é", "set_cookie": "a=1" },
    status: 201,
    kv: { n: "2" },
    base64: false,
  })));
  assertEquals(output, {
    ok: true,
    value: {
      output: {
        status: 201,
        contentType: "text/css",
        headers: [["x-a", "\xc3\xa9"], ["set-cookie", "a=1"]],
        body: bytes("héllo"),
      },
      kv: { n: "2" },
    },
  });
});

Deno.test("an empty object is an empty page", () => {
  assertEquals(jsonOutput(bytes("{}")), {
    ok: true,
    value: {
      output: { status: 200, contentType: "text/html", headers: [], body: bytes("") },
      kv: {},
    },
  });
});

Deno.test("base64 data is decoded", () => {
  const output = jsonOutput(bytes('{"data":"/wCA","base64":true}'));
  assertEquals(output.ok && [...output.value.output.body], [0xff, 0, 0x80]);
});

const FAULTS: Record<string, string> = {
  "": "the output is not a JSON object",
  "[]": "the output is not a JSON object",
  "null": "the output is not a JSON object",
  "{": "the output is not a JSON object",
  '{"status":"200"}': "status is not an integer from 200 to 599",
  '{"status":100}': "status is not an integer from 200 to 599",
  '{"status":200.5}': "status is not an integer from 200 to 599",
  '{"headers":{"a":1}}': "headers is not an object of strings",
  '{"headers":[]}': "headers is not an object of strings",
  '{"headers":{"a b":"x"}}': "headers has a name that is none",
  '{"headers":{"":"x"}}': "headers has a name that is none",
  '{"headers":{"x-a":"a\\r\\nb: c"}}': "headers has a control character in x-a",
  '{"kv":{"n":1}}': "kv is not an object of strings",
  '{"data":1}': "data is not a string",
  '{"base64":"yes"}': "base64 is not a boolean",
  '{"data":"*","base64":true}': "data is not base64",
};

for (const [text, fault] of Object.entries(FAULTS)) {
  Deno.test(`${text || "no output"} is refused`, () => assertEquals(faultOf(text), fault));
}

Deno.test("any object is either refused or makes a valid response", () => {
  const member = fc.dictionary(fc.string(), fc.string({ unit: "binary" }));
  fc.assert(fc.property(member, fc.jsonValue(), (headers, data) => {
    const output = jsonOutput(bytes(JSON.stringify({ headers, data })));
    if (!output.ok) return assertEquals(output.error.code, "bad_function_output");
    const pairs = output.value.output.headers.map(([n, v]): [string, string] => [n, v]);
    assertEquals(new Response(null, { headers: pairs }).status, 200);
  }));
});
