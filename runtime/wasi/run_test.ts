import { assertEquals, assertThrows } from "@std/assert";
import { isStopSignal } from "./stop_signal.ts";
import { Guest } from "./testing.ts";
import { FileGuest, memoryMount, ROOT } from "./testing_files.ts";

Deno.test("a run may make exactly as many host calls as it is given", () => {
  for (const hostCalls of [0, 1, 63, 64, 65, 1000]) {
    const guest = new Guest({}, { hostCalls });
    let calls = 0;
    assertEquals(
      guest.stops(() => {
        while (calls < 2000) {
          guest.call.sched_yield!();
          calls++;
        }
      }),
      true,
    );
    assertEquals([calls, guest.host.stopped], [hostCalls, { kind: "promote" }]);
  }
});

Deno.test("moving many bytes counts as more calls", () => {
  const guest = new Guest({}, { hostCalls: 100 });
  guest.memory.grow(15);
  guest.io.stdout.write = (bytes) => bytes.length;
  guest.putVectors(100, [0, 2 ** 20]);
  let calls = 0;
  assertEquals(
    guest.stops(() => {
      for (; calls < 100; calls++) guest.call.fd_write!(1, 100, 1, 200);
    }),
    true,
  );
  assertEquals([calls, guest.host.stopped], [1, { kind: "promote" }]);
});

Deno.test("a loop of host calls ends soon after the deadline", () => {
  const guest = new Guest({}, { deadlineMs: 2000 });
  guest.time.ms = 1999;
  for (let i = 0; i < 1000; i++) guest.call.sched_yield!();
  guest.time.ms = 2000;
  let calls = 0;
  assertEquals(
    guest.stops(() => {
      for (; calls < 1000; calls++) guest.call.sched_yield!();
    }),
    true,
  );
  assertEquals(calls <= 64, true);
  assertEquals(guest.host.stopped, { kind: "timeout" });
});

Deno.test("a loop of host calls ends soon after the run is cancelled", () => {
  let cancelled = false;
  const guest = new Guest({}, { cancelled: () => cancelled });
  for (let i = 0; i < 1000; i++) guest.call.sched_yield!();
  cancelled = true;
  assertEquals(
    guest.stops(() => {
      for (let i = 0; i < 65; i++) guest.call.sched_yield!();
    }),
    true,
  );
  assertEquals(guest.host.stopped, { kind: "cancelled" });
});

Deno.test("after a stop every one of the 46 calls stops again, and the first reason stays", () => {
  const guest = new Guest();
  assertEquals(guest.stops(() => guest.call.proc_exit!(3)), true);
  const names = Object.keys(guest.call);
  assertEquals(names.length, 46);
  for (const name of names) {
    const zeros = name === "clock_time_get" ? [0, 0n, 0] : [0, 0, 0, 0, 0, 0, 0, 0, 0];
    assertEquals(guest.stops(() => guest.call[name]!(...zeros)), true, name);
  }
  assertEquals(guest.host.stopped, { kind: "exit", exitCode: 3 });
});

Deno.test("begin forgets that the run before was stopped", () => {
  const guest = new Guest();
  guest.stops(() => guest.call.proc_exit!(3));
  guest.begin();
  assertEquals(guest.host.stopped, undefined);
  assertEquals(guest.call.sched_yield!(), 0);
});

Deno.test("a bound trap is called instead of throwing, after the reason is recorded", () => {
  const guest = new Guest();
  const trap = (): never => {
    assertEquals(guest.host.stopped, { kind: "exit", exitCode: 9 });
    throw new WebAssembly.RuntimeError("unreachable");
  };
  guest.host.bind(guest.memory, trap);
  assertThrows(() => guest.call.proc_exit!(9), WebAssembly.RuntimeError);
  assertEquals(isStopSignal(new WebAssembly.RuntimeError()), false);
});

Deno.test("after end nothing of the run's input is left", () => {
  const guest = new Guest();
  guest.io.argStrings = ["secret"];
  guest.call.args_sizes_get!(100, 104);
  guest.host.end();
  guest.call.args_sizes_get!(100, 104);
  assertEquals(guest.u32(100), 0);
});

Deno.test("listing a large directory afresh counts as more calls", () => {
  const files = Array.from({ length: 6400 }, (_, i) => [`${i}`, new Uint8Array(0)]);
  const guest = new FileGuest([memoryMount(Object.fromEntries(files))]);
  guest.begin({ hostCalls: 250 });
  let calls = 0;
  assertEquals(
    guest.stops(() => {
      for (; calls < 100; calls++) guest.call.fd_readdir!(ROOT, 1000, 10, 0n, 2000);
    }),
    true,
  );
  assertEquals([calls, guest.host.stopped], [2, { kind: "promote" }]);
});
