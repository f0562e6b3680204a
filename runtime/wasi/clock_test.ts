import { wasi } from "@bjorn3/browser_wasi_shim";
import { assertEquals } from "@std/assert";
import { Guest, START_REALTIME_NS } from "./testing.ts";

const { ERRNO_FAULT, ERRNO_INVAL, ERRNO_SUCCESS } = wasi;

Deno.test("clock_time_get writes real and monotonic time as u64", () => {
  const guest = new Guest();
  assertEquals(guest.call.clock_time_get!(wasi.CLOCKID_REALTIME, 0n, 100), ERRNO_SUCCESS);
  assertEquals(guest.u64(100), START_REALTIME_NS + 1_000_000_000n);
  assertEquals(guest.call.clock_time_get!(wasi.CLOCKID_MONOTONIC, 0n, 100), ERRNO_SUCCESS);
  assertEquals(guest.u64(100), 1_000_000_000n);
  guest.assertWroteOnly(100, 8);
});

Deno.test("CPU clocks start at the run's beginning, advance, and leave out sleeping", () => {
  const guest = new Guest();
  guest.time.ms += 5;
  const clocks = [wasi.CLOCKID_PROCESS_CPUTIME_ID, wasi.CLOCKID_THREAD_CPUTIME_ID];
  const times = () =>
    clocks.map((id) => {
      assertEquals(guest.call.clock_time_get!(id, 0n, 100), ERRNO_SUCCESS);
      return guest.u64(100);
    });
  assertEquals(times(), [5_000_000n, 5_000_000n]);
  guest.bytes.fill(0, 200, 248);
  guest.view.setUint32(216, wasi.CLOCKID_MONOTONIC, true);
  guest.view.setBigUint64(224, 3_000_000_000n, true);
  assertEquals(guest.call.poll_oneoff!(200, 300, 1, 400), ERRNO_SUCCESS);
  assertEquals(times(), [5_000_000n, 5_000_000n]);
  guest.begin();
  assertEquals(times(), [0n, 0n]);
});

Deno.test("clock_res_get writes a resolution for every clock", () => {
  const guest = new Guest();
  const resolutions = [0, 1, 2, 3].map((id) => {
    assertEquals(guest.call.clock_res_get!(id, 100), ERRNO_SUCCESS);
    return guest.u64(100);
  });
  assertEquals(resolutions, [1_000_000n, 1000n, 1000n, 1000n]);
  guest.assertWroteOnly(100, 8);
});

Deno.test("clock calls answer EINVAL for other clocks and EFAULT for bad pointers", () => {
  const guest = new Guest();
  for (const id of [4, -1, 2 ** 31 - 1]) {
    assertEquals(guest.call.clock_time_get!(id, 0n, 100), ERRNO_INVAL);
    assertEquals(guest.call.clock_res_get!(id, 100), ERRNO_INVAL);
  }
  for (const pointer of [65529, -1, -8]) {
    assertEquals(guest.call.clock_time_get!(0, 0n, pointer), ERRNO_FAULT);
    assertEquals(guest.call.clock_res_get!(0, pointer), ERRNO_FAULT);
  }
  guest.assertWroteOnly(100, 0);
});
