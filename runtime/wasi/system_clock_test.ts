import { assertEquals } from "@std/assert";
import { systemClock } from "./system_clock.ts";

Deno.test("the system's clock agrees with the date, and never goes back", () => {
  const [before, real, after] = [Date.now(), systemClock.realtimeNs(), Date.now()];
  assertEquals(real >= BigInt(before) * 1_000_000n && real <= BigInt(after) * 1_000_000n, true);
  const [startMs, ns, endMs] = [
    systemClock.nowMs(),
    systemClock.monotonicNs(),
    systemClock.nowMs(),
  ];
  assertEquals(Number(ns) / 1e6 >= startMs - 0.001 && Number(ns) / 1e6 <= endMs + 0.001, true);
});
