import { assertEquals, assertThrows } from "@std/assert";
import { STATE } from "../wasm/reserved.ts";
import { classify } from "./classify.ts";

const RETURNED = { kind: "returned", value: undefined } as const;
const TRAPPED = { kind: "threw", thrown: new WebAssembly.RuntimeError("unreachable") } as const;

Deno.test("A run that returns is ok", () => {
  assertEquals(classify(undefined, 0, RETURNED), { kind: "ok" });
});

Deno.test("A handler's number is its exit code", () => {
  assertEquals(classify(undefined, 0, { kind: "returned", value: 0 }), { kind: "ok" });
  assertEquals(classify(undefined, 0, { kind: "returned", value: 7 }), {
    kind: "exited",
    exitCode: 7,
  });
});

Deno.test("An exit counts, whatever the module did with what was thrown", () => {
  const stopped = { kind: "exit", exitCode: 3 } as const;
  assertEquals(classify(stopped, 0, RETURNED), { kind: "exited", exitCode: 3 });
  assertEquals(classify(stopped, 0, TRAPPED), { kind: "exited", exitCode: 3 });
  assertEquals(classify({ kind: "exit", exitCode: 0 }, 0, TRAPPED), { kind: "ok" });
});

Deno.test("A stop by the host is not hidden by running out of fuel afterwards", () => {
  assertEquals(classify({ kind: "timeout" }, STATE.outOfFuel, TRAPPED), { kind: "timeout" });
});

Deno.test("Fuel, memory and promotion are told by the meter's bits", () => {
  assertEquals(classify(undefined, STATE.outOfFuel, TRAPPED), { kind: "fuel_exhausted" });
  assertEquals(classify(undefined, STATE.gcExceeded, TRAPPED), { kind: "memory_exceeded" });
  assertEquals(classify(undefined, STATE.promote, TRAPPED), undefined);
  assertEquals(classify({ kind: "promote" }, 0, TRAPPED), undefined);
});

Deno.test("A program that fails after it was refused memory exceeded its memory", () => {
  assertEquals(classify(undefined, STATE.growDenied, TRAPPED), { kind: "memory_exceeded" });
  const abort = { kind: "exit", exitCode: 1 } as const;
  assertEquals(classify(abort, STATE.growDenied, TRAPPED), { kind: "memory_exceeded" });
});

Deno.test("A program that copes with being refused memory is ok", () => {
  assertEquals(classify(undefined, STATE.growDenied, RETURNED), { kind: "ok" });
});

Deno.test("A signal is a trap", () => {
  assertEquals(classify({ kind: "signal", signal: 6 }, 0, TRAPPED), {
    kind: "trapped",
    trap: "signal",
    message: "signal 6",
  });
});

Deno.test("A mistake of Skerry's own is thrown on, not blamed on the module", () => {
  const ending = { kind: "threw", thrown: new TypeError("x is not a function") } as const;
  assertThrows(() => classify(undefined, STATE.growDenied, ending), TypeError);
  assertEquals(classify({ kind: "exit", exitCode: 0 }, 0, ending), { kind: "ok" });
});
