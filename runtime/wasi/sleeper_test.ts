import { assertEquals } from "@std/assert";
import { atomicsSleeper } from "./sleeper.ts";

Deno.test("a sleeper tells a sleep that elapsed from one that another thread interrupts", () => {
  const wakeCell = new Int32Array(new SharedArrayBuffer(4));
  assertEquals(atomicsSleeper(wakeCell).sleep(0), "elapsed");
  Atomics.store(wakeCell, 0, 1);
  assertEquals(atomicsSleeper(wakeCell).sleep(Infinity), "interrupted");
});
