import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { errorOf, valueOf } from "../../../tests/support/results.ts";
import { parseJobLine } from "./job_line.ts";

Deno.test("A job names a function, and what it reads", () => {
  assertEquals(valueOf(parseJobLine('{"type":"invoke","fn":"hello","payload":"grüße"}')), {
    fn: "hello",
    payload: "grüße",
  });
  const whole = valueOf(parseJobLine('{"handler":"run","fn":"a/b","type":"invoke"}'));
  assertEquals(whole, { fn: "a/b", payload: "", handler: "run" });
  const traced = valueOf(
    parseJobLine('{"type":"invoke","fn":"x","traceparent":"00-1-2-01","tracestate":null}'),
  );
  assertEquals(traced, { fn: "x", payload: "", traceparent: "00-1-2-01" });
});

for (
  const [line, message] of [
    ["", "the line is not JSON"],
    ["[]", "the line is not a JSON object"],
    ["null", "the line is not a JSON object"],
    ["{}", 'type must be "invoke", found nothing'],
    ['{"type":"deploy"}', 'type must be "invoke", found "deploy"'],
    ['{"type":"invoke"}', "fn must be a name, found nothing"],
    ['{"type":"invoke","fn":"x","payload":1}', "payload must be a string, found 1"],
    ['{"type":"invoke","fn":"x","handler":[]}', "handler must be a string, found []"],
    ['{"type":"invoke","fn":"x","traceparent":1}', "traceparent must be a string, found 1"],
    ['{"type":"invoke","fn":"x","other":1}', 'unknown member "other"'],
  ]
) {
  Deno.test(`The line ${line} is no job: ${message}`, () => {
    const { code, message: found } = errorOf(parseJobLine(line!));
    assertEquals([code, found], ["bad_request", `Cannot read the job: ${message}`]);
  });
}

Deno.test("No line throws, and what is read is what was written", () => {
  fc.assert(fc.property(fc.string(), (line) => void parseJobLine(line)));
  fc.assert(fc.property(fc.json(), (line) => void parseJobLine(line)));
  fc.assert(fc.property(fc.string({ minLength: 1 }), fc.string(), (fn, payload) => {
    const read = parseJobLine(JSON.stringify({ type: "invoke", fn, payload }));
    assert(read.ok && read.value.fn === fn && read.value.payload === payload);
  }));
});
