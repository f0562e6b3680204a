import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { Guest } from "./testing.ts";

Deno.test("proc_exit stops the run and records the code as unsigned", () => {
  for (const [code, exitCode] of [[0, 0], [3, 3], [126, 126], [-1, 4294967295]]) {
    const guest = new Guest();
    assertEquals(guest.stops(() => guest.call.proc_exit!(code!)), true);
    assertEquals(guest.host.stopped, { kind: "exit", exitCode });
  }
});

Deno.test("proc_raise stops the run for signals that end a program", () => {
  for (const signal of [wasi.SIGNAL_ABRT, wasi.SIGNAL_KILL, wasi.SIGNAL_TERM, wasi.SIGNAL_SYS]) {
    const guest = new Guest();
    assertEquals(guest.stops(() => guest.call.proc_raise!(signal)), true);
    assertEquals(guest.host.stopped, { kind: "signal", signal });
  }
});

Deno.test("proc_raise ignores what is ignored by default, and refuses to suspend", () => {
  const guest = new Guest();
  const raise = guest.call.proc_raise!;
  assertEquals(raise(wasi.SIGNAL_NONE), wasi.ERRNO_SUCCESS);
  assertEquals(raise(wasi.SIGNAL_CHLD), wasi.ERRNO_SUCCESS);
  assertEquals(raise(wasi.SIGNAL_STOP), wasi.ERRNO_NOTSUP);
  assertEquals(raise(31), wasi.ERRNO_INVAL);
  assertEquals(raise(-1), wasi.ERRNO_INVAL);
  assertEquals(guest.host.stopped, undefined);
});

Deno.test("sched_yield returns at once", () => {
  const guest = new Guest();
  assertEquals(guest.call.sched_yield!(), wasi.ERRNO_SUCCESS);
  assertEquals(guest.time.sleptMs, []);
});
