import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { RunInput } from "../isolate/run_input.ts";
import type { ImportInfo, ModuleInfo } from "../wasm/module_info.ts";
import { inputNeeds, packResult, packRun, unpackInput, unpackResult } from "./messages.ts";

const TICKET = { id: 7, sequence: 3, expectedMs: 0.5 };

function infoWith(...names: string[]): ModuleInfo {
  const imports = names.map((name): ImportInfo => {
    return { module: "wasi_snapshot_preview1", name, kind: "function" };
  });
  return { imports } as unknown as ModuleInfo;
}

function inputOf(args: string[], environ: string[], stdin: Uint8Array): RunInput {
  const block = (strings: string[]) => ({
    bytes: new TextEncoder().encode(strings.map((each) => `${each}\0`).join("")),
    count: strings.length,
  });
  return { args: () => block(args), environ: () => block(environ), stdin };
}

Deno.test("A run's input arrives as it was sent, in one buffer", () => {
  const strings = fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 });
  fc.assert(fc.property(strings, strings, fc.uint8Array(), (args, environ, stdin) => {
    const input = inputOf(args, environ, stdin);
    const message = packRun(TICKET, 9, inputNeeds(infoWith("args_get", "environ_get")), input);
    const { jobId, sequence, expectedMs, targetId } = message;
    assertEquals([jobId, sequence, expectedMs, targetId], [7, 3, 0.5, 9]);
    const unpacked = unpackInput(message);
    assertEquals(unpacked.args(), input.args());
    assertEquals(unpacked.environ(), input.environ());
    assertEquals(unpacked.stdin, stdin);
  }));
});

Deno.test("A result arrives as it was sent, in one buffer", () => {
  fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (stdout, stderr) => {
    const outcome = { kind: "exited", exitCode: 3 } as const;
    const result = { outcome, stdout, stderr, fuel: 12, memoryPages: 2 };
    const message = packResult(7, result, 1.5);
    assertEquals([message.jobId, message.runMs], [7, 1.5]);
    assertEquals(unpackResult(message), result);
  }));
});

Deno.test("What a module does not ask for is not even made; the sizes alone are asking", () => {
  const made: string[] = [];
  const note = (what: string) => () => {
    made.push(what);
    return { bytes: new Uint8Array(1), count: 1 };
  };
  const input = { args: note("args"), environ: note("environ"), stdin: new Uint8Array(2) };
  const madeFor = (...imports: string[]) => {
    made.length = 0;
    packRun(TICKET, 1, inputNeeds(infoWith(...imports)), input);
    return [...made];
  };
  assertEquals(madeFor("fd_write"), []);
  assertEquals(madeFor("args_get"), ["args"]);
  assertEquals(madeFor("args_sizes_get"), ["args"]);
  assertEquals(madeFor("environ_get"), ["environ"]);
  assertEquals(madeFor("environ_sizes_get"), ["environ"]);
});
