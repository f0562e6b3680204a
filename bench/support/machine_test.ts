import { assertEquals, assertMatch } from "@std/assert";
import { describeMachine, formatMachine } from "./machine.ts";

Deno.test("a machine is described in one line", () => {
  const line = formatMachine({
    cpu: "Z80",
    cores: 2,
    memoryGb: 24.96,
    os: "Linux 6.1 x64",
    deno: "2.9.6",
    v8: "15.0",
    loadAverage: 0.004,
    date: "2026-07-01",
  });
  assertEquals(
    line,
    "Z80, 2 cores, 25.0 GB, Linux 6.1 x64; Deno 2.9.6, V8 15.0; 2026-07-01, load average 0.00",
  );
});

Deno.test("this machine has a processor, memory and versions", () => {
  const machine = describeMachine();
  assertEquals(machine.cores >= 1 && machine.memoryGb > 0.1, true);
  assertMatch(machine.deno, /^\d+\.\d+\.\d+/);
  assertMatch(machine.v8, /^\d+\.\d+/);
  assertMatch(machine.date, /^\d{4}-\d\d-\d\d$/);
});
